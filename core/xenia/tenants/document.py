"""The tenant document: one schema for files, console and API. Reading it finds every mistake and names each by its
path.

``{ env = "NAME" }`` stands for a value of the environment. Whoever reads the file resolves it (:func:`resolve`); a
document that reaches the server holds values only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from xenia.errors import Invalid
from xenia.forms import check, join
from xenia.messages import Text, text
from xenia.plugin.manifest import Manifest
from xenia.settings_values import Secret
from xenia.tenants.models import Attribute, SessionSettings, SignInSettings
from xenia.users.models import IdentifierKind
from xenia.users.normalise import normalise

S = TypeVar("S", bound=msgspec.Struct)
Problems = dict[str, Text]
SECTIONS = ("tenant", "sign_in", "sessions", "roles", "attributes", "plugins", "applications", "users")
SECRET = "client_secret"  # noqa: S105  the name of a key


class TenantPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[tenant]``. What is not named stays as it is."""

    id: str
    title: str | None = None
    issuer: str | None = None
    locale: str | None = None
    hosts: tuple[str, ...] | None = None
    plugins: tuple[str, ...] | None = None


class RolePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[roles.<name>]``."""

    permissions: tuple[str, ...] = ()


class ApplicationPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[[applications]]``; every other table in it is a protocol's part."""

    id: str
    title: str = ""
    first_party: bool = True
    home: str = ""
    required_acr: str = ""
    enabled: bool = True
    protocols: dict[str, dict[str, Any]] = {}
    secret: Secret = Secret()


class UserPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[[users]]``: a seed for development and tests. The password is stored when the user is created, and never
    again.
    """

    email: str
    email_verified: bool = False
    password: Secret = Secret()
    roles: tuple[str, ...] | None = None
    locale: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    attributes: dict[str, Any] = {}

    def __post_init__(self) -> None:
        normalise(IdentifierKind.EMAIL, self.email)

    @property
    def wanted(self) -> dict[str, Any]:
        """The attributes that the seed names."""
        named = {name: getattr(self, name) for name in ("name", "given_name", "family_name")}
        return {**{name: value for name, value in named.items() if value is not None}, **self.attributes}


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was read. ``settings`` holds each section of settings by the name it is stored under."""

    tenant: TenantPart
    settings: dict[str, msgspec.Struct] = {}
    roles: dict[str, tuple[str, ...]] = {}
    attributes: dict[str, Attribute] = {}
    applications: tuple[ApplicationPart, ...] = ()
    users: tuple[UserPart, ...] = ()


# -- references to the environment


def resolve(data: Any, environ: Mapping[str, str]) -> Any:
    """The same data with each ``{ env = "NAME" }`` replaced. Raises ``Invalid`` naming every variable that isn't set,
    by path.
    """
    problems: Problems = {}
    resolved = _resolved(data, environ, "", problems)
    if problems:
        raise Invalid(problems)
    return resolved


def _resolved(data: Any, environ: Mapping[str, str], path: str, problems: Problems) -> Any:
    if isinstance(data, dict) and data.keys() == {"env"} and isinstance(data["env"], str):
        if data["env"] not in environ:
            problems[path] = text("document.env", name=data["env"])
        return environ.get(data["env"], "")
    if isinstance(data, dict):
        return {name: _resolved(value, environ, join(path, name), problems) for name, value in data.items()}
    if isinstance(data, list):
        return [_resolved(value, environ, f"{path}[{at}]", problems) for at, value in enumerate(data)]
    return data


# -- reading


class Reader:
    """Reads documents for an installation: it knows the settings of every plugin and protocol."""

    def __init__(
        self, manifests: tuple[Manifest, ...], protocols: Callable[[], Mapping[str, type[msgspec.Struct]]]
    ) -> None:
        self._manifests = {manifest.name: manifest for manifest in manifests}
        self._protocols = protocols

    def read(self, data: Mapping[str, Any]) -> Document:
        """The document that ``data`` makes. Raises ``Invalid`` with every mistake, by path."""
        problems: Problems = {name: text("form.unknown", name=name) for name in data.keys() - set(SECTIONS)}
        tenant = _struct(TenantPart, data.get("tenant", {}), "tenant", problems)
        document = Document(
            tenant=tenant or TenantPart(id=""),
            settings=self._settings(data, problems),
            roles={name: role.permissions for name, role in _named(RolePart, data.get("roles", {}), "roles", problems)},
            attributes=dict(_named(Attribute, data.get("attributes", {}), "attributes", problems)),
            applications=tuple(self._applications(data.get("applications", []), problems)),
            users=tuple(_listed(UserPart, data.get("users", []), "users", problems)),
        )
        problems.update(_twice(data))
        if problems:
            raise Invalid(problems)
        return document

    def _settings(self, data: Mapping[str, Any], problems: Problems) -> dict[str, msgspec.Struct]:
        found: dict[str, msgspec.Struct | None] = {}
        for name, kind in (("sign_in", SignInSettings), ("sessions", SessionSettings)):
            if name in data:
                found[name] = _struct(kind, data[name], name, problems)
        for name, part in _tables(data.get("plugins", {}), "plugins", problems):
            manifest = self._manifests.get(name)
            if manifest is None or manifest.settings is None:
                problems[f"plugins.{name}"] = text("document.no_settings", name=name)
            else:
                found[name] = _struct(manifest.settings, part, f"plugins.{name}", problems)
        return {name: value for name, value in found.items() if value is not None}

    def _applications(self, data: Any, problems: Problems) -> Iterator[ApplicationPart]:
        for at, entry in enumerate(_entries(data, "applications", problems)):
            path = f"applications[{at}]"
            own = set(ApplicationPart.__struct_fields__) - {"protocols", "secret"}
            parts = {name: part for name, part in entry.items() if name not in own}
            plain = {name: value for name, value in entry.items() if name in own}
            part = _struct(ApplicationPart, plain, path, problems)
            protocols, secret = self._protocol_parts(parts, path, problems)
            if part:
                yield msgspec.structs.replace(part, protocols=protocols, secret=secret, title=part.title or part.id)

    def _protocol_parts(
        self, parts: Mapping[str, Any], path: str, problems: Problems
    ) -> tuple[dict[str, dict[str, Any]], Secret]:
        known, secret = self._protocols(), Secret()
        made: dict[str, dict[str, Any]] = {}
        for name, part in _tables(parts, path, problems):
            if name not in known:
                problems[f"{path}.{name}"] = text("application.protocol", protocol=name)
                continue
            if not isinstance(given := part.get(SECRET, ""), str):
                problems[f"{path}.{name}.{SECRET}"] = text("form.words")
                given = ""
            secret = Secret(given) or secret
            made[name] = {key: value for key, value in part.items() if key != SECRET}
            _struct(known[name], made[name], f"{path}.{name}", problems)
        return made, secret


def _struct(kind: type[S], data: Any, path: str, problems: Problems) -> S | None:
    if not isinstance(data, Mapping):
        problems[path] = text("document.table")
        return None
    value, found = check(kind, data)
    problems.update({join(path, name): problem for name, problem in found.items()})
    return value


def _tables(data: Any, path: str, problems: Problems) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(data, Mapping):
        problems[path] = text("document.table")
        return
    for name, part in data.items():
        if isinstance(part, Mapping):
            yield name, part
        else:
            problems[join(path, name)] = text("form.unknown", name=name)


def _named(kind: type[S], data: Any, path: str, problems: Problems) -> Iterator[tuple[str, S]]:
    for name, part in _tables(data, path, problems):
        value = _struct(kind, part, join(path, name), problems)
        if value is not None:
            yield name, value


def _entries(data: Any, path: str, problems: Problems) -> list[Mapping[str, Any]]:
    if isinstance(data, list) and all(isinstance(entry, Mapping) for entry in data):
        return data
    problems[path] = text("document.tables")
    return []


def _listed(kind: type[S], data: Any, path: str, problems: Problems) -> Iterator[S]:
    for at, entry in enumerate(_entries(data, path, problems)):
        value = _struct(kind, entry, f"{path}[{at}]", problems)
        if value is not None:
            yield value


def _twice(data: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    for section, key in (("applications", "id"), ("users", "email")):
        seen: set[str] = set()
        entries = data.get(section, ())
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = str(entry.get(key, "")) if isinstance(entry, Mapping) else ""
            same = name.strip().lower() if key == "email" else name
            if same and same in seen:
                yield f"{section}[{at}]", text("document.twice", name=name)
            seen.add(same)
