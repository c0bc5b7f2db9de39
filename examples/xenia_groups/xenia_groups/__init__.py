"""Groups of people, some of which sign in with a second factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import (
    Context,
    Host,
    LoginAttempt,
    LoginDecision,
    Manifest,
    Noun,
    Permission,
    PersonalData,
    Sentences,
    Verdict,
    hookimpl,
    read_locales,
    text,
)
from xenia_groups.groups import Groups
from xenia_groups.management import groups
from xenia_groups.personal_data import personal_data
from xenia_groups.settings import GroupsSettings

manifest = Manifest(
    name="groups",
    title=text("groups.title"),
    summary=text("groups.summary"),
    settings=GroupsSettings,
    migrations="xenia_groups.piccolo_app",
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return groups.permissions


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return (groups,)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    settings = await host.config.get(context, GroupsSettings)
    mine = await Groups(host).of(context, attempt.user_id)
    asked = next((name for name in settings.second_factor if name in mine), None)
    if asked is None:
        return None
    return LoginDecision(
        verdict=Verdict.STEP_UP,
        acr="aal2",
        may_enrol=True,
        reason=f"the group {asked}",
        public=text("groups.second_factor", group=asked),
    )
