"""A leaked password is refused wherever one is chosen, and changed where one is used to sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.plugins.breached.conftest import LEAKED, Leak
from tests.plugins.breached.service import Service, serving
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person, visiting
from xenia_breached.check import LeakedCheck
from xenia_breached.command import place
from xenia_breached.health import can_be_read
from xenia_breached.lookup import Lookup
from xenia_breached.settings import BreachedSettings, Unknown
from xenia_password.policy import Policy
from xenia_password.service import PasswordService

FRESH = "eleven calm otters by the quay"


@pytest.fixture
async def service(app: App) -> AsyncIterator[Service]:
    """A range service that this tenant uses."""
    async with serving() as made:
        await app.kernel.config.put(app.context, BreachedSettings, BreachedSettings(range_url=made.url))
        yield made


async def use(app: App, **settings: object) -> None:
    await app.kernel.config.put(app.context, BreachedSettings, BreachedSettings(**settings))  # type: ignore[arg-type]


async def problem(app: App, password: str) -> str:
    found = await Policy(app.kernel).problem(visiting(app), None, password, ())
    return found.id if found else ""


async def sign_in(app: App, password: str, browser: Browser | None = None) -> httpx2.Response:
    browser = browser or app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return await browser.submit(page, password=password)


async def recorded(app: App, type_: str) -> int:
    count: int = await app.kernel.database.fetchval("SELECT count(*) FROM events WHERE type = $1", type_)
    return count


# ------------------------------------------------------------------ new passwords


async def test_a_password_on_the_file_is_refused_and_another_is_not(app: App, leak: Leak) -> None:
    leak(LEAKED)
    assert await problem(app, LEAKED) == "breached.leaked"
    assert await problem(app, FRESH) == ""


async def test_without_a_file_and_a_service_nobody_is_asked(app: App) -> None:
    assert await problem(app, LEAKED) == ""
    assert await recorded(app, "breached.not_looked_up") == 0


async def test_where_there_is_no_file_the_service_is_asked(app: App, service: Service) -> None:
    service.knows(LEAKED)
    assert await problem(app, LEAKED) == "breached.leaked"
    assert await problem(app, FRESH) == ""


async def test_where_there_is_a_file_no_service_is_asked(app: App, service: Service, leak: Leak) -> None:
    leak("another one that leaked")
    service.knows(LEAKED)
    assert await problem(app, LEAKED) == ""
    assert service.asked == []


async def test_what_nobody_can_look_up_passes_on_record(app: App, service: Service) -> None:
    service.status = 503
    assert await problem(app, LEAKED) == ""
    assert await recorded(app, "breached.not_looked_up") == 1


async def test_what_nobody_can_look_up_is_refused_where_the_tenant_wants_that(app: App, service: Service) -> None:
    await use(app, range_url=service.url, unknown=Unknown.REFUSE)
    service.status = 503
    assert await problem(app, LEAKED) == "breached.unknown"


async def test_a_broken_file_is_no_answer_and_the_doctor_says_so(app: App, tmp_path: Path, leak: Leak) -> None:
    lookup = Lookup(app.kernel)
    assert await can_be_read(lookup) is None
    leak(LEAKED)
    assert await can_be_read(lookup) is None
    place(tmp_path).write_bytes(b"broken")
    assert "xenia breached build" in str(await can_be_read(lookup))
    await use(app, unknown=Unknown.REFUSE)
    assert await problem(app, FRESH) == "breached.unknown"


async def test_it_is_asked_in_a_sign_up(app: App, leak: Leak) -> None:
    leak(LEAKED)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-up"), identifier="new@example.org")
    refused = await browser.submit(page, password=LEAKED)
    assert refused.status_code == 422
    assert "known from a data leak" in refused.text
    assert LEAKED not in refused.text


async def test_it_is_asked_behind_a_reset_link(app: App, mailbox: Mailbox, leak: Leak) -> None:
    leak(LEAKED)
    await a_person(app, password=PASSWORD)
    browser = app.browser()
    await browser.submit(await browser.get("/recover"), identifier=EMAIL)
    await app.settle()
    [link] = [word for word in mailbox.last.text.split() if "/recover/" in word]
    refused = await browser.submit(await browser.get(link), password=LEAKED)
    assert refused.status_code == 422
    assert "known from a data leak" in refused.text
    assert (await browser.submit(refused, password=FRESH)).status_code == 200


# ------------------------------------------------------------------ passwords in use


async def test_a_leaked_password_is_changed_before_the_sign_in_goes_on(app: App, mailbox: Mailbox, leak: Leak) -> None:
    user = await a_person(app, password=LEAKED)
    elsewhere = app.browser()
    assert str((await sign_in(app, LEAKED, elsewhere)).url).endswith("/account")
    leak(LEAKED)
    browser = app.browser()
    asked = await sign_in(app, LEAKED, browser)
    assert "known from a data leak" in asked.text
    assert 'autocomplete="new-password"' in asked.text
    assert "/journey/" in str((await browser.get("/account")).url), "nobody is signed in yet"

    again = await browser.submit(asked, password=LEAKED)
    assert again.status_code == 422, "the same one won't do"
    done = await browser.submit(again, password=FRESH)
    assert str(done.url).endswith("/account")

    passwords = PasswordService(app.kernel)
    assert await passwords.verify(app.context, user.id, FRESH)
    assert not await passwords.verify(app.context, user.id, LEAKED)
    assert "/journey/" in str((await elsewhere.get("/account")).url), "who was signed in with it is signed out"
    assert await recorded(app, "password.change_required") == 1
    await app.settle()
    assert mailbox.last.subject == "Your password was changed"
    assert str((await sign_in(app, FRESH)).url).endswith("/account")


async def test_a_journey_with_a_leaked_password_leads_nowhere_else(app: App, leak: Leak) -> None:
    await a_person(app, password=LEAKED)
    leak(LEAKED)
    for action in ("method:password", "approved", "cancel", "continue", ""):
        browser = app.browser()
        page = await sign_in(app, LEAKED, browser)
        await browser.post(str(page.url), {"action": action, "password": ""})
        assert "/account" not in str((await browser.get("/account")).url.path)


async def test_a_wrong_password_is_never_looked_up(app: App, service: Service) -> None:
    await a_person(app, password=PASSWORD)
    service.knows(LEAKED)
    refused = await sign_in(app, LEAKED)
    assert refused.status_code == 422
    assert "data leak" not in refused.text
    assert service.asked == []


@pytest.mark.parametrize("broken", ["status", "file"])
async def test_what_cannot_be_told_keeps_nobody_out(app: App, service: Service, tmp_path: Path, broken: str) -> None:
    await use(app, range_url=service.url, unknown=Unknown.REFUSE)
    await a_person(app, password=PASSWORD)
    service.status = 500
    if broken == "file":
        place(tmp_path).write_bytes(b"broken")
    assert str((await sign_in(app, PASSWORD)).url).endswith("/account")


async def test_a_check_that_breaks_keeps_nobody_out(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(LeakedCheck, "at_sign_in", broken)
    await a_person(app, password=PASSWORD)
    assert str((await sign_in(app, PASSWORD)).url).endswith("/account")


async def test_a_tenant_may_leave_passwords_in_use_alone(app: App, leak: Leak) -> None:
    await use(app, at_sign_in=False)
    await a_person(app, password=LEAKED)
    leak(LEAKED)
    assert str((await sign_in(app, LEAKED)).url).endswith("/account")


async def test_where_the_plugin_is_off_nothing_is_looked_up(app: App, leak: Leak) -> None:
    leak(LEAKED)
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "web", "mailbox"}))
    assert await problem(app, LEAKED) == ""
