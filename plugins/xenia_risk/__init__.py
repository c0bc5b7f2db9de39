"""Risk: every sign-in is looked at, and a table of rules says whether it is allowed, asked for more, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    Command,
    Context,
    HealthCheck,
    Host,
    Job,
    LoginAttempt,
    LoginDecision,
    Manifest,
    NavItem,
    Noun,
    Permission,
    PersonalData,
    RiskSignal,
    Sentences,
    Subscriber,
    Verdict,
    hookimpl,
    read_locales,
    text,
)
from xenia_risk.command import COMMAND, NAME, folder
from xenia_risk.health import can_be_read
from xenia_risk.jobs import forget_old
from xenia_risk.management import risk
from xenia_risk.notice import tell
from xenia_risk.pages import READ, WRITE, routes
from xenia_risk.past import Past
from xenia_risk.personal_data import personal_data
from xenia_risk.places import Shelf
from xenia_risk.reactions import NoteRefused, Remember
from xenia_risk.reputation import Listed
from xenia_risk.service import RiskService
from xenia_risk.settings import RiskSettings
from xenia_risk.signals.habits import NewKindOfBrowser, UnusualHour, Velocity
from xenia_risk.signals.places import ImpossibleTravel, NewCountry, NewProvider
from xenia_risk.signals.reputation import ListedAddress

manifest = Manifest(
    name="risk",
    title=text("risk.title"),
    summary=text("risk.summary"),
    settings=RiskSettings,
    migrations="xenia_risk.piccolo_app",
)


@cache
def _files(data_dir: Path) -> tuple[Shelf, Listed]:
    """The operator's files, open once in a process."""
    return Shelf(folder(data_dir)), Listed(folder(data_dir) / NAME)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return Permission(READ, "See how sign-ins are judged."), Permission(WRITE, "Change how sign-ins are judged.")


@hookimpl
def register_risk_signals(host: Host) -> Sequence[RiskSignal]:
    shelf, listed = _files(host.settings.data_dir)
    past, clock = Past(host, shelf), host.clock
    return (
        NewCountry(past),
        NewProvider(past),
        ImpossibleTravel(past, clock),
        Velocity(past, clock),
        UnusualHour(past, clock),
        NewKindOfBrowser(past),
        ListedAddress(listed),
    )


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return Remember(Past(host, _files(host.settings.data_dir)[0])), NoteRefused(RiskService(host))


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return (risk,)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (forget_old(host),)


@hookimpl
def register_commands() -> Sequence[Command]:
    return (COMMAND,)


@hookimpl
def register_health_checks(host: Host) -> Sequence[HealthCheck]:
    shelf, listed = _files(host.settings.data_dir)
    return (HealthCheck(name="risk", check=lambda: can_be_read(shelf, listed)),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    decided, is_new = await RiskService(host).decide(context, attempt)
    said = decided.judgement
    if is_new and said.notify:
        await tell(host, context, decided)
    if said.verdict is Verdict.ALLOW:
        return None
    return LoginDecision(verdict=said.verdict, reason=f"risk: {said.rule} ({said.score})", acr=said.acr)


@hookimpl
def nav_items(context: Context, area: str) -> Sequence[NavItem]:
    if area != "console":
        return ()
    href = f"/console/{context.tenant}/risk"
    return (NavItem(area=area, href=href, label=text("risk.title"), icon="shield", permission=READ),)
