"""Whether and how to ask the person (OpenID Connect Core section 3.1.2.1; Initiating User Registration for ``create``)."""

from __future__ import annotations

import re

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError

PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})
_SECONDS = re.compile(r"[0-9]{1,9}")
_LONGEST_HINT = 254


async def check_prompt(inquiry: Inquiry) -> None:
    """Settle ``prompt``, ``max_age`` and ``login_hint``."""
    prompt = frozenset(inquiry.parameters.get("prompt").split())
    if not prompt <= PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise AuthorizationError("invalid_request", "prompt is unknown, or none stands beside another")
    inquiry.prompt = prompt
    inquiry.max_age = _max_age(inquiry)
    inquiry.login_hint = inquiry.parameters.get("login_hint")[:_LONGEST_HINT]


def _max_age(inquiry: Inquiry) -> int | None:
    asked = inquiry.parameters.get("max_age")
    if not asked:
        return inquiry.client.settings.default_max_age
    if not _SECONDS.fullmatch(asked):
        raise AuthorizationError("invalid_request", "max_age is no number of seconds")
    return int(asked)
