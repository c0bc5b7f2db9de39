"""One example for each thing that goes over the wire; the tests prove that each is what it is an example of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

import xenia.api as core
from xenia_api import schemas as wire

_ID = UUID("01980000-0000-7000-8000-000000000001")
_OTHER = UUID("01980000-0000-7000-8000-000000000002")
_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_EMAIL = wire.Identifier(kind=core.IdentifierKind.EMAIL, value="ada@acme.example", verified_at=_AT, primary=True)
_USER = wire.User(
    id=_ID,
    pool="default",
    status=core.UserStatus.ACTIVE,
    attributes={"given_name": "Ada"},
    roles=("member",),
    locale="en",
    identifiers=(_EMAIL,),
    created_at=_AT,
    updated_at=_AT,
)
_NEW_EMAIL = wire.NewIdentifier(kind=core.IdentifierKind.EMAIL, value="ada@acme.example", verified=True)
_GRANT = wire.Grant(
    id=_OTHER,
    application="shop",
    session_id=None,
    scope=("openid",),
    resources=(),
    offline=True,
    created_at=_AT,
    ends_at=None,
)
_CREDENTIAL = wire.Credential(
    id=_OTHER, plugin="totp", kind="totp", label="Phone", second=True, created_at=_AT, used_at=None
)
_SESSION = wire.Session(
    id=_OTHER,
    user_id=_ID,
    acr="aal2",
    amr=("pwd", "otp"),
    authenticated_at=_AT,
    created_at=_AT,
    last_seen_at=_AT,
    expires_at=_AT,
    address="192.0.2.1",
    user_agent="Mozilla/5.0",
)
_PROTOCOLS: dict[str, dict[str, Any]] = {"oidc": {"redirect_uris": ["https://shop.acme.example/callback"]}}
_APPLICATION = wire.Application(
    id="shop",
    title="Acme Shop",
    first_party=True,
    home="https://shop.acme.example",
    required_acr="",
    protocols=_PROTOCOLS,
    enabled=True,
    managed_by="api",
    version=3,
)
_EVENT = wire.Event(
    id=_OTHER,
    position=41,
    type="user.disabled",
    at=_AT,
    actor=wire.Actor(kind=core.ActorKind.APPLICATION, id="backoffice", tenant="acme", on_behalf_of=None),
    object=wire.Object(kind="user", id=str(_ID)),
    application="backoffice",
    person=_ID,
    result="ok",
    request_id="5f0c0c7d7d2b4a11",
    data={},
    personal={"address": "192.0.2.1"},
)
_PLUGIN = wire.Plugin(
    name="totp",
    title="One-time codes",
    summary="Codes from an authenticator app.",
    enabled=True,
    always_on=False,
    requires=(),
    conflicts=(),
    settings={"type": "object"},
)
_KEY = wire.Key(
    kid="NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    alg="EdDSA",
    use="sig",
    state=core.KeyState.ACTIVE,
    created_at=_AT,
    jwk={"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
)
_CURSOR = "MDE5ODAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx"

EXAMPLES: tuple[msgspec.Struct, ...] = (
    _USER,
    wire.UserList(items=(_USER,), next=_CURSOR),
    wire.NewUser(identifiers=(_NEW_EMAIL,), attributes={"given_name": "Ada"}, roles=("member",), locale="en"),
    wire.UserChanges(attributes={"nickname": None}, status="disabled"),
    _NEW_EMAIL,
    wire.GrantList(items=(_GRANT,)),
    wire.CredentialList(items=(_CREDENTIAL,)),
    _SESSION,
    wire.SessionList(items=(_SESSION,)),
    wire.Ended(ended=2),
    _APPLICATION,
    wire.ApplicationList(items=(_APPLICATION,), next=None),
    wire.NewApplication(id="shop", title="Acme Shop", protocols=_PROTOCOLS),
    wire.ApplicationContent(title="Acme Shop", protocols=_PROTOCOLS),
    wire.ClientSecret(secret="xcs_…"),  # noqa: S106  no secret
    wire.EventList(items=(_EVENT,), next=_CURSOR),
    wire.Tenant(
        id="acme", title="Acme Stores", issuer="https://login.acme.example", locale="en", plugins=("api", "oidc")
    ),
    _PLUGIN,
    wire.PluginList(items=(_PLUGIN,)),
    wire.Enablement(enabled=False),
    wire.Impact(users=1204, needed_by=()),
    wire.PluginSettings(values={"min_length": 12}),
    wire.NewPluginSettings(values={"min_length": 12}),
    _KEY,
    wire.KeyList(items=(_KEY,)),
    wire.Rotation(alg=wire.Algorithm.ES256),
    wire.Problem(
        type="urn:xenia:error:invalid",
        title="Some of what you entered can’t be accepted.",
        status=422,
        request_id="5f0c0c7d7d2b4a11",
        errors={"limit": "error.value"},
    ),
)
_BY_KIND = {type(one): one for one in EXAMPLES}


def example_of(kind: type[msgspec.Struct]) -> Any:
    """The example of a type, as it goes over the wire."""
    return msgspec.to_builtins(_BY_KIND[kind])
