"""OAuth errors: a code of the standard, and a description that is ours and never repeats what was sent.

::

    OAuthError              answered as JSON (RFC 6749 section 5.2)
    └── AuthorizationError  answered at the application's redirect URI (section 4.1.2.1; Core section 3.1.2.6)

What may not be sent to a redirect URI at all is a ``BadRequest`` of the house, shown as a page.
"""

from __future__ import annotations

from xenia.api import BadRequest, text

Header = tuple[bytes, bytes]


class OAuthError(Exception):
    """A request that is refused. ``code`` is the standard's, ``description`` is for the application's developer."""

    def __init__(
        self, code: str, description: str = "", *, status: int = 400, headers: tuple[Header, ...] = ()
    ) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status
        self.headers = headers

    def document(self) -> dict[str, str]:
        """``error`` and ``error_description``."""
        return {"error": self.code, **({"error_description": self.description} if self.description else {})}


class AuthorizationError(OAuthError):
    """An authorization request that is refused, told to the application in its own response mode."""


def page(name: str) -> BadRequest:
    """A refusal that the person sees, because the application can't be trusted with it."""
    return BadRequest(f"authorization request refused: {name}", public=text(f"oidc.refused.{name}"))
