"""The OpenID Connect provider: applications send people here to sign in, and get tokens. See README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    Host,
    HotRoute,
    Job,
    Manifest,
    PersonalData,
    ProtocolHandler,
    Sentences,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_oidc.authorize.endpoint import OidcProtocol
from xenia_oidc.backchannel import Notice, SessionEnds
from xenia_oidc.personal_data import personal_data
from xenia_oidc.provider import provider_of
from xenia_oidc.routes import hot_routes, page_routes
from xenia_oidc.settings import OidcSettings
from xenia_oidc.token import hookspecs
from xenia_oidc.token.authorization_code import AuthorizationCode
from xenia_oidc.token.client_credentials import ClientCredentials
from xenia_oidc.token.grants import TokenGrant
from xenia_oidc.token.refresh_token import RefreshToken

manifest = Manifest(
    name="oidc",
    title=text("oidc.title"),
    summary=text("oidc.summary"),
    settings=OidcSettings,
    migrations="xenia_oidc.piccolo_app",
    default_on=True,
)


@hookimpl
def register_hookspecs() -> Sequence[Any]:
    return (hookspecs,)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_protocols(host: Host) -> Sequence[ProtocolHandler]:
    return (OidcProtocol(provider_of(host)),)


@hookimpl
def register_grants(host: Host) -> Sequence[TokenGrant]:
    return AuthorizationCode(), RefreshToken(), ClientCredentials()


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return page_routes(provider_of(host))


@hookimpl
def register_hot_routes(host: Host) -> Sequence[HotRoute]:
    return hot_routes(provider_of(host))


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (SessionEnds(provider_of(host)),)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (Notice(provider_of(host)).job(),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)
