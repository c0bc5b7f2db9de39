"""A demonstration: ``xenia demo`` serves an invented brand with two sample applications, ready to be clicked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import Command, Host, Manifest, Sentences, hookimpl, read_locales, text
from xenia_demo.command import demo

manifest = Manifest(name="demo", title=text("demo.title"), summary=text("demo.summary"))


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).with_name("locales"))


@hookimpl
def register_commands(host: Host) -> Sequence[Command]:
    return (Command(name=manifest.name, run=demo),)
