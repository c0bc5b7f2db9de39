"""The errors of the house. Each has a wire code, a status, a public sentence by id, and a private detail for the log.

::

    XeniaError
    ├── SetupError          the operator must mend something: one clear line, exit code 1
    ├── RequestRefused      the request is at fault
    │   ├── BadRequest          400  invalid_request
    │   ├── NotSignedIn         401  not_signed_in
    │   ├── Forbidden           403  forbidden
    │   ├── NotFound            404  not_found      also: another tenant's, a disabled plugin's
    │   ├── Conflict            409  conflict
    │   ├── TooLarge            413  too_large
    │   ├── Invalid             422  invalid        with errors by field
    │   └── TooMany             429  too_many       with a wait in seconds
    ├── Undeliverable       502  undeliverable   a message that will never arrive: nobody tries again
    └── Unavailable         503  unavailable     something we stand on is away; with a wait in seconds

Protocol plugins translate these into their own form (OAuth's ``error``, SCIM's ``scimType``, problem+json).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from xenia.messages import Text, text


class XeniaError(Exception):
    """The root. ``detail`` is for the log and never leaves the house."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = "error.unexpected"

    def __init__(self, detail: str = "", *, public: Text | None = None) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.public = public or text(self.sentence)


class SetupError(XeniaError):
    """A set-up that can't work. ``detail`` is one line that says what to change."""

    code = "setup"


class Undeliverable(XeniaError):
    """Whoever carries messages refused this one for good (RFC 5321 section 4.2.1, 5yz). ``detail`` names nobody."""

    code, status = "undeliverable", 502


class RequestRefused(XeniaError):
    """The request is at fault; answered with its status, never with a 5xx."""


class BadRequest(RequestRefused):
    """The request can't be understood; ``fields`` names what of it, where that can be said."""

    code, status, sentence = "invalid_request", 400, "error.bad_request"

    def __init__(
        self, detail: str = "", *, public: Text | None = None, fields: Mapping[str, Text] | None = None
    ) -> None:
        super().__init__(detail, public=public)
        self.fields = dict(fields or {})


class NotSignedIn(RequestRefused):
    """Nobody is signed in, or not strongly or recently enough."""

    code, status, sentence = "not_signed_in", 401, "error.not_signed_in"


class Forbidden(RequestRefused):
    """Somebody is signed in and may not do this."""

    code, status, sentence = "forbidden", 403, "error.forbidden"


class NotFound(RequestRefused):
    """There is no such thing here; another tenant's thing answers exactly the same."""

    code, status, sentence = "not_found", 404, "error.not_found"


class Conflict(RequestRefused):
    """The thing exists already, or changed meanwhile."""

    code, status, sentence = "conflict", 409, "error.conflict"


class TooLarge(RequestRefused):
    """The body is larger than the limit."""

    code, status, sentence = "too_large", 413, "error.too_large"


class Invalid(RequestRefused):
    """Values were given that can't be accepted; ``fields`` names each with its sentence."""

    code, status, sentence = "invalid", 422, "error.invalid"

    def __init__(self, fields: Mapping[str, Text], detail: str = "") -> None:
        super().__init__(detail or ", ".join(f"{name}: {problem.id}" for name, problem in fields.items()))
        self.fields = dict(fields)


class TooMany(RequestRefused):
    """A limit is reached. ``retry_after`` is in whole seconds."""

    code, status, sentence = "too_many", 429, "error.too_many"

    def __init__(self, retry_after: int, detail: str = "") -> None:
        super().__init__(detail, public=text(self.sentence, seconds=retry_after))
        self.retry_after = retry_after


class Unavailable(XeniaError):
    """Something we stand on (database, cache, hash pool) is away for the moment. ``retry_after`` is in whole seconds."""

    code, status, sentence = "unavailable", 503, "error.unavailable"

    def __init__(self, detail: str = "", *, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
