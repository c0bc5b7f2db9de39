"""A running installation: invited as its first administrator, somebody chooses a password and opens the console."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.core.serving.processes import finished, free_port, started

pytestmark = pytest.mark.slow
EMAIL, PASSWORD = "first@xenia.example", "violet ladders hum quietly"


def submit(browser: httpx2.Client, page: httpx2.Response, **fields: str) -> httpx2.Response:
    """Send the form of a page's main part, with its hidden values."""
    main = page.text[page.text.index("<main") :]
    form = next(
        (action, inner)
        for action, inner in re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', main, re.DOTALL)
        if all(f'name="{name}"' in inner for name in fields)
    )
    hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[1]))
    values = {name: unescape(value) for name, value in hidden.items()}
    return browser.post(urljoin(str(page.url), unescape(form[0])), data={**values, **fields})


def test_the_first_administrator_comes_in_and_goes_out(tmp_path: Path, database_address: str) -> None:
    port = free_port()
    settings = {
        "data_dir": str(tmp_path),
        "database_url": database_address,
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://localhost:{port}",
        "development": "true",
    }
    migrated = finished("migrate", cwd=tmp_path, **settings)
    assert migrated.returncode == 0, migrated.stderr
    invited = finished("admins", "invite", EMAIL, cwd=tmp_path, **settings)
    assert invited.returncode == 0, invited.stderr
    link = re.findall(r"http://\S+", invited.stdout)[-1]
    with started("serve", cwd=tmp_path, **settings) as xenia:
        url = xenia.url()
        shown = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        with httpx2.Client(follow_redirects=True, trust_env=False, headers=shown, timeout=60) as browser:
            chosen = submit(browser, browser.get(link), password=PASSWORD)
            assert chosen.status_code == 200, chosen.text
            page = browser.get(f"{url}/t/system/console")
            if "/console/" not in str(page.url):
                page = submit(browser, page, identifier=EMAIL)
                page = submit(browser, page, password=PASSWORD)
            assert str(page.url).endswith("/console/system"), page.text
            assert EMAIL in page.text
            left = browser.post(f"{url}/t/system/console/sign-out", headers={"origin": url})
            assert str(left.url).endswith("/console/signed-out")
            assert "/console/system" not in str(browser.get(f"{url}/t/system/console/system").url)
