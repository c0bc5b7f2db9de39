"""Sessions under attack: one whose cookie was copied, and those that began among stolen passwords that were tried."""

from __future__ import annotations

from datetime import timedelta

from xenia.api import Context, Host, NewEvent, Object, Session, browser_family
from xenia_protection.networks import UNKNOWN, network_of
from xenia_protection.settings import ProtectionSettings

LEAKED = "protection.session_leaked"
REASON = "used in another browser and another network"
ATTACKED = "began in an attacking network"
ONCE = timedelta(days=1)
_PAGE = 200
_MOST_PAGES = 50


class CopiedSession:
    """A session's cookie that turns up elsewhere: a browser may change its network or, for a page, its kind, but not both at once."""

    name = "copied_session"

    def __init__(self, host: Host) -> None:
        self._host = host

    async def doubt(self, context: Context, session: Session) -> str | None:
        """Why the session must end. Told once, however many requests come with it."""
        settings = await self._host.config.get(context, ProtectionSettings)
        if not settings.end_copied_sessions or not _was_copied(context, session):
            return None
        if await self._host.one_time.claim(context.tenant, LEAKED, str(session.id), ONCE):
            await self._tell(context, session)
        return REASON

    async def _tell(self, context: Context, session: Session) -> None:
        was, now = browser_family(session.user_agent), browser_family(context.source.user_agent)
        about = Object("session", str(session.id))
        data = {"was": was, "now": now, "detector": self.name}
        event = NewEvent(type=LEAKED, object=about, person=session.user_id, data=data)
        async with self._host.transaction():
            await self._host.events.record(context, event)


def _was_copied(context: Context, session: Session) -> bool:
    before, now = network_of(session.address), network_of(context.source.address)
    moved = before != now and UNKNOWN not in (before, now)
    return moved and browser_family(session.user_agent) != browser_family(context.source.user_agent)


class AttackedSessions:
    """Whoever got in from a network, while stolen passwords were tried from there, got in with one of them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def end(self, context: Context, network: str, minutes: int) -> int:
        """End what began there in the last minutes; how many."""
        since = self._host.clock.now() - timedelta(minutes=minutes)
        ended, after = 0, None
        for _ in range(_MOST_PAGES):
            page = await self._host.sessions.recent(context, after=after, limit=_PAGE)
            fresh = [one for one in page if one.created_at >= since]
            for one in fresh:
                if network_of(one.address) == network:
                    ended += await self._host.sessions.end(context, one.id, reason=ATTACKED)
            if len(fresh) < _PAGE:
                return ended
            after = page[-1].id
        return ended
