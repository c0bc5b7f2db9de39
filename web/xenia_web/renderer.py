"""Turns pages into HTML, in the reader's language, with every value escaped.

What the renderer reads from the request is listed at the top of :mod:`xenia_web.frame`. What a template may use,
besides its page's data (never named ``items``, ``values``, ``keys``, ``get`` or ``copy``: those are methods):

=========================  ==========================================================================================
``_(id, **values)``        a sentence by its id, or a ``Text``
``show(value)``            a ``Text`` in words, anything else as it is: for cells that hold either
``url(path)``              the address of a path below the tenant's base; whole addresses stay as they are
``static(name)``           the address of a static file
``icon(name)``             an icon of the sprite; nothing where there is none of that name
``csrf()``                 the hidden field that every form carries
``day(date)``              a date; ``when(moment)`` a date and time, both as ``<time>``
``languages()``            the languages on offer, as ``{"tag", "name"}``
``menu(area)``             the entries of a menu; ``current(entries)`` the address of the one that the page belongs to
``slot(name)``             what plugins add to a named place of the page
=========================  ==========================================================================================

Beside them stand the fields of :class:`xenia_web.frame.Frame`, ``dir``, the page's ``page_title``, ``errors`` and
``is_fragment``, and what plugins give by ``template_context``.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from litestar.connection import Request
from minijinja import Environment, TemplateError, pass_state, safe

from xenia.api import Catalogue, Context, NavItem, PageView, Renderer, SlotPart, log
from xenia_web import words
from xenia_web.assets import Assets
from xenia_web.frame import Frame, PageHooks, current_entry, frame_of, open_entries
from xenia_web.loader import Loader
from xenia_web.mail import Mails, RenderedEmail

if TYPE_CHECKING:
    from minijinja._lowlevel import State

_WHOLE = re.compile(r"https?://|mailto:|[#?]")


class HtmlRenderer:
    """The renderer that ``xenia_web`` contributes.

    ``plugins`` maps a plugin's name to its ``templates`` folder. ``hooks`` says what
    plugins add to menus and named places. In development a template that was edited is read anew.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        assets: Assets,
        plugins: Mapping[str, Path] | None = None,
        *,
        hooks: PageHooks | None = None,
        development: bool = False,
    ) -> None:
        self._hooks = hooks
        self._catalogue = catalogue
        self._assets = assets
        self._icons = frozenset(re.findall(r'<symbol id="([^"]+)"', assets["icons.svg"].body.decode()))
        self._development = development
        self._load = Loader(plugins or {})
        self._environment = Environment(
            loader=self._load,
            globals=self._globals(),
            auto_escape_callback=lambda _: "html",
            undefined_behavior="strict",
            trim_blocks=True,
            lstrip_blocks=True,
            debug=development,
        )
        self._mails = Mails(catalogue)

    def render(self, page: PageView, request: Request[Any, Any, Any]) -> bytes:
        """The page in the request's language. Raises ``minijinja.TemplateError`` where a template is wrong."""
        return self.draw(page, frame_of(request.scope, self._hooks)).encode()

    def draw(self, page: PageView, frame: Frame) -> str:
        """The page in a given frame."""
        if self._development and self._load.has_changed():
            self._environment.reload()
        return self._environment.render_template(
            page.template,
            **{**self._around(frame), **page.data},
            page_title=words.say(self._catalogue, page.title, frame.locale),
            errors=page.errors or getattr(page.data.get("view"), "errors", {}),
            is_fragment=page.is_fragment,
        )

    def _around(self, frame: Frame) -> dict[str, Any]:
        own = {**msgspec.structs.asdict(frame), "frame": frame, "dir": words.direction(frame.locale)}
        return {**frame.given, **own, "stylesheets": (*frame.stylesheets, *self._theme(frame))}

    def _theme(self, frame: Frame) -> tuple[str, ...]:
        """The address of the theme's style sheet; a name that no plugin has a file for is no theme."""
        if not frame.theme:
            return ()
        try:
            return (f"{frame.base}{self._assets.address(f'{frame.theme}.css')}",)
        except KeyError:
            log.error("theme_missing", theme=frame.theme)
            return ()

    def render_email(
        self, template: str, data: Mapping[str, Any], context: Context, *, tenant: str = ""
    ) -> RenderedEmail:
        """An e-mail in the context's language; see :class:`xenia_web.mail.Mails`."""
        title = tenant or data.get("tenant_title") or context.tenant
        return self._mails.render(template, data, context.locale, title)

    def _globals(self) -> dict[str, Any]:
        """What every template may call. The environment is no part of Python's heap: what it holds is never found to be in a circle,
        so none of this may hold the renderer.
        """
        return {
            "_": words.sentences(self._catalogue),
            "show": words.shown(self._catalogue),
            "url": _url,
            "static": self._static,
            "icon": self._icon,
            "csrf": _with_state(_csrf),
            "day": _day,
            "when": _when,
            "languages": _languages(self._catalogue),
            "menu": _menu,
            "current": _current,
            "slot": self._slot,
        }

    @property
    def _static(self) -> Any:
        assets = self._assets

        @pass_state
        def static(state: State, name: str) -> str:
            return f"{state.lookup('base')}{assets.address(name)}"

        return static

    @property
    def _icon(self) -> Any:
        assets, known = self._assets, self._icons

        @pass_state
        def icon(state: State, name: str, large: bool = False) -> str:
            if name not in known:
                return ""
            sprite = escape(f"{state.lookup('base')}{assets.address('icons.svg')}")
            size = " i-lg" if large else ""
            return safe(f'<svg class="i i-{name}{size}" aria-hidden="true"><use href="{sprite}#{name}"/></svg>')

        return icon

    @property
    def _slot(self) -> Any:
        renderer = weakref.proxy(self)

        @pass_state
        def slot(state: State, name: str) -> str:
            frame: Frame = state.lookup("frame")
            return safe("".join(renderer._part(part, frame) for part in frame.slots(name)))

        return slot

    def _part(self, part: SlotPart, frame: Frame) -> str:
        """A part of a plugin's; one that fails is left out, so that the page still stands."""
        try:
            return self._environment.render_template(part.template, **{**self._around(frame), **part.data})
        except (TemplateError, LookupError, TypeError, ValueError) as problem:
            log.error("page_part_failed", template=part.template, problem=type(problem).__name__)
            return ""


def _languages(catalogue: Catalogue) -> Callable[[], list[dict[str, str]]]:
    return lambda: [{"tag": tag, "name": words.own_name(tag)} for tag in catalogue.locales]


@pass_state
def _url(state: State, path: str) -> str:
    """Anything but a whole address is below the tenant: neither ``//other.host`` nor ``javascript:`` gets through."""
    base = state.lookup("base")
    there = _WHOLE.match(path) or (base and path.startswith(f"{base}/"))
    return path if there else f"{base}/{path.lstrip('/')}"


@pass_state
def _menu(state: State, area: str) -> list[NavItem]:
    return open_entries(state.lookup("menus")(area))


@pass_state
def _current(state: State, items: Sequence[NavItem]) -> str:
    return current_entry(state.lookup("here").removeprefix(state.lookup("base")), items)


def _csrf(state: State) -> str:
    return safe(f'<input type="hidden" name="csrf" value="{escape(state.lookup("csrf_token"))}">')


@pass_state
def _day(state: State, value: date | datetime) -> str:
    kind = "day" if isinstance(value, datetime) else ""
    return _time(value, words.day(value, state.lookup("locale"), _zone(state)), kind, _zone(state))


@pass_state
def _when(state: State, value: datetime) -> str:
    return _time(value, words.moment(value, state.lookup("locale"), _zone(state)), "moment", _zone(state))


def _zone(state: State) -> tzinfo:
    zone: tzinfo = state.lookup("zone")
    return zone


def _time(value: date | datetime, shown: str, kind: str, zone: tzinfo) -> str:
    """The time as it was written; where that is UTC for want of knowing better, a script may put it into the reader's zone."""
    mark = f' data-utc="{kind}"' if kind and zone is UTC else ""
    return safe(f'<time datetime="{value.isoformat()}"{mark}>{escape(shown)}</time>')


def _with_state(function: Callable[[State], str]) -> Callable[[], str]:
    """``pass_state`` for a function without further arguments, which the engine's types leave out."""
    return cast("Callable[[], str]", pass_state(cast("Any", function)))


if TYPE_CHECKING:

    def _proof(renderer: HtmlRenderer) -> Renderer:
        return renderer
