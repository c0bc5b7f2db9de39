"""The management API: everything a program may do with a tenant, under ``/api/v1``, described by an OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import HTTPRouteHandler

from xenia.api import Host, Manifest, Noun, Sentences, hookimpl, read_locales, text
from xenia_api.catalogue import NOUNS
from xenia_api.openapi import description
from xenia_api.serving import routes

manifest = Manifest(name="api", title=text("api.title"), summary=text("api.summary"))


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).with_name("locales"))


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return NOUNS


@hookimpl
def register_routes(host: Host) -> Sequence[HTTPRouteHandler]:
    return [*routes(host, host.nouns), description(host)]
