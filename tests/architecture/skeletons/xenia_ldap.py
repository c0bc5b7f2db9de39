"""LDAP: a method whose passwords are kept in a directory outside. Every connection goes through the guarded dialer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xenia.api import (
    AuthMethod,
    Context,
    Factor,
    Field,
    FieldKind,
    Form,
    Host,
    Journey,
    Manifest,
    Proof,
    Proven,
    Refused,
    Secret,
    StepView,
    hookimpl,
    literal,
)


class LdapSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The directory of a tenant."""

    host: str = ""
    port: int = 636
    bind_password: Secret = Secret()


manifest = Manifest(
    name="ldap", title=literal("LDAP"), summary=literal("Passwords of a directory."), settings=LdapSettings
)


class Directory:
    """A directory that is asked whether a name and a password belong together (RFC 4513 section 5.1.3)."""

    name = "ldap"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def bind(self, context: Context, name: str, password: str) -> bool:
        """Whether the directory takes them. An empty password is an anonymous bind, and so never right."""
        settings = await self._host.config.get(context, LdapSettings)
        if not password or not settings.host:
            return False
        _, writer = await self._host.dialer.connect(settings.host, settings.port)
        writer.close()
        return False


class LdapMethod:
    """Something one knows, which the directory verifies."""

    name = "ldap"
    factors = frozenset({Factor.KNOWLEDGE})
    amr: tuple[str, ...] = ("pwd",)
    primary = True
    label = literal("Company password")
    icon = "building"

    def __init__(self, host: Host) -> None:
        self._host = host
        self._directory = Directory(host)

    async def available(self, context: Context, journey: Journey) -> bool:
        """Where a directory is set up."""
        return bool((await self._host.config.get(context, LdapSettings)).host)

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """Asks for the password."""
        return StepView(
            step="ldap", title=self.label, fields=(Field(name="password", label=self.label, kind=FieldKind.PASSWORD),)
        )

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused:
        """Ask the directory, for unknown people too."""
        name = journey.claimed.value if journey.claimed else ""
        taken = await self._directory.bind(context, name, form.get("password", ""))
        if not taken or journey.user_id is None:
            return Refused(errors={"password": literal("That is not right.")})
        return Proven(
            user_id=journey.user_id,
            proof=Proof(method=self.name, factors=self.factors, amr=self.amr, at=self._host.clock.now()),
        )


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (LdapMethod(host),)


@hookimpl
def register_directories(host: Host) -> Sequence[Any]:
    return (Directory(host),)


@hookimpl
async def route_login(identifier: str) -> Sequence[str] | None:
    return ("ldap",) if identifier.endswith("@company.example") else None


if TYPE_CHECKING:

    def _proof(host: Host) -> AuthMethod:
        return LdapMethod(host)
