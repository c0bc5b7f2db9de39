"""The four kinds of application, and which of the provider's settings each is asked for (names of RFC 7591)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from xenia.api import Application, Choice, Context, Field, FieldKind, Host, NotFound, settings_fields, text
from xenia_admin.forms import read_by

PROTOCOL = "oidc"
LEVELS = ("aal1", "aal2", "aal3")
_ADDRESSES = ("redirect_uris", "post_logout_redirect_uris")
_TOKENS = ("access_token_format", "id_token_signed_response_alg", "subject_type")


class ApplicationType(StrEnum):
    """What runs where, and so what it can keep secret (RFC 6749 section 2.1, RFC 8252)."""

    WEB = "web"
    SPA = "spa"
    NATIVE = "native"
    SERVICE = "service"

    @property
    def has_secret(self) -> bool:
        """Whether it can keep one."""
        return self in (ApplicationType.WEB, ApplicationType.SERVICE)

    @property
    def first_fields(self) -> tuple[str, ...]:
        """What it is asked for when it is made."""
        return ("scopes", "resources") if self is ApplicationType.SERVICE else _ADDRESSES

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be changed later."""
        if self is ApplicationType.SERVICE:
            return ("scopes", "resources", "audiences", "access_token_format")
        backchannel = ("backchannel_logout_uri",) if self is ApplicationType.WEB else ()
        return (*_ADDRESSES, "scopes", "claims", "resources", *_TOKENS, *backchannel)

    @property
    def start(self) -> dict[str, Any]:
        """What follows from the type."""
        refreshing = ["authorization_code", "refresh_token"]
        starts: dict[ApplicationType, dict[str, Any]] = {
            ApplicationType.WEB: {"grant_types": refreshing},
            ApplicationType.SPA: {"grant_types": refreshing, "token_endpoint_auth_method": "none"},
            ApplicationType.NATIVE: {"grant_types": refreshing, "token_endpoint_auth_method": "none", "native": True},
            ApplicationType.SERVICE: {"grant_types": ["client_credentials"], "scopes": []},
        }
        return starts[self]


def type_of(application: Application) -> ApplicationType:
    """The type that an application's settings amount to."""
    oidc = application.protocols.get(PROTOCOL, {})
    if "authorization_code" not in oidc.get("grant_types", ["authorization_code"]):
        return ApplicationType.SERVICE
    if oidc.get("native"):
        return ApplicationType.NATIVE
    return ApplicationType.SPA if oidc.get("token_endpoint_auth_method") == "none" else ApplicationType.WEB


async def protocol_fields(
    host: Host, context: Context, names: tuple[str, ...], values: Mapping[str, Any]
) -> list[Field]:
    """The provider's own fields of these names, filled. Raises ``NotFound`` where the provider is off in the tenant."""
    kind = (await host.protocol_settings(context)).get(PROTOCOL)
    if kind is None:
        raise NotFound("no OpenID Connect here", public=text("admin.applications.no_provider"))
    made = {field.name: field for field in settings_fields(kind, PROTOCOL)}
    return [_worded(_filled(made[name], values)) for name in names if name in made]


def _filled(field: Field, values: Mapping[str, Any]) -> Field:
    """The field with what is stored, where something is."""
    value = values.get(field.name)
    if value is None:
        return field
    shown = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return msgspec.structs.replace(field, value=shown)


def _worded(field: Field) -> Field:
    hint = text(f"admin.application.hint.{field.name}") if field.name in _HINTS else None
    choices = tuple(
        msgspec.structs.replace(one, label=text(f"admin.application.choice.{one.value}")) for one in field.choices
    )
    label = text(f"admin.application.field.{field.name}")
    required = field.name == "redirect_uris"
    return msgspec.structs.replace(field, label=label, hint=hint, choices=choices, required=required)


_HINTS = frozenset(
    {
        "redirect_uris",
        "post_logout_redirect_uris",
        "scopes",
        "claims",
        "resources",
        "audiences",
        "backchannel_logout_uri",
    }
)


def protocol_values(fields: list[Field], form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed into the provider's fields. The provider judges it when the application is stored."""
    given = [field for field in fields if field.kind is not FieldKind.SELECT or form.get(field.name)]
    return {field.name: read_by(field, form.get(field.name, "")) for field in given}


def general_fields(application: Application | None = None) -> list[Field]:
    """What every application has."""
    title = Field(
        name="title",
        label=text("admin.application.title"),
        value=application.title if application else "",
        autocomplete="off",
    )
    if application is None:
        hint = text("admin.application.id_hint")
        id_ = Field(name="id", label=text("admin.application.id"), hint=hint, required=False, autocomplete="off")
        return [msgspec.structs.replace(title, autofocus=True), id_]
    ticked = [(name, "true" if getattr(application, name) else "") for name in ("enabled", "first_party")]
    boxes = [
        Field(
            name=name,
            label=text(f"admin.application.{name}"),
            hint=text(f"admin.application.{name}_hint"),
            kind=FieldKind.CHECKBOX,
            value=value,
            required=False,
        )
        for name, value in ticked
    ]
    home = Field(
        name="home", label=text("admin.application.home"), value=application.home, required=False, autocomplete="off"
    )
    asked = [] if type_of(application) is ApplicationType.SERVICE else [_assurance(application)]
    return [title, home, *asked, *boxes]


def _assurance(application: Application) -> Field:
    """What its sign-ins must reach. A program that acts for itself has none."""
    levels = (Choice(level, text(f"admin.settings.{level}")) for level in LEVELS)
    return Field(
        name="required_acr",
        label=text("admin.application.required_acr"),
        hint=text("admin.application.required_acr_hint"),
        kind=FieldKind.SELECT,
        value=application.required_acr,
        choices=(Choice("", text("admin.application.as_tenant")), *levels),
    )
