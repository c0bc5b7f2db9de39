"""What the request asks of the person's session, and whether a session that came back really has it."""

from __future__ import annotations

from xenia.api import Requirement, Session
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.discovery import ACR_VALUES
from xenia_oidc.errors import AuthorizationError


def requirement(inquiry: Inquiry) -> Requirement:
    """The inquiry in the journey's terms."""
    return Requirement(
        application=inquiry.client.id,
        acr_values=inquiry.acr_values,
        acr_essential=inquiry.acr_essential,
        max_age=inquiry.max_age,
        login=bool(inquiry.prompt & {"login", "select_account"}),
        sign_up="create" in inquiry.prompt,
        interactive=not inquiry.is_silent,
        login_hint=inquiry.login_hint,
        ui_locales=inquiry.parameters.get("ui_locales")[:100],
        user_id=inquiry.hinted_user,
    )


def check_session(inquiry: Inquiry, session: Session) -> None:
    """Refuse the wrong person, and an assurance below an essential one. Raises ``AuthorizationError``."""
    if inquiry.hinted_user not in (None, session.user_id):
        raise AuthorizationError("login_required", "another user is signed in")
    if inquiry.acr_essential and _rank(session.acr) < min(map(_rank, inquiry.acr_values)):
        raise AuthorizationError("unmet_authentication_requirements", "the acr that was asked for was not reached")


def _rank(acr: str) -> int:
    return ACR_VALUES.index(acr) if acr in ACR_VALUES else -1
