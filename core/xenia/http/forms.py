"""Posted forms: what can't be read is the sender's mistake, whichever way it can't."""

from __future__ import annotations

from typing import Any

from litestar.connection import Request
from litestar.datastructures import FormMultiDict

from xenia.errors import BadRequest


class FormRequest(Request[Any, Any, Any]):
    """A request whose form may claim to be written in anything."""

    async def form(self) -> FormMultiDict:
        """The form. Raises ``BadRequest`` for text in an encoding that nobody knows, or that isn't what it says."""
        try:
            return await super().form()
        except (LookupError, UnicodeError) as problem:
            raise BadRequest("a form in an unreadable encoding") from problem
