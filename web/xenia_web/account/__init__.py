"""The account: a person's own pages. Profile, security, activity, and the tenant's front door."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.handlers import BaseRouteHandler

from xenia.api import Host, NavItem, text
from xenia_web.account import activity, profile, security
from xenia_web.account.frame import AccountPages

NAV = (
    NavItem(area="account", href="/account", label=text("web.account.profile"), icon="user", order=10),
    NavItem(area="account", href="/account/security", label=text("web.account.security"), icon="shield", order=20),
    NavItem(area="account", href="/account/activity", label=text("web.account.activity"), icon="log", order=90),
)


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """Every route of the account."""
    pages = AccountPages(host)
    return [*profile.routes(pages), *security.routes(pages), *activity.routes(pages)]
