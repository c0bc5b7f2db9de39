"""Messages go out after the commit, in the reader's language, in time or not at all, and leave no secret behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from xenia.clock import FrozenClock
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Unavailable, Undeliverable
from xenia.events.models import EventQuery
from xenia.events.service import EventService
from xenia.ids import new_id
from xenia.jobs.service import JobQueue
from xenia.jobs.worker import Registered, Worker
from xenia.messages import Catalogue, text
from xenia.notify.events import EVENTS
from xenia.notify.models import ChannelKind, Outgoing, Rendered
from xenia.notify.service import NotifyService
from xenia.plugin.registry import CORE
from xenia.tenants.models import Tenant
from xenia.testing.fake_keys import FakePersonKeys, FakeSealing
from xenia.users.contracts import Users
from xenia.users.models import Identifier, IdentifierKind, User, UserStatus

CONTEXT = Context(tenant="acme", locale="de")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MESSAGE = Outgoing(
    channel=ChannelKind.EMAIL,
    to="ada@acme.example",
    subject=text("mail.subject", name="Ada\r\nBcc: eve@evil.example"),
    body=(text("mail.body"),),
    code="123456",
    link="/verify-email/secret",
    link_label=text("mail.label"),
    small=(text("mail.small"),),
    locale="de",
    expires_at=NOW + timedelta(minutes=10),
)


class Carrier:
    """A channel that remembers, and is away when told."""

    name = "carrier"

    def __init__(self, kind: ChannelKind = ChannelKind.EMAIL) -> None:
        self.kind = kind
        self.sent: list[Rendered] = []
        self.away = self.refuses = False

    async def send(self, context: Context, message: Rendered) -> None:
        """Remember."""
        self.sent.append(message)
        if self.away:
            raise Unavailable("connection refused")
        if self.refuses:
            raise Undeliverable("550")


class OneTenant:
    """Knows a single tenant."""

    async def get(self, tenant_id: str) -> Tenant | None:
        """That one."""
        return Tenant("acme", "Acme", "https://acme.example") if tenant_id == "acme" else None

    async def by_host(self, host: str) -> Tenant | None:
        """Nobody asks."""
        return None

    async def all(self) -> tuple[Tenant, ...]:
        """Nobody asks."""
        return ()

    async def change(
        self, context: Context, tenant_id: str, *, title: str | None = None, hosts: Sequence[str] | None = None
    ) -> Tenant:
        """Nobody asks."""
        raise AssertionError

    async def switch_on(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Nobody asks."""
        raise AssertionError

    async def switch_off(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Nobody asks."""
        raise AssertionError


class Drawn(msgspec.Struct):
    """What the renderer makes."""

    subject: str
    text: str
    html: str


class DrawsEmails:
    """A renderer that shows what it was given."""

    def render_email(self, template: str, data: Mapping[str, Any], context: Context, *, tenant: str) -> Drawn:
        """All of it, as text."""
        return Drawn(
            f"{template} of {tenant} in\n{context.locale}",
            f"{data['code']} {data['link']}",
            f"<b>{data['body'][0].id}</b>",
        )


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the tests."""
    return FrozenClock(NOW)


@pytest.fixture
def carrier() -> Carrier:
    """The tenant's channel for e-mail."""
    return Carrier()


@pytest.fixture
def events(database: Database) -> EventService:
    """The audit log."""
    return EventService(database, FakePersonKeys(), {event.name for event in EVENTS})


@pytest.fixture
def queue(database: Database) -> JobQueue:
    """The queue of jobs."""
    return JobQueue(database, FakeSealing())


@pytest.fixture
def people() -> SimpleNamespace:
    """The users: nobody, unless a test says who."""

    async def get(_context: Context, user_id: UUID) -> User | None:
        return by_id.get(user_id)

    by_id: dict[UUID, User] = {}
    return SimpleNamespace(get=get, by_id=by_id)


@pytest.fixture
def notifier(
    queue: JobQueue, events: EventService, clock: FrozenClock, carrier: Carrier, people: SimpleNamespace
) -> NotifyService:
    """The service under test."""
    catalogue = Catalogue()
    catalogue.add(
        {
            "de": {
                "mail.subject": "Hallo {name}",
                "mail.body": "Dein Code:",
                "mail.label": "Weiter",
                "mail.small": "Ende",
            }
        }
    )

    async def channels(_context: Context) -> Sequence[Carrier]:
        return [carrier]

    return NotifyService(queue, events, catalogue, clock, OneTenant(), cast("Users", people), channels)


@pytest.fixture
def worker(database: Database, queue: JobQueue, notifier: NotifyService) -> Worker:
    """A worker that delivers when told."""

    async def enabled(_tenant: str) -> frozenset[str]:
        return frozenset()

    return Worker(database, queue, [Registered(CORE, job) for job in notifier.jobs()], enabled)


async def _types(events: EventService) -> list[str]:
    return [event.type for event in (await events.list(CONTEXT, EventQuery())).events]


async def test_a_message_goes_out_after_the_commit_as_plain_text_where_nobody_renders(
    database: Database, notifier: NotifyService, worker: Worker, carrier: Carrier
) -> None:
    async with database.transaction():
        await notifier.send(CONTEXT, MESSAGE)
        assert carrier.sent == []
    await worker.drain()
    (sent,) = carrier.sent
    assert sent.text == "Dein Code:\n\n123456\n\nWeiter\nhttps://acme.example/verify-email/secret\n\nEnde\n"
    assert (sent.to, sent.html, sent.locale) == ("ada@acme.example", "", "de")


async def test_a_line_break_in_a_value_never_begins_another_header(
    notifier: NotifyService, worker: Worker, carrier: Carrier
) -> None:
    await notifier.send(CONTEXT, MESSAGE)
    await worker.drain()
    assert carrier.sent[0].subject == "Hallo Ada Bcc: eve@evil.example"


async def test_the_renderer_draws_in_the_language_of_the_message(
    notifier: NotifyService, worker: Worker, carrier: Carrier
) -> None:
    notifier.renderer = DrawsEmails()
    await notifier.send(msgspec.structs.replace(CONTEXT, locale="en"), MESSAGE)
    await worker.drain()
    (sent,) = carrier.sent
    assert (sent.subject, sent.text, sent.html) == (
        "emails/message of Acme in de",
        "123456 https://acme.example/verify-email/secret",
        "<b>mail.body</b>",
    )


async def test_a_message_keeps_its_identifier_over_retries(
    database: Database, notifier: NotifyService, worker: Worker, carrier: Carrier
) -> None:
    carrier.away = True
    await notifier.send(CONTEXT, MESSAGE)
    await worker.drain()
    carrier.away = False
    await database.execute("UPDATE jobs SET run_at = now()")
    await worker.drain()
    first, second = carrier.sent
    assert first.message_id == second.message_id != ""


async def test_a_message_that_is_refused_for_good_is_not_tried_again(
    database: Database, notifier: NotifyService, worker: Worker, carrier: Carrier, events: EventService
) -> None:
    carrier.refuses = True
    await notifier.send(CONTEXT, MESSAGE)
    await worker.drain()
    assert await database.fetchval("SELECT count(*) FROM jobs") == 0
    assert len(carrier.sent) == 1
    assert await _types(events) == ["notify.refused"]


async def test_a_message_that_comes_too_late_is_dropped_with_an_event(
    notifier: NotifyService, worker: Worker, carrier: Carrier, clock: FrozenClock, events: EventService
) -> None:
    await notifier.send(CONTEXT, MESSAGE)
    clock.advance(timedelta(minutes=10))
    await worker.drain()
    assert carrier.sent == []
    assert await _types(events) == ["notify.expired"]


async def test_what_was_sent_is_told_without_address_and_code(
    database: Database, notifier: NotifyService, worker: Worker, events: EventService
) -> None:
    await notifier.send(CONTEXT, MESSAGE)
    await worker.drain()
    (told,) = (await events.list(CONTEXT, EventQuery())).events
    assert (told.type, told.data) == ("notify.sent", {"kind": "email", "subject": "mail.subject", "channel": "carrier"})
    stored = await database.fetchval("SELECT e::text FROM events e")
    assert not any(secret in stored for secret in ("123456", "ada", "verify-email", "Ada"))


async def test_without_a_channel_of_its_kind_a_message_waits(
    database: Database, notifier: NotifyService, worker: Worker, carrier: Carrier
) -> None:
    carrier.kind = ChannelKind.SMS
    await notifier.send(CONTEXT, MESSAGE)
    await worker.drain()
    assert await database.fetchval("SELECT problem FROM jobs") == "Unavailable unavailable"


async def test_whether_a_kind_can_be_sent_depends_on_the_tenant_s_channels(notifier: NotifyService) -> None:
    assert await notifier.can(CONTEXT, ChannelKind.EMAIL)
    assert not await notifier.can(CONTEXT, ChannelKind.SMS)


# ------------------------------------------------------------------ to whoever is there


def _ada(people: SimpleNamespace, *, status: UserStatus = UserStatus.ACTIVE, **verified: bool) -> User:
    """Somebody with addresses, each verified or not; the first is the primary one."""
    identifiers = tuple(
        Identifier(
            kind=IdentifierKind.EMAIL,
            value=f"{name}@acme.example",
            normalised=f"{name}@acme.example".lower(),
            verified_at=NOW if is_verified else None,
            primary=place == 0,
        )
        for place, (name, is_verified) in enumerate(verified.items())
    )
    user = User(tenant="acme", id=new_id(), created_at=NOW, updated_at=NOW, identifiers=identifiers, status=status)
    people.by_id[user.id] = user
    return user


async def _settled(database: Database, worker: Worker) -> None:
    """Everything, and what is due in a moment too."""
    for _ in range(2):
        await database.execute("UPDATE jobs SET run_at = now() - interval '1 second'")
        await worker.drain()


async def _to(
    notifier: NotifyService, database: Database, worker: Worker, carrier: Carrier, user: User | None, wanted: str
) -> list[str]:
    await notifier.send_if_known(CONTEXT, user.id if user else None, wanted, MESSAGE)
    await _settled(database, worker)
    return [one.to for one in carrier.sent]


async def test_it_goes_to_the_stored_spelling_of_the_address_that_was_wanted(
    notifier: NotifyService, database: Database, worker: Worker, carrier: Carrier, people: SimpleNamespace
) -> None:
    user = _ada(people, first=True, Ada=True)
    assert await _to(notifier, database, worker, carrier, user, " ADA@Acme.example ") == ["Ada@acme.example"]


async def test_it_goes_to_the_primary_address_where_another_was_wanted(
    notifier: NotifyService, database: Database, worker: Worker, carrier: Carrier, people: SimpleNamespace
) -> None:
    user = _ada(people, first=True, second=True)
    assert await _to(notifier, database, worker, carrier, user, "+49 170 1234567") == ["first@acme.example"]


async def test_it_never_goes_to_an_address_that_was_not_verified(
    notifier: NotifyService, database: Database, worker: Worker, carrier: Carrier, people: SimpleNamespace
) -> None:
    assert await _to(notifier, database, worker, carrier, _ada(people, ada=False), "ada@acme.example") == []
    other = _ada(people, grace=False, other=True)
    assert await _to(notifier, database, worker, carrier, other, "grace@acme.example") == ["other@acme.example"]


async def test_nobody_and_somebody_disabled_get_nothing(
    notifier: NotifyService, database: Database, worker: Worker, carrier: Carrier, people: SimpleNamespace
) -> None:
    disabled = _ada(people, status=UserStatus.DISABLED, ada=True)
    assert await _to(notifier, database, worker, carrier, disabled, "ada@acme.example") == []
    assert await _to(notifier, database, worker, carrier, None, "ada@acme.example") == []


async def test_who_is_there_is_found_out_at_another_moment(
    notifier: NotifyService, database: Database, people: SimpleNamespace, queue: JobQueue
) -> None:
    woken: list[bool] = []
    queue.wake = lambda: woken.append(True)
    async with database.transaction():
        await notifier.send_if_known(CONTEXT, None, "ada@acme.example", MESSAGE)
        await notifier.send_if_known(CONTEXT, _ada(people, ada=True).id, "ada@acme.example", MESSAGE)
    assert woken == []
