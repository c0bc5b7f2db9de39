"""Static files: found by their content, kept for ever, small enough."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.web.samples import SAMPLES, TEMPLATES, frame
from xenia.api import Context, HotAnswer, HotRequest, Tenant
from xenia_web.assets import FOLDER, Assets, accepts_gzip, routes
from xenia_web.renderer import HtmlRenderer

PHYSICAL = re.compile(
    r"(?<![-\w])(?:margin|padding|border|scroll-padding)-(?:left|right|top|bottom)\b"
    r"|(?<![-\w])(?:left|right|top|bottom|width|height)\s*:|text-align\s*:\s*(?:left|right)|float\s*:"
)
LIMIT = 1024


@pytest.fixture(scope="module")
def assets() -> Assets:
    """The host's own files."""
    return Assets()


async def ask(assets: Assets, path: str, **headers: str) -> HotAnswer:
    """What the route of ``path`` answers."""
    route = next(route for route in routes(assets) if route.path == path)
    given = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    tenant = Tenant(id="acme", title="Acme", issuer="https://login.acme.example", plugins=frozenset())
    return await route.handler(HotRequest("GET", path, b"", given, b"", Context("acme"), tenant))


def test_an_address_holds_a_hash_of_the_content(assets: Assets) -> None:
    assert re.fullmatch(r"/static/[\w-]{12}/xenia\.css", assets.address("xenia.css"))
    assert len({asset.address for asset in assets}) == len(list(assets))


def test_a_style_names_its_fonts_by_their_own_addresses(assets: Assets) -> None:
    style = assets["xenia.css"].body.decode()
    fonts = re.findall(r'url\("\.\./([^"]+)"\)', style)
    assert len(fonts) == style.count("url(") == 3
    assert {f"/static/{font}" for font in fonts} <= {asset.address for asset in assets}


async def test_a_file_is_kept_for_ever(assets: Assets) -> None:
    answer = await ask(assets, assets.address("xenia.css"))
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, assets["xenia.css"].body)
    assert headers[b"cache-control"] == b"public, max-age=31536000, immutable"
    assert headers[b"content-type"] == b"text/css; charset=utf-8"
    assert b"content-encoding" not in headers


async def test_text_is_compressed_for_who_takes_it_and_fonts_never_are(assets: Assets) -> None:
    style = await ask(assets, assets.address("xenia.css"), accept_encoding="br, gzip")
    font = await ask(assets, assets.address("vendor/geist-latin.woff2"), accept_encoding="gzip")
    assert gzip.decompress(style.body) == assets["xenia.css"].body
    assert (b"content-encoding", b"gzip") in style.headers
    assert (b"vary", b"accept-encoding") in style.headers
    assert font.body == assets["vendor/geist-latin.woff2"].body


@pytest.mark.parametrize(
    ("offer", "taken"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("br", False),
        ("", False),
        ("gzip; q=0.0", False),
    ],
)
def test_a_weight_of_nought_refuses_compression(offer: str, taken: bool) -> None:
    assert accepts_gzip({b"accept-encoding": offer.encode()}) is taken


def test_a_name_that_nobody_has_is_an_error(assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets.address("nobody.css")


def test_the_sign_in_page_is_within_its_budget(renderer: HtmlRenderer, assets: Assets) -> None:
    """HTML, style and icons: three requests and 30 KB before anything shows; 75 KB with font and scripts."""
    sample = SAMPLES["sign-in"]
    page = gzip.compress(renderer.draw(sample, frame(sample)).encode(), 6)
    styles = [assets["xenia.css"].zipped, assets["icons.svg"].zipped]
    script = [assets["xenia.js"].zipped, assets["vendor/htmx-4.0.1.min.js"].zipped]
    rest = [assets["vendor/geist-latin.woff2"].body, assets["door.svg"].zipped, assets["favicon.svg"].zipped, *script]
    first = len(page) + sum(map(len, styles))
    assert first <= 30 * LIMIT
    assert first + sum(map(len, rest)) <= 75 * LIMIT


def test_a_console_page_is_within_its_budget(renderer: HtmlRenderer, assets: Assets) -> None:
    sample = SAMPLES["users"]
    page = gzip.compress(renderer.draw(sample, frame(sample)).encode(), 6)
    names = ["xenia.css", "console.css", "icons.svg", "xenia.js", "vendor/htmx-4.0.1.min.js", "favicon.svg"]
    whole = len(page) + sum(len(assets[name].zipped) for name in names) + len(assets["vendor/geist-latin.woff2"].body)
    assert whole <= 120 * LIMIT


def test_the_picture_beside_the_form_is_small() -> None:
    assert (FOLDER / "door.svg").stat().st_size < 4 * LIMIT


@pytest.mark.parametrize("name", ["xenia.css", "console.css"])
def test_styles_are_logical_so_that_they_mirror(name: str) -> None:
    assert not PHYSICAL.findall((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("name", ["xenia.css", "console.css"])
def test_styles_hold_no_data_addresses(name: str) -> None:
    assert "data:" not in (FOLDER / name).read_text("utf-8")


def test_every_icon_that_a_template_names_exists(assets: Assets) -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', assets["icons.svg"].body.decode()))
    named = {
        icon for path in TEMPLATES.rglob("*.html") for icon in re.findall(r'icon\("([^"]+)"', path.read_text("utf-8"))
    }
    assert named <= known


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    licences = {path.name.partition("-")[0] for path in (FOLDER / "vendor").glob("*-LICENSE.txt")}
    assert {path.name.partition("-")[0] for path in (FOLDER / "vendor").iterdir()} == licences
