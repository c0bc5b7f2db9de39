"""The demonstration, end to end over HTTP: sign in at one application, be known at the other, sign out of both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.core.serving.processes import PATIENCE, Running, finished, free_port, started
from xenia.testing.app import form_of

pytestmark = pytest.mark.slow
HTML = {"accept": "text/html", "sec-fetch-site": "same-origin"}


class Demo:
    """A demonstration that runs, and a browser in front of it."""

    def __init__(self, running: Running, shop: int, club: int) -> None:
        self.shop, self.club = f"http://localhost:{shop}", f"http://localhost:{club}"
        self.words = self._spoken(running)
        self.browser = httpx2.Client(headers=HTML, follow_redirects=True, trust_env=False, timeout=PATIENCE)

    def _spoken(self, running: Running) -> str:
        assert running.process.stdout
        lines: list[str] = []
        for line in running.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        return "".join(lines)

    def password_of(self, email: str) -> str:
        """As it was printed."""
        found = re.search(rf"{re.escape(email)}\s+(\S+)", self.words)
        assert found
        return found[1]

    def fill_in(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Send the page's form."""
        action, hidden = form_of(page, fields)
        return self.browser.post(urljoin(str(page.url), action), data={**hidden, **fields})


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> dict[str, str]:
    port = free_port()
    listen, public = f"127.0.0.1:{port}", f"http://localhost:{port}"
    return {"data_dir": str(tmp_path), "database_url": database_address, "listen": listen, "public_url": public}


@pytest.fixture
def demo(tmp_path: Path, settings: dict[str, str]) -> Iterator[Demo]:
    shop, club = free_port(), free_port()
    with started("demo", "--shop", str(shop), "--club", str(club), cwd=tmp_path, **settings) as running:
        made = Demo(running, shop, club)
        with made.browser:
            yield made


def test_one_sign_in_opens_both_applications_and_one_sign_out_ends_both(demo: Demo) -> None:
    email = "robin@halden.example"
    page = demo.browser.get(f"{demo.shop}/sign-in")
    page = demo.fill_in(page, identifier=email)
    page = demo.fill_in(page, password=demo.password_of(email))
    assert str(page.url) == f"{demo.shop}/", page.text
    assert "Robin Halden" in page.text
    assert f"<td>{email}</td>" in page.text

    page = demo.browser.get(f"{demo.club}/sign-in")
    assert str(page.url) == f"{demo.club}/", "asked again"
    assert "Robin Halden" in page.text

    page = demo.browser.post(f"{demo.shop}/sign-out")
    assert str(page.url).startswith(f"{demo.shop}/")
    assert "Sign in or register" in page.text
    while "Robin Halden" in (page := demo.browser.get(demo.club)).text:
        pass  # the provider's word goes from server to server, behind the answer
    assert "Sign in or register" in page.text


def test_a_stranger_s_answer_signs_nobody_in(demo: Demo) -> None:
    assert demo.browser.get(f"{demo.shop}/callback?code=abc&state=def").status_code == 400
    forged = {"logout_token": "eyJhbGciOiJub25lIn0.e30."}
    assert demo.browser.post(f"{demo.shop}/back-channel-logout", data=forged).status_code == 400


def test_a_second_run_prints_the_same(tmp_path: Path, settings: dict[str, str]) -> None:
    spoken = set()
    for _ in range(2):
        with started("demo", "--shop", "0", "--club", "0", cwd=tmp_path, **settings) as running:
            made = Demo(running, 0, 0)
            spoken.add((made.password_of("robin@halden.example"), made.password_of("admin@halden.example")))
            assert running.end() == 0
    assert len(spoken) == 1
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_what_was_switched_off_stays_so_in_the_next_run(tmp_path: Path, settings: dict[str, str]) -> None:
    said = []
    for _ in range(2):
        with started("demo", "--shop", "0", "--club", "0", cwd=tmp_path, **settings) as running:
            Demo(running, 0, 0)
            listed = finished("plugins", "list", "--tenant", "demo", "--json", cwd=tmp_path, **settings)
            said.append({one["name"] for one in json.loads(listed.stdout) if one["here"] == "on"})
            ended = finished("plugins", "disable", "protection", "--tenant", "demo", cwd=tmp_path, **settings)
            assert ended.returncode == 0, ended.stderr
            assert running.end() == 0
    assert said[0] - said[1] == {"protection"}
    assert not said[1] - said[0]


def test_a_taken_port_is_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    port = settings["listen"].rpartition(":")[2]
    ended = finished("demo", "--shop", port, "--club", port, cwd=tmp_path, **settings)
    assert ended.returncode == 1
    assert [line.startswith("xenia: the sample application club") for line in ended.stderr.splitlines()] == [True]
