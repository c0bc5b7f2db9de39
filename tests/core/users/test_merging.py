"""Two accounts of one person become one, and can be parted again."""

from __future__ import annotations

from uuid import UUID

import pytest

import xenia_password
import xenia_web
from xenia.errors import Conflict, NotFound
from xenia.grants.models import NewGrant
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import IdentifierKind, User, UserStatus

OTHER = "ada@work.example"


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    made = await make_app([plugin_of(xenia_password), plugin_of(xenia_web)])
    await made.tenant()
    for name in ("shop", "blog"):
        insert = "INSERT INTO applications (tenant_id, id, title) VALUES ('acme', $1, $1)"
        await made.kernel.database.execute(insert, name)
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app)


@pytest.fixture
async def double(app: App) -> User:
    return await a_person(app, OTHER, password=PASSWORD, name="Ada Quillfeather")


async def emails(app: App, user: User) -> list[tuple[str, bool]]:
    found = await app.kernel.users.get(app.context, user.id)
    assert found is not None
    return sorted((one.value, one.primary) for one in found.identifiers)


async def status(app: App, user: User) -> UserStatus:
    found = await app.kernel.users.get(app.context, user.id)
    assert found is not None
    return found.status


async def age(app: App, merge: UUID, days: int) -> None:
    await app.kernel.database.execute("UPDATE merges SET at = at - $2 * interval '1 day' WHERE id = $1", merge, days)


async def test_the_one_that_stays_is_found_by_all_identifiers(app: App, ada: User, double: User) -> None:
    await app.kernel.merges.merge(app.context, double.id, ada.id)
    found = await app.kernel.users.find(app.context, IdentifierKind.EMAIL, OTHER)
    assert found is not None
    assert found.id == ada.id
    assert [primary for _, primary in await emails(app, ada)].count(True) == 1
    assert (await emails(app, double), await status(app, double)) == ([], UserStatus.DISABLED)


async def test_parting_gives_everything_back(app: App, ada: User, double: User) -> None:
    before = [await emails(app, ada), await emails(app, double)]
    subject = await app.kernel.subjects.of_user(app.context, double.id)
    merge = await app.kernel.merges.merge(app.context, double.id, ada.id)
    assert await app.kernel.merges.undo(app.context, merge)
    assert [await emails(app, ada), await emails(app, double)] == before
    assert [await status(app, one) for one in (ada, double)] == [UserStatus.ACTIVE] * 2
    assert await app.kernel.subjects.user_of(app.context, subject) == double.id
    kinds = [one.kind for one in await app.kernel.credentials.summaries(app.context, double.id)]
    assert kinds == ["password"]
    assert await app.kernel.credentials.summaries(app.context, ada.id) == ()
    parted = await app.kernel.users.get(app.context, ada.id)
    assert parted is not None
    assert parted.attributes == ada.attributes


async def test_an_application_that_knew_the_one_that_goes_sees_no_change(app: App, ada: User, double: User) -> None:
    subject = await app.kernel.subjects.of_user(app.context, double.id, "shop")
    new = NewGrant(application="shop", user_id=double.id, subject=subject, scope=(), offline=True)
    grant = await app.kernel.grants.open(app.context, new)
    await app.kernel.merges.merge(app.context, double.id, ada.id)
    assert await app.kernel.subjects.of_user(app.context, ada.id, "shop") == subject
    moved = await app.kernel.grants.get(app.context, grant.id)
    assert moved is not None
    assert (moved.user_id, moved.subject) == (ada.id, subject)


async def test_where_both_are_known_each_subject_stays_and_the_other_s_grants_end(
    app: App, ada: User, double: User
) -> None:
    kept = await app.kernel.subjects.of_user(app.context, ada.id)
    other = await app.kernel.subjects.of_user(app.context, double.id)
    new = NewGrant(application="blog", user_id=double.id, subject=other, scope=(), offline=True)
    grant = await app.kernel.grants.open(app.context, new)
    assert (await app.kernel.merges.preview(app.context, double.id, ada.id)).changed_subjects == 1
    await app.kernel.merges.merge(app.context, double.id, ada.id)
    assert await app.kernel.subjects.of_user(app.context, ada.id) == kept
    assert await app.kernel.grants.get(app.context, grant.id) is None


async def test_roles_never_go_over(app: App, ada: User, double: User) -> None:
    await app.kernel.users.set_roles(app.context, double.id, ("treasurer",))
    await app.kernel.merges.merge(app.context, double.id, ada.id)
    found = await app.kernel.users.get(app.context, ada.id)
    assert found is not None
    assert found.roles == ()


async def test_a_preview_changes_nothing(app: App, ada: User, double: User) -> None:
    seen = await app.kernel.merges.preview(app.context, double.id, ada.id)
    assert [one.value for one in seen.identifiers] == [OTHER]
    assert await emails(app, double) == [(OTHER, True)]


async def test_a_merge_is_undone_once_and_within_thirty_days(app: App, ada: User, double: User) -> None:
    merge = await app.kernel.merges.merge(app.context, double.id, ada.id)
    await age(app, merge, 31)
    assert not await app.kernel.merges.undo(app.context, merge)
    await age(app, merge, -31)
    assert await app.kernel.merges.undo(app.context, merge)
    assert not await app.kernel.merges.undo(app.context, merge)


async def test_what_was_merged_on_is_parted_in_the_reverse_order(app: App, ada: User, double: User) -> None:
    third = await a_person(app, "ada@home.example")
    first = await app.kernel.merges.merge(app.context, double.id, ada.id)
    second = await app.kernel.merges.merge(app.context, ada.id, third.id)
    assert not await app.kernel.merges.undo(app.context, first)
    assert await app.kernel.merges.undo(app.context, second)
    assert await app.kernel.merges.undo(app.context, first)
    assert await emails(app, double) == [(OTHER, True)]


async def test_an_erased_person_can_not_be_brought_back_by_parting(app: App, ada: User, double: User) -> None:
    merge = await app.kernel.merges.merge(app.context, double.id, ada.id)
    await app.kernel.users.erase(app.context, ada.id)
    assert not await app.kernel.merges.undo(app.context, merge)
    assert await app.kernel.database.fetchval("SELECT count(*) FROM merges") == 0


async def test_what_can_not_be_one_is_refused(app: App, ada: User, double: User) -> None:
    with pytest.raises(Conflict):
        await app.kernel.merges.merge(app.context, ada.id, ada.id)
    with pytest.raises(NotFound):
        await app.kernel.merges.merge(app.context, ada.id, UUID(int=1))
    await app.kernel.users.set_status(app.context, double.id, UserStatus.DISABLED)
    with pytest.raises(Conflict):
        await app.kernel.merges.merge(app.context, double.id, ada.id)
