"""E-mails: words and markup of one message, in one language.

A template's name (``emails/message``) stands for two files, ``.txt`` and ``.html``. The generic one draws any message
from its data: ``subject``, ``body`` (paragraphs) and, each optional, ``code``, ``link`` (a whole address),
``link_label``, ``small`` (small print) and ``more`` (further links: ``label`` and ``address``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from minijinja import Environment

from xenia.api import Catalogue
from xenia_web import words
from xenia_web.loader import Loader

_OPTIONAL: Mapping[str, Any] = {"code": "", "link": "", "link_label": None, "small": (), "more": ()}


class RenderedEmail(msgspec.Struct, frozen=True):
    """A message in words: ``text`` and ``html`` are two forms of the same."""

    subject: str
    text: str
    html: str


class Mails:
    """Draws e-mails. ``plugins`` maps a plugin's name to its ``templates`` folder."""

    def __init__(self, catalogue: Catalogue, plugins: Mapping[str, Path] | None = None) -> None:
        self._catalogue = catalogue
        self._environment = Environment(
            loader=Loader(plugins or {}),
            globals={"_": words.sentences(catalogue)},
            # The one place with plain text: only a name that ends so is left unescaped, everything else is HTML.
            auto_escape_callback=lambda name: False if name.endswith(".txt") else "html",
            undefined_behavior="strict",
            trim_blocks=True,
            lstrip_blocks=True,
            debug=False,  # the engine's debug text quotes values, and a message may carry a code
        )

    def render(self, template: str, data: Mapping[str, Any], locale: str, tenant: str) -> RenderedEmail:
        """The message that ``template`` and ``data`` make, from ``tenant`` (its title) to a reader of ``locale``."""
        frame = {"locale": locale, "dir": words.direction(locale), "tenant": tenant}
        context = {**_OPTIONAL, **data, **frame}
        return RenderedEmail(
            _one_line(words.say(self._catalogue, data["subject"], locale)),
            self._environment.render_template(f"{template}.txt", **context).strip() + "\n",
            self._environment.render_template(f"{template}.html", **context),
        )


def _one_line(subject: str) -> str:
    """A header field holds one line (RFC 5322 section 2.2): a line break in a value must not begin another."""
    return " ".join(subject.split())
