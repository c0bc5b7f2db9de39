"""What a hook's answer must be of, so that one of another kind is a failure like any other, named with its plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.access.models import Decision, ScopeSet
from xenia.journeys.models import Admission, LoginDecision, Need
from xenia.notify.models import NoticeLink
from xenia.pages import NavItem, SlotPart

ONE: Mapping[str, type[Any]] = {
    "authorize_login": LoginDecision,
    "authorize_action": Decision,
    "admit_attempt": Admission,
    "visible_to": ScopeSet,
    "template_context": Mapping,
}
SEVERAL: Mapping[str, type[Any]] = {
    "plan_journey": Need,
    "notice_links": NoticeLink,
    "page_slot": SlotPart,
    "nav_items": NavItem,
}


def as_promised(hook: str, answer: Any) -> Any:
    """The answer, where it is of the hook's kind. Raises ``TypeError``: what can't be used is a failure like any other."""
    if answer is None:
        return None
    if (kind := ONE.get(hook)) and not isinstance(answer, kind):
        raise TypeError(f"answered a {type(answer).__name__} in place of a {kind.__name__}")
    if kind := SEVERAL.get(hook):
        answer = tuple(answer)
        if wrong := [one for one in answer if not isinstance(one, kind)]:
            raise TypeError(f"answered a {type(wrong[0]).__name__} in place of a {kind.__name__}")
    return answer
