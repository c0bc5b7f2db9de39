"""``xenia users …``"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.frame import acting, known_tenant, with_kernel
from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.app import Kernel
    from xenia.users.models import User, UserStatus

app = App(
    name="users", help="The users of a tenant. A user is named by e-mail address, telephone number, user name or id."
)


@app.command(name="list")
def list_(tenant: str, *, search: str = "", limit: int = 50, after: str = "", json: bool = False) -> int:
    """A page of users, newest first.

    Parameters
    ----------
    search
        The beginning of an identifier or a name.
    after
        The id of the last user of the page before.
    """

    async def work(kernel: Kernel) -> None:
        from xenia.users.models import UserQuery

        await known_tenant(kernel, tenant)
        page = await kernel.users.list(acting(tenant), UserQuery(search=search, limit=limit, after=after))
        show([_row(user) for user in page.users], as_json=json, nothing="nobody")

    return with_kernel(work)


@app.command(name="show")
def show_(tenant: str, user: str, *, json: bool = False) -> int:
    """One user: identifiers, roles, attributes."""

    async def work(kernel: Kernel) -> None:
        found = await _found(kernel, tenant, user)
        if json:
            show([{**_row(found), "attributes": found.attributes}], as_json=True)
            return
        for name, value in {**_row(found), **found.attributes}.items():
            say(f"{name + ':':<14} {', '.join(value) if isinstance(value, list) else value}")

    return with_kernel(work)


@app.command
def disable(tenant: str, user: str) -> int:
    """Disable a user: every session, grant and token ends at that moment."""
    from xenia.users.models import UserStatus

    return _set_status(tenant, user, UserStatus.DISABLED)


@app.command
def enable(tenant: str, user: str) -> int:
    """Let a disabled user sign in again."""
    from xenia.users.models import UserStatus

    return _set_status(tenant, user, UserStatus.ACTIVE)


@app.command
def erase(tenant: str, user: str, *, yes: bool = False) -> int:
    """Erase a person for good. What plugins keep is erased with it.

    Parameters
    ----------
    yes
        Don't ask.
    """

    async def work(kernel: Kernel) -> int | None:
        found = await _found(kernel, tenant, user)
        if not yes and not _agreed(f"Erase {found.name} for good?"):
            say("Nothing was changed.")
            return 1
        await _erase(kernel, found)
        return None

    return with_kernel(work)


@app.command
def merge(tenant: str, source: str, target: str, *, yes: bool = False) -> int:
    """Make two accounts of one person one: the target stays, the source is emptied. It can be undone for thirty days.

    Parameters
    ----------
    source
        The account that goes: an id or an identifier.
    target
        The account that stays.
    yes
        Don't ask.
    """

    async def work(kernel: Kernel) -> int:
        gone, stays = await _found(kernel, tenant, source), await _found(kernel, tenant, target)
        seen = await kernel.merges.preview(acting(tenant), gone.id, stays.id)
        say(f"{stays.name} gets {', '.join(one.value for one in seen.identifiers) or 'no identifier'}.")
        if seen.changed_subjects:
            say(f"In {seen.changed_subjects} places applications know both, and will see {stays.name} only.")
        if not yes and not _agreed(f"Merge {gone.name} into {stays.name}?"):
            return 1
        made = await kernel.merges.merge(acting(tenant), gone.id, stays.id)
        say(f"Merged. To part them again: xenia users unmerge {tenant} {made}")
        return 0

    return with_kernel(work)


@app.command
def unmerge(tenant: str, merge: str) -> int:
    """Part two accounts again that were merged in the last thirty days."""

    async def work(kernel: Kernel) -> None:
        from xenia.errors import NotFound
        from xenia.ids import parse_id

        await known_tenant(kernel, tenant)
        id_ = parse_id(merge)
        if id_ is None or not await kernel.merges.undo(acting(tenant), id_):
            raise NotFound(
                f"no merge {merge} that could be undone: after thirty days, or while one is merged on, it can't"
            )
        say("The accounts are apart again.")

    return with_kernel(work)


async def _erase(kernel: Kernel, user: User) -> None:
    from xenia.errors import Conflict

    context = acting(user.tenant)
    if reason := await kernel.hooks.before_erase(context, user):
        raise Conflict(f"this person can't be erased now: {kernel.catalogue.say(reason)}")
    tenant = await known_tenant(kernel, user.tenant)
    for owned in kernel.registry.personal_data.of(tenant.plugins).values():
        await owned.erase(context, user.id)
    await kernel.users.erase(context, user.id)
    say(f"The user {user.id} is erased.")


def _set_status(tenant: str, user: str, status: UserStatus) -> int:
    async def work(kernel: Kernel) -> None:
        found = await _found(kernel, tenant, user)
        await kernel.users.set_status(acting(tenant), found.id, status)
        say(f"{found.name} is {status.value}.")

    return with_kernel(work)


async def _found(kernel: Kernel, tenant: str, named: str) -> User:
    from xenia.errors import NotFound
    from xenia.ids import parse_id
    from xenia.users.models import IdentifierKind

    await known_tenant(kernel, tenant)
    context = acting(tenant)
    if (user_id := parse_id(named)) and (user := await kernel.users.get(context, user_id)):
        return user
    for kind in IdentifierKind:
        if user := await kernel.users.find(context, kind, named):
            return user
    raise NotFound(f"the tenant {tenant} has no user {named}")


def _agreed(question: str) -> bool:
    """Asked on a terminal only; a script says ``--yes``."""
    from xenia.errors import SetupError

    if not sys.stdin.isatty():
        raise SetupError("nobody is here to be asked: say --yes")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _row(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "name": user.name,
        "status": user.status.value,
        "identifiers": [one.value for one in user.identifiers],
        "roles": list(user.roles),
        "created": user.created_at.isoformat(timespec="seconds"),
    }
