"""What an application says of itself as an OAuth client: the section ``[applications.oidc]``, and its checks at
registration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from xenia.api import Application, Invalid, Text, TokenFormat, redirect_uri_problem, text

Algorithm = Literal["RS256", "ES256", "PS256", "EdDSA"]
ResponseMode = Literal["query", "fragment", "form_post"]
ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256", "PS256", "EdDSA")
TOKEN_CLAIMS = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "acr", "amr", "auth_time", "sid", "at_hash"}
)
"""What a token says of itself; nobody's attribute may stand in for it."""
OIDC_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")
RESPONSE_MODES: tuple[ResponseMode, ...] = ("query", "fragment", "form_post")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,128}")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")

PkceRule = bool | Literal["pkce_or_nonce", "allow_missing_pkce_and_nonce"]
"""``true``: PKCE always. ``pkce_or_nonce``: one of both (RFC 9700 section 2.1.1). The last drops both, for old clients:
a weakness.
"""


class ClientAuth(StrEnum):
    """How the application proves who it is at the token endpoint (OpenID Connect Core section 9)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    KEY = "private_key_jwt"
    NONE = "none"


class ClientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One client's registration (names of RFC 7591 and OpenID Connect Registration).

    ``scopes`` is what it may ask for; ``claims`` are further claims that it is told at UserInfo (``roles``, attributes
    of the tenant's own schema). ``resources`` are the addresses of APIs it may ask tokens for (RFC 8707); ``audiences``
    are those under which it is itself known as an API, whose tokens it may introspect. ``native`` allows loopback ports
    and schemes of its own (RFC 8252).
    """

    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[Literal["code"], ...] = ("code",)
    response_modes: tuple[ResponseMode, ...] = RESPONSE_MODES
    scopes: tuple[str, ...] = OIDC_SCOPES
    claims: tuple[str, ...] = ()
    token_endpoint_auth_method: ClientAuth = ClientAuth.BASIC
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    id_token_signed_response_alg: Algorithm = "RS256"  # noqa: S105  the name of an algorithm
    userinfo_signed_response_alg: Algorithm | None = None
    access_token_format: TokenFormat = TokenFormat.JWT
    subject_type: Literal["public", "pairwise"] = "public"
    sector_identifier: str = ""
    require_pkce: PkceRule = True
    resources: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    default_max_age: int | None = None
    require_auth_time: bool = False
    native: bool = False


class Client(msgspec.Struct, frozen=True):
    """An application as the provider sees it: who it is, its registration, and the origins that may read answers
    (CORS).
    """

    application: Application
    settings: ClientSettings
    origins: frozenset[str]

    @property
    def id(self) -> str:
        """The ``client_id``."""
        return self.application.id

    @property
    def is_public(self) -> bool:
        """Whether it has no credentials (RFC 6749 section 2.1)."""
        return self.settings.token_endpoint_auth_method is ClientAuth.NONE

    @property
    def sector(self) -> str:
        """Whose subjects it sees: its own sector's, or everybody's (OpenID Connect Core section 8.1)."""
        if self.settings.subject_type == "public":
            return ""
        return self.settings.sector_identifier or _host(self.settings.redirect_uris[0])

    def may_refresh(self, scope: Iterable[str]) -> bool:
        """Whether a grant with this scope brings a refresh token."""
        return "refresh_token" in self.settings.grant_types or "offline_access" in scope


def client_of(application: Application) -> Client | None:
    """The client that an application is, or ``None`` where it has no such part. Raises ``msgspec.ValidationError``."""
    part = application.protocols.get("oidc")
    if part is None:
        return None
    settings = msgspec.convert(part, ClientSettings)
    return Client(application, settings, frozenset(filter(None, map(origin_of, settings.redirect_uris))))


def origin_of(uri: str) -> str:
    """The origin of a web address, as a browser writes it; ``""`` for a scheme of an application."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return ""
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return f"{parts.scheme}://{host}{port}"


def registration(*, development: bool, grant_types: Callable[[], frozenset[str]]) -> type[ClientSettings]:
    """:class:`ClientSettings` as the tenant document and the console take them: made only where nothing is wrong."""

    class Registration(ClientSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
        """A client's registration. Raises ``Invalid`` with every problem by field."""

        def __post_init__(self) -> None:
            if found := problems(self, grant_types=grant_types(), development=development):
                raise Invalid(found)

    return Registration


def problems(settings: ClientSettings, *, grant_types: frozenset[str], development: bool = False) -> dict[str, Text]:
    """Everything that is wrong with a registration, by field."""
    checks = (
        _address_problems(settings, development),
        _grant_problems(settings, grant_types),
        _trust_problems(settings),
        _name_problems(settings),
    )
    return {field: problem for found in checks for field, problem in found}


def weaknesses(settings: ClientSettings) -> tuple[Text, ...]:
    """What a registration allows that a new one should not: for whoever shows an application to its operator."""
    found: dict[str, bool] = {
        "no_pkce": settings.require_pkce == "allow_missing_pkce_and_nonce",
        "pkce_or_nonce": settings.require_pkce == "pkce_or_nonce",
        "shared_secret_posted": settings.token_endpoint_auth_method is ClientAuth.POST,
    }
    return tuple(text(f"oidc.weakness.{name}") for name, is_so in found.items() if is_so)


Problems = Iterator[tuple[str, Text]]


def _address_problems(settings: ClientSettings, development: bool) -> Problems:
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        for place, uri in enumerate(getattr(settings, field)):
            if problem := redirect_uri_problem(uri, development=development, native=settings.native):
                yield f"{field}.{place}", text(f"oidc.{problem}")
    for field in ("backchannel_logout_uri", "jwks_uri"):
        uri = getattr(settings, field)
        if uri and (problem := redirect_uri_problem(uri, development=development)):
            yield field, text(f"oidc.{problem}")


def _grant_problems(settings: ClientSettings, grant_types: frozenset[str]) -> Problems:
    if unknown := set(settings.grant_types) - grant_types:
        yield "grant_types", text("oidc.client.grant_types", names=", ".join(sorted(unknown)))
    if "authorization_code" in settings.grant_types and not settings.redirect_uris:
        yield "redirect_uris", text("oidc.client.redirect_uris")
    if not settings.response_modes:
        yield "response_modes", text("oidc.client.response_modes")


def _trust_problems(settings: ClientSettings) -> Problems:
    public = settings.token_endpoint_auth_method is ClientAuth.NONE
    if settings.require_pkce is False:
        yield "require_pkce", text("oidc.client.require_pkce")
    if public and settings.require_pkce is not True:
        yield "require_pkce", text("oidc.client.public_pkce")
    if public and "client_credentials" in settings.grant_types:
        yield "grant_types", text("oidc.client.public_credentials")
    keys = (settings.jwks is not None) + bool(settings.jwks_uri)
    if settings.token_endpoint_auth_method is ClientAuth.KEY and keys != 1:
        yield "jwks", text("oidc.client.jwks")


def _name_problems(settings: ClientSettings) -> Problems:
    if not all(_SCOPE.fullmatch(scope) for scope in settings.scopes):
        yield "scopes", text("oidc.client.scopes")
    for field in ("resources", "audiences"):
        if not all(_ABSOLUTE.fullmatch(uri) for uri in getattr(settings, field)):
            yield field, text("oidc.client.resources")
    if TOKEN_CLAIMS & set(settings.claims):
        yield "claims", text("oidc.client.claims", names=", ".join(sorted(TOKEN_CLAIMS)))
    if settings.default_max_age is not None and settings.default_max_age < 0:
        yield "default_max_age", text("oidc.client.default_max_age")
    hosts = {_host(uri) for uri in settings.redirect_uris}
    if settings.subject_type == "pairwise" and not settings.sector_identifier and len(hosts) != 1:
        yield "sector_identifier", text("oidc.client.sector_identifier")


def _host(uri: str) -> str:
    return urlsplit(uri).hostname or ""
