"""The desk: what every page of the console is made at. One request of one administrator, in one tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar.connection import Request

from xenia.api import (
    SYSTEM_TENANT,
    BadRequest,
    Context,
    Forbidden,
    Host,
    NotFound,
    Page,
    Redirect,
    Tenant,
    Text,
    context_of,
    literal,
    parse_id,
    path_below,
    state_of,
    text,
)
from xenia_admin.administrators import Administrator

_LONGEST = 500


class Desk:
    """``context`` acts in ``tenant``, the one that is managed; ``permission`` is what the page's guard asked for."""

    def __init__(self, host: Host, request: Request[Any, Any, Any], permission: str = "") -> None:
        self.host = host
        self.request = request
        self.permission = permission
        self.context: Context = context_of(request)
        state = state_of(request)
        self.administrator: Administrator = state["administrator"]
        self.tenant: Tenant = state["managed"]

    # -- what was asked

    def id(self, name: str) -> UUID:
        """An identifier of the path. Raises ``NotFound`` for what can't be one."""
        found = parse_id(self.request.path_params[name])
        if found is None:
            raise NotFound("no such id")
        return found

    def name(self, name: str) -> str:
        """A name of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A parameter of the address, trimmed. Raises ``BadRequest`` for what nobody types."""
        value = self.request.query_params.get(name, "")
        if len(value) > _LONGEST or "\0" in value:
            raise BadRequest(f"the parameter {name} is no text")
        return str(value).strip()

    @property
    def here(self) -> str:
        """The page's own address below the base, with its query: what a question is about may stand there."""
        query = self.request.scope["query_string"].decode("latin-1")
        return self.request.scope["path"] + (f"?{query}" if query else "")

    async def form(self) -> dict[str, str]:
        """What was posted. Raises ``BadRequest`` for files, null characters and what is no form."""
        posted = await self.request.form()
        if not all(isinstance(value, str) and "\0" not in value for value in posted.values()):
            raise BadRequest("the form holds what is no text")
        return {name: str(value) for name, value in posted.items()}

    # -- what may be done

    def holds(self, permission: str) -> bool:
        """Whether the roles allow it: for menus and buttons. The guards decide."""
        return permission in self.administrator.held(self.tenant.id)

    def check_chief(self) -> None:
        """Raise ``Forbidden`` where something is to be changed that all administrators stand on."""
        if self.tenant.id == SYSTEM_TENANT and not self.administrator.is_chief:
            raise Forbidden("only an administrator of everything", public=text("admin.only_chief"))

    # -- answers

    def path(self, path: str = "", **query: str) -> str:
        """A page of this tenant's console, below the base; empty parameters are left out."""
        given = {name: value for name, value in query.items() if value}
        return f"/console/{self.tenant.id}{path}" + (f"?{urlencode(given)}" if given else "")

    def go(self, path: str = "", **query: str) -> Redirect:
        """On to another page of this tenant's console."""
        return Redirect(path_below(self.request, self.path(path, **query)))

    def page(
        self,
        template: str,
        title: Text,
        data: Mapping[str, Any],
        *,
        above: Sequence[tuple[Text, str]] = (),
        errors: Mapping[str, Text] | None = None,
        status: int | None = None,
    ) -> Page:
        """A page; ``above`` are the pages that it stands under, as (title, path)."""
        crumbs = [{"label": literal(self.tenant.title), "href": self.path()}]
        crumbs += [{"label": label, "href": self.path(path)} for label, path in above]
        whole = {**data, "crumbs": crumbs, "message": self._message()}
        return Page(template, whole, title=title, errors=errors, status=status or (422 if errors else 200))

    def number(self, count: int, most: int = 0) -> str:
        """A number as the reader writes it; from ``most`` on, that there are more."""
        from babel.numbers import format_decimal  # imported late: only the console counts

        shown = format_decimal(count, locale=self.context.locale.replace("-", "_"))
        return f"{shown}+" if most and count >= most else shown

    def _message(self) -> Text | None:
        """What was just done, by the name that the redirect carries."""
        done = f"admin.done.{self.query('done')}"
        return text(done) if done in self.host.catalogue.ids() else None
