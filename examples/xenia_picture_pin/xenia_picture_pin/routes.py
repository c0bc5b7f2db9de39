"""The account page that says what a picture PIN is, and whether one is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler

from xenia.api import Page, Session, context_of, signed_in, state_of, text
from xenia_picture_pin.service import PicturePins


def routes(pins: PicturePins) -> Sequence[BaseRouteHandler]:
    """One page."""

    @get("/account/picture-pin", opt={"guard": signed_in()})
    async def show(request: Request[Any, Any, Any]) -> Page:
        """Whether the person has one, and the way to set it."""
        session: Session = state_of(request)["session"]
        has_one = await pins.has_one(context_of(request), session.user_id)
        return Page("picture_pin/account.html", {"has_one": has_one}, title=text("picture_pin.label"))

    return (show,)
