"""What plugins give to every page's template."""

from __future__ import annotations

from pathlib import Path

from tests.web import samples
from xenia.api import Page, literal
from xenia_web.assets import Assets
from xenia_web.frame import Frame
from xenia_web.renderer import HtmlRenderer


def drawn(folder: Path, frame: Frame) -> str:
    (folder / "brand").mkdir()
    (folder / "brand" / "hello.html").write_text("{{ brand_logo }} {{ tenant }}")
    renderer = HtmlRenderer(samples.catalogue(), Assets(), {"brand": folder})
    return renderer.draw(Page("brand/hello.html", title=literal("Hello")), frame)


def test_a_template_reads_what_a_plugin_gives(tmp_path: Path) -> None:
    assert drawn(tmp_path, Frame(tenant="Acme", given={"brand_logo": "<owl>"})) == "&lt;owl&gt; Acme"


def test_what_a_plugin_gives_never_replaces_what_the_host_says(tmp_path: Path) -> None:
    frame = Frame(tenant="Acme", given={"brand_logo": "owl", "tenant": "Other"})
    assert drawn(tmp_path, frame) == "owl Acme"
