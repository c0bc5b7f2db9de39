"""Secrets go in and never come out: what is shown instead, and how a blank keeps what is stored.

Settings mark their secrets by type. A protocol's part of an application is an opaque object, so there a secret is known by its name.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from xenia.api import Invalid, Secret, checked_settings, text

MASK = "***"
S = TypeVar("S", bound=msgspec.Struct)
_SECRET_NAME = re.compile(r"(^|_)(secret|password|passphrase|private_key|api_key|token)$")


# -- settings: secrets by type


def shown_settings(value: msgspec.Struct) -> dict[str, Any]:
    """The settings as they may be read."""
    plain: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(Secret,))
    return {name: _each_secret(inner, _shown) for name, inner in plain.items()}


def given_settings(kind: type[S], values: dict[str, Any]) -> S:
    """The settings that ``values`` make; a masked secret becomes a blank one, which keeps what is stored. Raises ``Invalid`` by field."""
    made = checked_settings(kind, values, "values")
    plain = msgspec.to_builtins(made, builtin_types=(Secret,))
    return checked_settings(kind, _each_secret(plain, _unmasked), "values")


def _shown(secret: Secret) -> str:
    return MASK if secret else ""


def _unmasked(secret: Secret) -> Secret:
    return Secret() if secret.reveal() == MASK else secret


def _each_secret(value: Any, change: Any) -> Any:
    if isinstance(value, Secret):
        return change(value)
    if isinstance(value, dict):
        return {name: _each_secret(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_secret(inner, change) for inner in value]
    return value


# -- opaque objects: secrets by name


def masked(value: Any, name: str = "") -> Any:
    """The object as it may be read."""
    if isinstance(value, dict):
        return {key: masked(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, name) for inner in value]
    return MASK if _is_secret(name, value) else value


def unmasked(new: Any, old: Any, name: str = "", path: str = "") -> Any:
    """``new`` with each masked or blank secret as it is in ``old``.

    Raises ``Invalid`` for a mask that stands for nothing. What stands in a list has no name to be found by and must be given again.
    """
    if isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        return {key: unmasked(inner, before.get(key), key, f"{path}.{key}".lstrip(".")) for key, inner in new.items()}
    if isinstance(new, list | tuple):
        return [unmasked(inner, None, name, f"{path}[{at}]") for at, inner in enumerate(new)]
    if not (isinstance(new, str) and _SECRET_NAME.search(name) and new in (MASK, "")):
        return new
    if new == MASK and not isinstance(old, str):
        raise Invalid({path: text("api.secret_lost")})
    return old if isinstance(old, str) else new


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and value != "" and _SECRET_NAME.search(name) is not None
