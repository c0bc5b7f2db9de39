"""What a handler returns when a person is to see something. Knows no template engine.

A renderer (``xenia_web``, or nobody in a headless install) turns these into bytes. The journey's steps are *views*:
typed fields, actions and sentences by id, rendered as HTML or as JSON for a native application.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from litestar.response import Response
from litestar.response.base import ASGIResponse

from xenia.messages import Text

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.connection import Request


_WORTH_PACKING = 1024


class FieldKind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    PASSWORD = "password"  # noqa: S105  the name of a kind, not a password
    CODE = "code"
    CHECKBOX = "checkbox"
    SELECT = "select"
    MULTILINE = "multiline"
    NUMBER = "number"
    HIDDEN = "hidden"


class Choice(msgspec.Struct, frozen=True):
    """One entry of a list to choose from."""

    value: str
    label: Text


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to ask for. ``autocomplete`` is the HTML token (``current-password``, ``one-time-code``, ...)."""

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    hint: Text | None = None
    value: str = ""
    autocomplete: str = ""
    required: bool = True
    autofocus: bool = False
    choices: tuple[Choice, ...] = ()


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """A button. It posts the step's form with ``action=<name>``; the main one has the empty name."""

    label: Text
    name: str = ""
    icon: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A way to another page. ``href`` is a path below the tenant's issuer."""

    label: Text
    href: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a journey, as data.

    ``who`` is the identifier that was typed, shown with a way to change it. ``template`` names a plugin's own partial
    (``totp/enrol.html``) that is drawn between the head and the fields with ``data``; everything else is drawn by the
    host.

    ``lets_in`` are origins that this page alone lets in, by directive (``{"script-src": ("https://widget.example",)}``). Such a page
    is always loaded as a whole, and draws its form itself, without htmx, so that nothing of it stays for the next one.
    """

    step: str
    title: Text
    lead: Text | None = None
    who: str = ""
    fields: tuple[Field, ...] = ()
    actions: tuple[Action, ...] = ()
    alternatives: tuple[Action, ...] = ()
    links: tuple[Link, ...] = ()
    errors: dict[str, Text] = {}
    template: str = ""
    data: dict[str, Any] = {}
    lets_in: dict[str, tuple[str, ...]] = {}


class PageView(Protocol):
    """What a renderer is told about the page that is to be drawn."""

    @property
    def template(self) -> str:
        """The template's name."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """What it is drawn with."""
        ...

    @property
    def title(self) -> Text:
        """The page's title."""
        ...

    @property
    def errors(self) -> Mapping[str, Text]:
        """Problems by the field's name; ``""`` is the whole form."""
        ...

    @property
    def is_fragment(self) -> bool:
        """Whether the frame of the page is left out."""
        ...


class Renderer(Protocol):
    """Turns pages into bytes; contributed by ``register_renderer``."""

    def render(self, page: PageView, request: Request[Any, Any, Any]) -> bytes:
        """The page's bytes in the request's language and brand. Synchronous: everything it needs is in the context."""
        ...


class _Answer(Response[Any]):
    """An answer whose body is made when the request is known."""

    def __init__(self, *, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content=None, status_code=status, headers=dict(headers or {}), media_type="text/html")

    def body_for(self, app: Litestar, request: Request[Any, Any, Any]) -> bytes:
        raise AssertionError

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **options: Any) -> ASGIResponse:
        """Draw the body now, with the renderer of the running application."""
        body, more = _packed(self.body_for(request.app, request), request.headers.get("accept-encoding", ""))
        return ASGIResponse(
            body=body,
            status_code=self.status_code or 200,
            headers=[*self.headers.items(), *more],
            cookies=self.cookies,
            media_type=self.media_type,
            background=self.background,
            is_head_response=bool(options.get("is_head_response")),
        )


def _packed(body: bytes, accepted: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Compressed where that is wanted and gains something; the tokens in a page are masked anew for each answer (BREACH)."""
    if len(body) < _WORTH_PACKING or not re.search(r"(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", accepted):
        return body, [("Vary", "Accept-Encoding")]
    return gzip.compress(body, 6), [("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip")]


class Page(_Answer):
    """A whole page: a template's name and the data it is drawn with.

    ``form_action`` lists the origins, besides our own, that a form of this page may lead to (content security policy), ``lets_in``
    by directive those whose scripts, styles, connections and frames it may have.
    """

    is_fragment = False

    def __init__(
        self,
        template: str,
        data: Mapping[str, Any] | None = None,
        *,
        title: Text,
        status: int = 200,
        errors: Mapping[str, Text] | None = None,
        form_action: tuple[str, ...] = (),
        lets_in: Mapping[str, tuple[str, ...]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status=status, headers=headers)
        self.template = template
        self.data: Mapping[str, Any] = dict(data or {})
        self.title = title
        self.errors: Mapping[str, Text] = dict(errors or {})
        self.form_action = form_action
        self.lets_in = dict(lets_in or {})

    def body_for(self, app: Litestar, request: Request[Any, Any, Any]) -> bytes:
        """The page drawn by the application's renderer."""
        renderer: Renderer | None = app.state.renderer
        state = request.scope["state"]
        state["form_action"] = (*state.get("form_action", ()), *self.form_action)
        if self.lets_in:
            state["lets_in"] = self.lets_in
        if renderer is None:
            self.media_type = "application/json"
            return msgspec.json.encode({"page": self.template, "title": self.title, "data": self.data})
        return renderer.render(self, request)


class Fragment(Page):
    """A part of a page, drawn without the layout, for a request that swaps only that part."""

    is_fragment = True


class Redirect(Response[None]):
    """Go on to another address by 303, so that a posted form is never posted again (RFC 9110 section 15.4.4).

    Where the page was asked for by htmx and the address is of another origin, the answer tells htmx to leave the page.
    """

    def __init__(self, location: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content=None, status_code=303, headers={**(headers or {}), "Location": location})
        self.location = location
