"""Posted forms: what can't be read is the sender's mistake, whichever way it can't, and what was read isn't kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import Request
from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType

from xenia.errors import BadRequest


class FormRequest(Request[Any, Any, Any]):
    """A request whose form may claim to be written in anything."""

    async def form(self) -> FormMultiDict:
        """The form. Raises ``BadRequest`` for text in an encoding that nobody knows, or that isn't what it says."""
        try:
            if self.content_type[0] == RequestEncodingType.URL_ENCODED:
                return await self._url_encoded()
            return await super().form()
        except (LookupError, UnicodeError) as problem:
            raise BadRequest("a form in an unreadable encoding") from problem

    async def _url_encoded(self) -> FormMultiDict:
        """Litestar remembers the last thousand forms that it has read, in a cache of its parser. Ours hold passwords."""
        return FormMultiDict(parse_qsl((await self.body()).decode("latin-1"), keep_blank_values=True))
