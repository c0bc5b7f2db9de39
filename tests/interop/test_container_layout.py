"""The container's layout: a read-only root, an account that nobody knows, and somebody else's PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import asyncpg
import httpx2
import pytest

from tests.core.serving.processes import PATIENCE, free_port
from tests.interop.container import ROOT, Container, Image, build, is_root, namespaces
from tests.interop.postgresql_15 import postgresql_15
from tests.tutorial.environment import Browser
from xenia.testing.database import fresh, renamed

pytestmark = pytest.mark.slow

HOST = "login.acme.example"
EMAIL, PASSWORD = "ada@acme.example", "violet ladders hum quietly"
DOCUMENT = f"""
[tenant]
id = "acme"
title = "Acme Stores"
hosts = ["{HOST}"]
plugins = ["password", "oidc"]

[[users]]
email = "{EMAIL}"
email_verified = true
password = {{ env = "ADA_PASSWORD" }}
"""


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image of the Containerfile, built once."""
    namespaces()
    folder = Path(tempfile.mkdtemp(prefix="xenia-image-"))
    folder.chmod(0o755)
    try:
        yield build(ROOT / "Containerfile", folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The administrator's address of a PostgreSQL that is none of Xenia's."""
    with postgresql_15() as administrator:
        yield administrator


@pytest.fixture
def container(image: Image, server: str) -> Iterator[Container]:
    """The image as it is run in production: an empty database, a fresh volume, a port of its own."""
    name = fresh()
    asyncio.run(_create(server, name))
    volume = Path(tempfile.mkdtemp(prefix="xenia-volume-"))
    shutil.copytree(image.root / image.volume[1:], volume, dirs_exist_ok=True)
    if is_root():
        os.chown(volume, *map(int, image.user.split(":")))
    settings = {
        "XENIA_PUBLIC_URL": "https://id.example.com",
        "XENIA_DATABASE_URL": renamed(server, name),
        "XENIA_LISTEN": f"127.0.0.1:{free_port()}",
    }
    yield Container(image, volume, settings)
    shutil.rmtree(volume)


async def _create(administrator: str, name: str) -> None:
    connection = await asyncpg.connect(administrator)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


class Proxy(httpx2.HTTPTransport):
    """TLS ends here, and the name stays, as the guide asks of the proxy in front."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass it on."""
        address = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        passed = httpx2.Request(request.method, address, headers=request.headers, stream=request.stream)
        return super().handle_request(passed)


def visitor(port: int) -> Browser:
    """A person's browser, in front of the proxy."""
    browser = Browser(f"https://{HOST}")
    headers = browser.client.headers
    browser.client.close()
    browser.client = httpx2.Client(
        headers=headers, transport=Proxy(port), follow_redirects=True, trust_env=False, timeout=PATIENCE
    )
    return browser


def files(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Everything below a folder: when it was last changed, and whose it is."""
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {str(path): (status.st_mtime_ns, status.st_uid) for path, status in found.items()}


def port_of(container: Container) -> int:
    return int(container.settings["XENIA_LISTEN"].rpartition(":")[2])


def test_a_person_signs_in_where_nothing_but_the_data_can_be_written(container: Container, tmp_path: Path) -> None:
    before = files(container.image.root)
    document = tmp_path / "acme.toml"
    document.write_text(DOCUMENT)
    document.chmod(0o644)
    migrated = container.finished("migrate")
    assert migrated.returncode == 0, migrated.stderr
    applied = container.finished("apply", "/tmp/given", given=document, ADA_PASSWORD=PASSWORD)
    assert applied.returncode == 0, applied.stderr

    with container.running() as running:
        running.until("serving")
        browser = visitor(port_of(container))
        with browser.client:
            page = browser.get("/sign-in")
            assert 'name="identifier"' in page.text
            page = browser.submit(browser.submit(page, identifier=EMAIL), password=PASSWORD)
            assert page.status_code == 200, page.text
            assert page.url.path == "/account"
            styles = re.findall(r'href="([^"]+\.css[^"]*)"', page.text)
            assert styles
            drawn = {style: browser.client.get(page.url.join(unescape(style))).status_code for style in styles}
            assert drawn == dict.fromkeys(styles, 200)
        assert container.healthy(port_of(container))
        assert container.stop(running) == 0
    assert not container.healthy(port_of(container))

    assert files(container.image.root) == before
    [key] = container.volume.iterdir()
    assert (key.name, stat.S_IMODE(key.stat().st_mode)) == ("master.key", 0o600)


def test_serving_before_migrating_is_refused_by_one_line(container: Container) -> None:
    refused = container.finished()
    assert refused.returncode != 0
    [line] = refused.stderr.splitlines()
    assert "xenia migrate" in line
    assert list(container.volume.iterdir()) == []


def test_a_volume_of_somebody_else_is_refused_by_one_line(container: Container) -> None:
    container.volume.chmod(0o500)
    refused = container.finished("migrate")
    assert refused.returncode != 0
    [line] = refused.stderr.splitlines()
    assert container.image.volume in line


def test_the_account_is_on_no_list_and_the_image_holds_no_tools(container: Container) -> None:
    image = container.image
    assert int(image.user.partition(":")[0]) not in {each.pw_uid for each in pwd.getpwall()}
    installed = {path.name.partition("-")[0].lower() for path in image.root.glob("opt/xenia/lib/*/site-packages/*")}
    assert {"xenia", "xenia_web", "aiosmtplib", "pyotp"} <= installed
    assert not installed & {"pip", "hatchling", "pytest", "mypy", "playwright"}
