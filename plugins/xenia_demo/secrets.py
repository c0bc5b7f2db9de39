"""The demonstration's passwords and secrets: made once, kept in the data folder, the same at the next run."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from xenia.api import SetupError


def _password() -> str:
    """Easy to type, hard to guess: four groups of four letters, 75 bits."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(4)) for _ in range(4))


def _secret() -> str:
    return secrets.token_urlsafe(32)


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What the demonstration's people and applications sign in with."""

    person: str = msgspec.field(default_factory=_password)
    administrator: str = msgspec.field(default_factory=_password)
    shop: str = msgspec.field(default_factory=_secret)
    club: str = msgspec.field(default_factory=_secret)


def remembered(data_dir: Path) -> Secrets:
    """Those of the run before, else fresh ones, kept with mode 0600. Raises ``SetupError`` where the file is of no use."""
    path = data_dir / "demo.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except FileNotFoundError:
        return _kept(path, Secrets())
    except (OSError, msgspec.DecodeError) as problem:
        raise SetupError(f"{path} can't be read ({problem}): remove it") from problem


def _kept(path: Path, fresh: Secrets) -> Secrets:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise SetupError(f"{path} can't be written: {problem.strerror}") from problem
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(fresh)))
    return fresh
