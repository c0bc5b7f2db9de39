"""Secrets that are known to a test, and the places that are searched for them in every spelling."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from xenia.security import sealing
from xenia.testing.app import App

_BYTEA = re.compile(r"\\\\x([0-9a-f]{2,})")
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_SHORTEST = 10
"""Less than that is a code of digits: searched as a word of its own, since digits are everywhere."""


class Canaries:
    """What must be found nowhere, by name."""

    def __init__(self) -> None:
        self.known: dict[str, list[str | bytes]] = {}

    def add(self, name: str, *secrets: str | bytes) -> None:
        """Remember secrets of one name."""
        assert all(secrets), name
        self.known.setdefault(name, []).extend(secrets)

    def found(self, places: Mapping[str, str]) -> set[tuple[str, str]]:
        """Every name and the place where one of its secrets stands."""
        forms = [(name, form) for name, secrets in self.known.items() for one in secrets for form in spellings(one)]
        return {(name, place) for place, text in places.items() for name, form in forms if _holds(text, form)}


def _holds(text: str, form: str) -> bool:
    if len(form) >= _SHORTEST:
        return form in text
    return re.search(rf"(?<![\w.+-]){re.escape(form)}(?![\w-])", text) is not None


def spellings(secret: str | bytes) -> set[str]:
    """A secret as it is, without the prefix of its kind, and each in the ways in which a text or a binary value may hold it."""
    if isinstance(secret, str) and len(secret) < _SHORTEST:
        return {secret}
    plain = [secret] if isinstance(secret, bytes) else [part.encode() for part in {secret, _body(secret)}]
    return {form for one in plain for form in _encoded(one)}


def _encoded(secret: bytes) -> Iterator[str]:
    text = secret.decode("latin-1")
    yield from (text, quote(secret, safe=""), quote_plus(secret), secret.hex(), secret.hex().upper())
    for offset in range(3):  # base64 looks different at each place of three
        encoded = base64.b64encode(b"\0" * offset + secret).decode()[(0, 2, 3)[offset] : -4]
        yield from (encoded, encoded.translate(str.maketrans("+/", "-_")))


def _body(secret: str) -> str:
    prefix, separator, body = secret.partition("_")
    return body if separator and len(prefix) <= 4 and len(body) >= _SHORTEST else secret


def listen(app: App, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember every one-time secret, every code, and all that is ever sealed."""
    one_time, vault = app.kernel.one_time, app.kernel.vault
    issue, issue_code, seal = one_time.issue, one_time.issue_code, vault.seal

    async def issued(tenant: str, kind: str, *rest: Any) -> str:
        secret = await issue(tenant, kind, *rest)
        canaries.add(f"one-time secret {kind}", secret)
        return secret

    async def code_issued(tenant: str, kind: str, bound_to: str, **rest: Any) -> str:
        code = await issue_code(tenant, kind, bound_to, **rest)
        canaries.add(f"code {kind}", code)
        return code

    async def sealed(context: Any, purpose: str, row: str, plaintext: bytes) -> bytes:
        if len(plaintext) > _SHORTEST:
            canaries.add(f"sealed {purpose}", plaintext)
        return await seal(context, purpose, row, plaintext)

    monkeypatch.setattr(one_time, "issue", issued)
    monkeypatch.setattr(one_time, "issue_code", code_issued)
    monkeypatch.setattr(vault, "seal", sealed)


def listen_to_keys(canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember every key that anything is sealed by: the one made of the master key, the tenants' and the persons'."""
    begin = sealing.Sealer.__init__

    def begun(self: sealing.Sealer, *keys: sealing.DataKey) -> None:
        canaries.add("data key", *(one.key for one in keys))
        begin(self, *keys)

    monkeypatch.setattr(sealing.Sealer, "__init__", begun)


async def dump(app: App) -> dict[str, str]:
    """All that is stored, by table: as JSON, and every binary value as what it would read like."""
    database = app.kernel.database
    places = {}
    for table in await database.fetch(_TABLES):
        rows = await database.fetch(f'SELECT to_jsonb(t)::text AS row FROM "{table["relname"]}" t')
        text = "\n".join(row["row"] for row in rows)
        binary = "\n".join(bytes.fromhex(found).decode("latin-1") for found in _BYTEA.findall(text))
        places[f"table {table['relname']}"] = f"{text}\n{binary}"
    return places
