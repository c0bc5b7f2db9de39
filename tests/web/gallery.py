"""Writes every sample as a static page, to be looked at in a browser: ``python -m tests.web.gallery FOLDER``.

Served from the folder's root, the pages find their styles, script and pictures below ``/static``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.web import samples
from xenia.api import Context
from xenia_web.assets import Assets

LANGUAGES = ("en", "de", "en-XB")


def write(folder: Path) -> list[Path]:
    """Every sample in every language below ``folder``, with the static files; returns the pages."""
    drawn, pages = samples.renderer(), []
    for asset in Assets():
        _save(folder / asset.address.lstrip("/"), asset.body)
    for language in LANGUAGES:
        for name, sample in samples.SAMPLES.items():
            html = drawn.draw(sample, samples.frame(sample, language))
            pages.append(_save(folder / language / f"{name}.html", html.encode()))
        for name, email in samples.EMAILS.items():
            made = drawn.render_email(email.template, email.data, Context("acme", locale=language))
            pages.append(_save(folder / language / f"email-{name}.html", made.html.encode()))
    return pages


def _save(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]))
