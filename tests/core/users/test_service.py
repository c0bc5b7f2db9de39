"""Users: one account for one name however it is spelt, and an event for every change."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from xenia.context import Context
from xenia.db import Database
from xenia.errors import BadRequest, Conflict, Invalid, NotFound
from xenia.testing.fakes import RecordingEvents
from xenia.users import tables
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User, UserQuery, UserStatus
from xenia.users.service import UserService

from .conftest import Ended

EMAIL, PHONE, USERNAME = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.USERNAME


def _new(email: str = "ada@acme.example", **more: object) -> NewUser:
    return msgspec.structs.replace(NewUser(identifiers=(NewIdentifier(kind=EMAIL, value=email),)), **more)


@pytest.fixture
async def ada(users: UserService, context: Context) -> User:
    return await users.create(
        context, _new("Ada@acme.example", attributes={"name": "Ada Quillfeather"}, roles=("member",))
    )


async def test_a_user_is_found_by_any_spelling_of_a_name(users: UserService, context: Context, ada: User) -> None:
    assert await users.get(context, ada.id) == ada
    assert await users.find(context, EMAIL, " ADA@ACME.example") == ada
    assert (ada.email, ada.name, ada.roles) == ("Ada@acme.example", "Ada Quillfeather", ("member",))


async def test_what_is_no_name_finds_nobody(users: UserService, context: Context, ada: User) -> None:
    for typed in ("", "nobody@acme.example", "a\0b", "\ud800@x.de", "x" * 5000):
        assert await users.find(context, EMAIL, typed) is None
    assert await users.get(context, uuid4()) is None


async def test_another_tenants_and_another_pools_users_are_unknown(
    users: UserService, context: Context, ada: User
) -> None:
    assert await users.get(Context(tenant="globex"), ada.id) is None
    assert await users.find(Context(tenant="globex"), EMAIL, "ada@acme.example") is None
    assert await users.find(Context(tenant="acme", pool="staff"), EMAIL, "ada@acme.example") is None
    await users.create(Context(tenant="acme", pool="staff"), _new(pool="staff"))


async def test_of_fifty_creations_of_one_name_in_any_spelling_one_succeeds(
    users: UserService, context: Context, database: Database
) -> None:
    spellings = [
        "ada@acme.example",
        "ADA@acme.example",
        "ada@ACME.example",
        "Ada@\uff41\uff43\uff4d\uff45.example",
        "aDa@Acme.Example",
    ]
    results = await asyncio.gather(
        *(users.create(context, _new(spellings[at % 5])) for at in range(50)), return_exceptions=True
    )
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 49
    assert await database.fetchval("SELECT count(*) FROM users") == 1
    assert await database.fetchval("SELECT count(*) FROM identifiers") == 1


async def test_creations_that_share_two_names_never_wait_in_a_circle(users: UserService, context: Context) -> None:
    one, two = NewIdentifier(kind=EMAIL, value="a@acme.example"), NewIdentifier(kind=USERNAME, value="ada")
    tried = [NewUser(identifiers=(one, two) if at % 2 else (two, one)) for at in range(20)]
    results = await asyncio.gather(*(users.create(context, new) for new in tried), return_exceptions=True)
    assert sum(isinstance(result, User) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 19


async def test_a_creation_that_fails_leaves_nothing(
    users: UserService, context: Context, ada: User, database: Database
) -> None:
    free, taken = NewIdentifier(kind=USERNAME, value="countess"), NewIdentifier(kind=EMAIL, value="ada@acme.example")
    with pytest.raises(Conflict):
        await users.create(context, NewUser(identifiers=(free, taken)))
    assert await users.find(context, USERNAME, "countess") is None
    assert await database.fetchval("SELECT count(*) FROM users") == 1


@pytest.mark.parametrize(
    "new",
    [
        NewUser(identifiers=()),
        _new("no address"),
        _new(attributes={"unheard_of": 1}),
        _new(roles=("a\0b",)),
    ],
)
async def test_a_user_that_makes_no_sense_is_refused(users: UserService, context: Context, new: NewUser) -> None:
    with pytest.raises(Invalid):
        await users.create(context, new)


async def test_the_first_name_of_a_kind_is_the_primary_one(users: UserService, context: Context) -> None:
    emails = tuple(NewIdentifier(kind=EMAIL, value=value) for value in ("z@acme.example", "a@acme.example"))
    user = await users.create(context, NewUser(identifiers=emails))
    assert user.email == "z@acme.example"
    await users.remove_identifier(context, user.id, EMAIL, "z@acme.example")
    found = await users.get(context, user.id)
    assert found is not None
    assert [(one.normalised, one.primary) for one in found.identifiers] == [("a@acme.example", True)]


async def test_identifiers_come_are_verified_once_and_go(
    users: UserService, context: Context, ada: User, events: RecordingEvents
) -> None:
    user = await users.add_identifier(context, ada.id, NewIdentifier(kind=PHONE, value="+49 30 901820"))
    assert {one.kind for one in user.identifiers} == {EMAIL, PHONE}
    assert await users.verify_identifier(context, ada.id, PHONE, "0049 30 901820")
    assert await users.verify_identifier(context, ada.id, PHONE, "0049 30 901820")
    assert not await users.verify_identifier(context, ada.id, PHONE, "+49 30 901821")
    assert await users.remove_identifier(context, ada.id, EMAIL, "ada@acme.example")
    assert not await users.remove_identifier(context, ada.id, EMAIL, "ada@acme.example")
    with pytest.raises(Conflict):
        await users.remove_identifier(context, ada.id, PHONE, "+4930901820")
    names = ["user.created", "user.identifier_added", "user.identifier_verified", "user.identifier_removed"]
    assert events.types == names
    assert all(event.person == ada.id for _, event in events.recorded)


async def test_of_two_that_remove_the_last_two_identifiers_one_is_refused(
    users: UserService, context: Context, ada: User
) -> None:
    await users.add_identifier(context, ada.id, NewIdentifier(kind=USERNAME, value="ada"))
    results = await asyncio.gather(
        users.remove_identifier(context, ada.id, EMAIL, "ada@acme.example"),
        users.remove_identifier(context, ada.id, USERNAME, "ada"),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]


async def test_a_name_that_is_taken_is_not_added(users: UserService, context: Context, ada: User) -> None:
    eve = await users.create(context, _new("eve@acme.example"))
    with pytest.raises(Conflict):
        await users.add_identifier(context, eve.id, NewIdentifier(kind=EMAIL, value="ADA@acme.example"))


async def test_attributes_change_one_by_one(
    users: UserService, context: Context, ada: User, events: RecordingEvents
) -> None:
    changed = await users.set_attributes(context, ada.id, {"vip": True, "name": None})
    assert changed.attributes == {"vip": True}
    assert events.last.data == {"fields": ["name", "vip"]}
    await users.set_attributes(context, ada.id, {"vip": True})
    assert events.types == ["user.created", "user.changed"]


async def test_changes_at_the_same_moment_all_stay(users: UserService, context: Context, ada: User) -> None:
    changes: list[dict[str, Any]] = [{"points": 1}, {"vip": True}, {"shirt": "S"}, {"nickname": "A"}]
    await asyncio.gather(*(users.set_attributes(context, ada.id, change) for change in changes))
    found = await users.get(context, ada.id)
    assert found is not None
    assert found.attributes == {"name": "Ada Quillfeather", "points": 1, "vip": True, "shirt": "S", "nickname": "A"}


async def test_disabling_ends_everything_at_that_moment(
    users: UserService, context: Context, ada: User, ended: Ended, events: RecordingEvents
) -> None:
    disabled = await users.set_status(context, ada.id, UserStatus.DISABLED)
    assert (disabled.status, disabled.epoch) == (UserStatus.DISABLED, 1)
    await users.set_status(context, ada.id, UserStatus.DISABLED)
    enabled = await users.set_status(context, ada.id, UserStatus.ACTIVE)
    assert (enabled.status, enabled.epoch) == (UserStatus.ACTIVE, 1)
    assert ended == [(ada.id, "user_disabled")]
    assert events.types == ["user.created", "user.disabled", "user.enabled"]
    with pytest.raises(Invalid):
        await users.set_status(context, ada.id, UserStatus.ERASED)


async def test_roles_are_replaced(users: UserService, context: Context, ada: User, events: RecordingEvents) -> None:
    changed = await users.set_roles(context, ada.id, ("support", "editor"))
    assert changed.roles == ("editor", "support")
    assert events.last.data == {"before": ["member"], "after": ["editor", "support"]}
    await users.set_roles(context, ada.id, ("editor", "support"))
    assert events.types == ["user.created", "user.roles_changed"]


async def test_the_language_is_kept(users: UserService, context: Context, ada: User) -> None:
    await users.set_locale(context, ada.id, "de-AT")
    found = await users.get(context, ada.id)
    assert found is not None
    assert found.locale == "de-AT"
    with pytest.raises(Invalid):
        await users.set_locale(context, ada.id, "'; --")


async def test_an_erased_person_is_gone_and_the_name_is_free(
    users: UserService, context: Context, ada: User, ended: Ended, events: RecordingEvents
) -> None:
    assert await users.erase(context, ada.id)
    assert not await users.erase(context, ada.id)
    assert ended == [(ada.id, "user_erased")]
    assert events.last.personal == {}
    left = await users.get(context, ada.id)
    assert left is not None
    assert (left.status, left.identifiers, left.attributes, left.roles) == (UserStatus.ERASED, (), {}, ())
    with pytest.raises(NotFound):
        await users.set_attributes(context, ada.id, {"name": "Ada"})
    with pytest.raises(NotFound):
        await users.set_status(context, ada.id, UserStatus.ACTIVE)
    await users.create(context, _new())


async def test_pages_follow_each_other_newest_first(users: UserService, context: Context) -> None:
    made = [(await users.create(context, _new(f"u{at}@acme.example"))).id for at in range(5)]
    seen, after = [], ""
    while True:
        page = await users.list(context, UserQuery(after=after, limit=2))
        seen += [user.id for user in page.users]
        if not (after := page.next):
            break
    assert seen == made[::-1]
    with pytest.raises(BadRequest):
        await users.list(context, UserQuery(after="nonsense"))


@pytest.mark.parametrize("many", [1, 2000])
async def test_search_is_by_the_beginning_of_a_name_or_identifier(
    users: UserService, context: Context, ada: User, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(tables, "MANY", many)
    eve = await users.create(context, _new("eve_1@acme.example", attributes={"given_name": "Adele"}))
    await users.create(Context(tenant="globex"), _new())
    found = {
        typed: [user.id for user in (await users.list(context, UserQuery(search=typed))).users]
        for typed in ("AD", "ada@", "quillfeather", "eve_", "eve%", "\\", "\0", "nobody")
    }
    assert found == {
        "AD": [eve.id, ada.id],
        "ada@": [ada.id],
        "quillfeather": [],
        "eve_": [eve.id],
        "eve%": [],
        "\\": [],
        "\0": [],
        "nobody": [],
    }


async def test_pages_may_be_narrowed_to_a_status(users: UserService, context: Context, ada: User) -> None:
    eve = await users.create(context, _new("eve@acme.example"))
    await users.set_status(context, ada.id, UserStatus.DISABLED)
    disabled = await users.list(context, UserQuery(status=UserStatus.DISABLED))
    active = await users.list(context, UserQuery(status=UserStatus.ACTIVE))
    assert [[user.id for user in page.users] for page in (disabled, active)] == [[ada.id], [eve.id]]


@pytest.mark.parametrize("search", ["", "a"])
async def test_pages_hold_nobody_whom_the_caller_may_not_see(
    users: UserService, context: Context, ada: User, search: str
) -> None:
    await users.create(context, _new("alan@acme.example"))
    stranger = await users.create(Context(tenant="globex"), _new())
    for among, seen in ((frozenset({ada.id, stranger.id}), [ada.id]), (frozenset[UUID](), [])):
        page = await users.list(context, UserQuery(search=search, among=among))
        assert [user.id for user in page.users] == seen


async def test_finding_a_user_is_one_statement_by_index(
    users: UserService, context: Context, ada: User, database: Database
) -> None:
    async with database.transaction():
        await database.execute("SET LOCAL enable_seqscan = off")
        plan = await database.fetch(f"EXPLAIN {tables.FIND}", "acme", "default", "email", "ada@acme.example")
    text = "\n".join(row[0] for row in plan)
    assert text.count("Index Cond") == 3
    assert "Seq Scan" not in text


async def test_people_are_counted_up_to_a_bound(users: UserService, context: Context, ada: User) -> None:
    for place in range(3):
        await users.create(context, _new(f"p{place}@acme.example"))
    assert await users.count(context) == 4
    assert await users.count(context, most=2) == 2
    await users.erase(context, ada.id)
    assert await users.count(context) == 3
