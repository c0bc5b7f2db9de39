"""The settings of the process: ``xenia.toml`` and ``XENIA_*`` environment variables; the environment wins.

Each field of :class:`Settings` says what it means (the reference page is made from it) and how it is read. A secret may
also come from a file named by ``XENIA_<KEY>_FILE``. In the environment a list is separated by commas. Variables that
name no key are ignored, since orchestrators add ``XENIA_*`` variables of their own for a service of that name.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from xenia import settings_values as values
from xenia.errors import SetupError
from xenia.settings_values import Address, Destination, Log, Network, Reader, Secret

__all__ = [
    "Address",
    "Destination",
    "Log",
    "Network",
    "Secret",
    "Settings",
    "SettingsError",
    "find_settings_file",
    "load_settings",
]

PREFIX = "XENIA_"
Entry = tuple[str, str, object]
"""A key, where its value was found, and the value as found."""


class SettingsError(SetupError):
    """Settings that can't be used. ``problems`` holds one line for each: key, what is wrong, what to write."""

    code = "settings"

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one process. What is derived from other settings is filled in when an object is made.

    Raises :class:`SettingsError` when the values are right one by one but not together.
    """

    public_url: Annotated[
        str,
        values.origin,
        Meta(description="The address under which browsers and applications reach Xenia; no path."),
    ] = "http://localhost:8000"
    console_url: Annotated[
        str,
        values.optional_web_address,
        Meta(description="The address of the console, an origin of its own. Empty: `<public_url>/t/system/console`."),
    ] = ""
    data_dir: Annotated[
        Path,
        values.path,
        Meta(description="The folder for everything that Xenia keeps on this machine."),
    ] = Path("var")
    database_url: Annotated[
        Secret,
        values.service("postgresql", "postgres"),
        Meta(description="PostgreSQL 15 or newer: `postgresql://user:password@host/name`. Empty: an embedded server."),
    ] = Secret()
    valkey_url: Annotated[
        Secret,
        values.service("valkey", "valkeys", "redis", "rediss", "unix"),
        Meta(description="Valkey, for several processes: `valkey://host:6379`. Empty: in the process, or embedded."),
    ] = Secret()
    master_key_file: Annotated[
        Path,
        values.path,
        Meta(description="The key that seals all other keys, in a file of mode 0600. Empty: `<data_dir>/master.key`."),
    ] = Path()
    smtp_url: Annotated[
        Secret,
        values.service("smtp", "smtps"),
        Meta(description="The mail server: `smtps://user:password@host:465`. Empty: no mail leaves this machine."),
    ] = Secret()
    mail_from: Annotated[
        str,
        values.text,
        Meta(description="The sender of all mail. Empty: `no-reply@` and the host of `public_url`."),
    ] = ""
    listen: Annotated[
        Address,
        values.listen,
        Meta(description="Host and port to listen on."),
    ] = Address("127.0.0.1", 8000)
    workers: Annotated[
        int,
        values.whole_number(1, 256),
        Meta(description="How many processes serve requests. More than one need Valkey."),
    ] = 1
    trusted_proxies: Annotated[
        tuple[Network, ...],
        values.networks,
        Meta(description="Networks of the proxies in front of Xenia, whose word on the client's address is believed."),
    ] = ()
    outgoing_allow: Annotated[
        tuple[Destination, ...],
        values.destinations,
        Meta(description="Private destinations that outgoing connections may reach, each as `network:port`."),
    ] = ()
    log: Annotated[
        Log,
        values.log,
        Meta(description="`text` or `json`, and a level after a colon: `json:warning`."),
    ] = Log()
    development: Annotated[
        bool,
        values.boolean,
        Meta(description="Allows http and loopback addresses. Refused unless `public_url` is on loopback."),
    ] = False
    body_limit: Annotated[
        int,
        values.whole_number(1024, 1 << 30),
        Meta(description="The largest request body, in bytes."),
    ] = 1 << 20
    plugins: Annotated[
        tuple[str, ...],
        values.names,
        Meta(description="The names of the plugins to load. Empty: all that are installed."),
    ] = ()

    def __post_init__(self) -> None:
        host = urlsplit(self.public_url).hostname
        if self.development and not values.is_loopback(host):
            raise SettingsError(
                f"development: it opens doors, so it works on loopback only, but public_url is on {host}; "
                "write development = false"
            )
        fill = msgspec.structs.force_setattr
        fill(self, "console_url", self.console_url or f"{self.public_url}/t/system/console")
        if self.master_key_file == Path():
            fill(self, "master_key_file", self.data_dir / "master.key")
        fill(self, "mail_from", self.mail_from or f"no-reply@{host}")


def find_settings_file(environ: Mapping[str, str], folder: Path) -> Path | None:
    """The file named by ``XENIA_CONFIG``, else ``xenia.toml`` in `folder` if there is one."""
    if named := environ.get(f"{PREFIX}CONFIG"):
        return Path(named)
    usual = folder / "xenia.toml"
    return usual if usual.is_file() else None


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings from a TOML file (None: no file) and the environment, which wins.

    Raises :class:`SettingsError` with every problem at once.
    """
    problems: list[str] = []
    found: dict[str, Any] = {}
    readers = _readers()
    for key, origin, raw in (*_from_file(path, problems), *_from_environment(environ, problems)):
        try:
            found[key] = readers[key](raw)
        except ValueError as error:
            problems.append(f"{key} (from {origin}): {'' if key in _SECRETS else f'{raw!r:.80}: '}{error}")
    return _together(found, problems)


def _together(found: dict[str, Any], problems: list[str]) -> Settings:
    try:
        settings = Settings(**found)
    except SettingsError as error:
        raise SettingsError(*problems, *error.problems) from None
    if problems:
        raise SettingsError(*problems)
    return settings


def _from_file(path: Path | None, problems: list[str]) -> Iterator[Entry]:
    if path is None:
        return
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{path}: can't be read ({error.strerror}); give the path of a file that exists and is yours")
        return
    except ValueError as error:
        problems.append(f"{path}: not TOML: {error}")
        return
    for key, raw in document.items():
        if key in Settings.__struct_fields__:
            yield key, str(path), raw
        else:
            problems.append(f"{key} (from {path}): no such key; write one of {', '.join(Settings.__struct_fields__)}")


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> Iterator[Entry]:
    for key in Settings.__struct_fields__:
        name = f"{PREFIX}{key.upper()}"
        by_file = environ.get(f"{name}_FILE") if key in _SECRETS else None
        if by_file and name in environ:
            problems.append(f"{key}: both {name} and {name}_FILE are set; leave one out")
        elif by_file:
            yield from _from_secret_file(key, f"{name}_FILE", Path(by_file), problems)
        elif name in environ:
            yield key, name, environ[name]


def _from_secret_file(key: str, name: str, path: Path, problems: list[str]) -> Iterator[Entry]:
    try:
        yield key, name, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(
            f"{key} (from {name}): {path} can't be read: {error.__class__.__name__}; name a text file of yours"
        )


def _readers() -> dict[str, Reader]:
    """The reader of each key: the second argument of its ``Annotated``."""
    hints = get_type_hints(Settings, include_extras=True)
    return {key: get_args(hints[key])[1] for key in Settings.__struct_fields__}


_SECRETS = frozenset(field.name for field in msgspec.structs.fields(Settings) if isinstance(field.default, Secret))
