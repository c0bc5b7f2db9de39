"""The ``claims`` parameter: single claims asked for by name (OpenID Connect Core section 5.5)."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from xenia_oidc.errors import OAuthError

MOST_CLAIMS = 50


class ClaimWish(msgspec.Struct, frozen=True):
    """How one claim is asked for."""

    essential: bool = False
    value: Any = None
    values: list[Any] = []

    @property
    def wanted(self) -> tuple[str, ...]:
        """The values that would do, texts only."""
        given = self.values if self.value is None else [self.value]
        return tuple(value for value in given if isinstance(value, str))


class _Document(msgspec.Struct, frozen=True):
    userinfo: dict[str, ClaimWish | None] | None = None
    id_token: dict[str, ClaimWish | None] | None = None


class ClaimsRequest(msgspec.Struct, frozen=True):
    """The claims asked for at UserInfo and in the ID token, by name."""

    userinfo: dict[str, ClaimWish] = {}
    id_token: dict[str, ClaimWish] = {}

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read the parameter. Raises ``OAuthError`` where it is malformed."""
        try:
            document = msgspec.json.decode(raw, type=_Document)
        except (msgspec.MsgspecError, RecursionError) as problem:
            raise OAuthError("invalid_request", "claims is malformed") from problem
        return cls(_wishes(document.userinfo), _wishes(document.id_token))

    @property
    def subject(self) -> str:
        """The ``sub`` that the answer must be about, ``""`` for anybody."""
        wish = self.id_token.get("sub") or self.userinfo.get("sub")
        return wish.wanted[0] if wish and wish.wanted else ""


def _wishes(given: dict[str, ClaimWish | None] | None) -> dict[str, ClaimWish]:
    if given and len(given) > MOST_CLAIMS:
        raise OAuthError("invalid_request", "claims asks for too much")
    return {name: wish or ClaimWish() for name, wish in (given or {}).items()}
