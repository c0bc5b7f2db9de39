"""Secrets leave no trace: the whole of what people, applications and administrators do, with every secret in it known (bar B11, V44, V65).

Searched, in every spelling: all tables, the log at its most talkative, every answer of the management API and every page of the console that can
be read, what commands write, and the errors that hostile requests bring.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

import httpx2
import msgspec
import pytest

from tests.architecture.asking import BROWSER, ask, filled
from tests.architecture.running import process_wide, routes_of
from tests.core.security.test_dialer import serving
from tests.core.serving.processes import finished
from tests.plugins.callers import KEY, asking
from tests.plugins.canaries import Canaries, dump, listen, listen_to_keys
from tests.plugins.oidc.support import SECRET, VERIFIER, Shop, shop
from tests.plugins.passkeys.person import beside
from tests.plugins.push.phone import registered
from xenia.api import GuardKind, Secret
from xenia.clock import FrozenClock
from xenia.events.commands import export as export_log
from xenia.log import log
from xenia.security.sealing import MasterKey
from xenia.tenants.commands import export
from xenia.testing.app import PUBLIC_URL, App, Browser, MakeApp
from xenia.testing.people import a_person
from xenia.testing.ready_keys import one_rsa_key
from xenia_mail.settings import MailSettings
from xenia_protection.settings import ProtectionSettings
from xenia_protection.settings import Provider as Captcha
from xenia_push.settings import PushSettings
from xenia_sms.settings import Provider, SmsSettings
from xenia_totp.codes import code_at, step_of

__all__ = ["one_rsa_key"]

ADDRESS, OTHER = "canary-address@example.org", "canary-grace@example.org"
FIRST, WRONG, NEWER = "canary-aa first password", "canary-bb wrong password", "canary-cc newer password"
SMTP_PASSWORD = "canary-dd-smtp-password"
CAPTCHA_SECRET = "canary-ii-captcha-secret"
GATEWAY_SECRET, TWILIO_SECRET = "canary-ii-gateway-secret", "canary-ii-twilio-secret"
NUMBER = "+4917604069000"
RELAY_SECRET = "canary-gg-relay-secret"
SEED = re.compile(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})")
RECOVERY = re.compile(r"<code[^>]*>(\w{4}-\w{4}-\w{4})</code>")
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
LIBRARIES_OF_THE_TEST = ("httpx2", "httpcore2", "asyncio", "pytest")
GIVEN = (
    "token of a form", "handle of a journey", "challenge", "code", "one-time secret", "seed", "recovery code", "sealed", "console's code",
    "authorization code",
)  # fmt: skip
"""What is given to the person whose page it is; each page belongs to somebody."""
LINKS = {"reset": "/recover/", "verify": "/verify-email/", "disown": "/not-me/"}
"""Links whose pages look the secret up before anything else: its kind, and where it is shown."""
PEOPLE = "address"
"""People's addresses are stored, and shown to whoever may know them; the log and errors must not tell them."""


def may_stand(name: str, place: str) -> bool:
    """The mails of development hold what was mailed; a page holds what is given by it; people may be read of, and read what is theirs."""
    if place == "table mail_mailbox":
        return name.startswith(("code ", "one-time secret ", PEOPLE))
    if name in ("number of a phone", "sealed credential:sms_otp"):
        return place == "personal data of sms"
    if place.startswith("page "):
        return name.startswith((*GIVEN, PEOPLE))
    return name == PEOPLE and place.startswith(("read ", "table ", "personal data ", "xenia users"))


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> Canaries:
    """With those that everything else stands on."""
    made, key = Canaries(), secrets.token_bytes(32)
    made.add("master key", key)
    listen_to_keys(made, monkeypatch)
    monkeypatch.setattr("xenia.testing.app.MasterKey", lambda _zeros: MasterKey(key))
    return made


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step of thirty seconds."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(
    make_app: MakeApp, canaries: Canaries, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> App:
    made = await make_app(clock=clock, data_dir=tmp_path)
    listen(made, canaries, monkeypatch)
    await made.tenant()
    await made.tenant("system")
    return made


@pytest.fixture
def said(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """All that was logged, ours and the libraries'."""
    monkeypatch.setattr(log, "level", logging.DEBUG)
    caplog.set_level(logging.DEBUG)

    def words() -> str:
        libraries = [one for one in caplog.records if not one.name.startswith(LIBRARIES_OF_THE_TEST)]
        return "\n".join([*capsys.readouterr(), *(str(vars(one)) + one.getMessage() for one in libraries)])

    return words


def cookies_of(answer: httpx2.Response) -> list[str]:
    """The values of all cookies that could be secrets."""
    values = [line.split(";")[0].partition("=")[2] for line in answer.headers.get_list("set-cookie")]
    return [value for value in values if len(value) >= 16]


class Near:
    """The dialer of a test: what goes to the application itself needs no network."""

    def __init__(self, app: App, canaries: Canaries) -> None:
        self._app, self._canaries = app, canaries

    def http_client(self) -> httpx2.AsyncClient:
        """A client whose every request ends in the application, and which tells what it was given."""

        async def keep(answer: httpx2.Response) -> None:
            await answer.aread()
            sent = parse_qs(answer.request.content.decode())
            for name in ("code", "code_verifier"):
                self._canaries.add(f"console's {name}", *sent.get(name, []))
            if "code_verifier" in sent:
                self._canaries.add("console's ID token", answer.json()["id_token"])

        transport = httpx2.ASGITransport(app=cast("Any", self._app.front), client=("192.0.2.7", 4000))
        return httpx2.AsyncClient(transport=transport, event_hooks={"response": [keep]})


class Story:
    """What happens, and every page that was seen on the way."""

    def __init__(self, app: App, canaries: Canaries, clock: FrozenClock) -> None:
        self.app, self.canaries, self.clock = app, canaries, clock
        self.pages: dict[str, str] = {}
        self.stored: dict[str, str] = {}
        self.browser = self.watched(app.browser())

    def watched(self, browser: Browser) -> Browser:
        """A browser whose every page is kept."""

        async def keep(answer: httpx2.Response) -> None:
            await answer.aread()
            place = f"page {len(self.pages)} {answer.url.path}"
            self.pages[place] = answer.text
            self.canaries.add("token of a form", *CSRF.findall(answer.text))
            self.canaries.add("cookie", *cookies_of(answer))
            self.canaries.add("handle of a journey", *re.findall(r"xjh_\w+", f"{answer.url}{answer.text}"))

        browser.client.event_hooks["response"] = [keep]
        return browser

    async def settled(self) -> None:
        """Everything, and what is due in a moment too; looked into before and after."""
        await self.look()
        await self.app.kernel.database.execute(
            "UPDATE jobs SET run_at = now() WHERE run_at < now() + interval '1 second'"
        )
        await self.app.settle()
        await self.look()

    async def look(self) -> None:
        """Add what the tables hold now to what they held."""
        for place, text in (await dump(self.app)).items():
            self.stored[place] = self.stored.get(place, "") + text

    def newest(self, name: str) -> str:
        """The last secret of a name."""
        return str(self.canaries.known[name][-1])

    async def sign_up(self) -> None:
        """With a wrong start, and a code from the mailbox."""
        page = await self.browser.submit(await self.browser.get("/sign-up"), identifier=ADDRESS)
        page = await self.browser.submit(page, password="canary-ee")
        if 'name="password"' in page.text:
            page = await self.browser.submit(page, password=FIRST)
        await self.settled()
        page = await self.browser.submit(page, code=self.newest("code verify_email"))
        assert page.url.path.endswith("/account"), page.text

    async def enrol(self) -> tuple[str, list[str]]:
        """An authenticator app; its seed and the recovery codes."""
        page = await self.browser.post("/account/enrol/totp", {})
        found = SEED.search(page.text)
        assert found, page.text
        seed = found[1].replace(" ", "")
        page = await self.browser.submit(page, code=self.code(seed), label="phone")
        codes = RECOVERY.findall(page.text)
        assert len(codes) == 10, page.text
        self.canaries.add("seed", seed, found[1])
        self.canaries.add("recovery code", *codes, *(code.replace("-", "") for code in codes))
        await self.browser.submit(page, action="")
        return seed, codes

    def code(self, seed: str) -> str:
        """The code that an app shows now."""
        code = code_at(seed, step_of(self.clock.now()))
        self.canaries.add("code of an app", code)
        return code

    async def proven(self, password: str) -> httpx2.Response:
        """Signed out, and in again up to the second factor."""
        await self.browser.post("/sign-out", {})
        page = await self.browser.submit(await self.browser.get("/sign-in"), identifier=ADDRESS)
        page = await self.browser.submit(page, password=WRONG)
        return await self.browser.submit(page, password=password)

    async def back_in(self, password: str, seed: str) -> None:
        """Signed in again, by the app."""
        self.clock.advance(timedelta(seconds=30))
        page = await self.browser.submit(await self.proven(password), code=self.code(seed))
        assert page.url.path.endswith("/account"), page.text

    async def recovered(self, codes: list[str]) -> None:
        """By a link in a mail and a recovery code, to a new password."""
        await self.browser.submit(await self.browser.get("/recover"), identifier=ADDRESS)
        await self.settled()
        page = await self.browser.get(f"/recover/{self.newest('one-time secret reset')}")
        page = await self.browser.submit(await self.browser.submit(page, action=""), action="method:recovery_code")
        page = await self.browser.submit(page, code=codes[0])
        page = await self.browser.submit(page, password=NEWER)
        assert page.url.path.endswith("/account/security"), page.text

    async def by_phone(self) -> None:
        """The first person sets a number up; the gateway is never reached."""
        settings = SmsSettings(
            provider=Provider.HTTP,
            countries=("DE",),
            http_url="https://127.0.0.1:9/send",
            http_secret=Secret(GATEWAY_SECRET),
            twilio_token=Secret(TWILIO_SECRET),
        )
        await self.app.kernel.config.put(self.app.context, SmsSettings, settings)
        page = await self.browser.submit(await self.browser.post("/account/enrol/sms_otp", {}), number=NUMBER)
        await self.settled()
        page = await self.browser.submit(page, code=self.newest("code sms_enrol"))
        assert page.url.path.endswith("/account/security"), page.text
        assert "+49 ••• 000" in page.text

    async def by_mail_and_by_key(self) -> None:
        """A second person asks for a link, a code and a passkey's challenge, and signs in by the link."""
        await a_person(self.app, OTHER, password=FIRST)
        for method in ("magic_link", "email_otp"):
            browser = self.watched(self.app.browser())
            page = await browser.submit(await browser.get("/sign-in"), identifier=OTHER)
            await browser.submit(page, action=f"method:{method}")
            await self.settled()
        browser = self.watched(self.app.browser())
        told = await beside(browser, await browser.get("/sign-in"))
        self.canaries.add("challenge", told.json()["view"]["data"]["options"]["challenge"])

    async def by_app(self) -> None:
        """The second person has a device, which approves a sign-in."""
        browser = self.watched(self.app.browser())
        page = await browser.submit(await browser.get("/sign-in"), identifier=OTHER)
        await browser.submit(page, password=FIRST)
        page = await browser.post("/account/enrol/push", {})
        phone, number = await registered(self.app, page, push_token="canary-push-token")
        await browser.submit(page, number=number)
        self.canaries.add("push token", "canary-push-token")
        await browser.post("/sign-out", {})
        page = await browser.submit(await browser.get("/sign-in"), identifier=OTHER)
        page = await browser.submit(page, password=FIRST)
        [request] = await phone.asked()
        message = phone.device.answer(request, "00")
        self.canaries.add("device's message", message)
        assert (await phone.post("/push/answers", message)).json() == {"result": "wrong_number"}
        await browser.submit(page, action="")
        await self.settled()


class Applications:
    """What applications do: with a secret, with a key, and with a token that says nothing."""

    def __init__(self, story: Story) -> None:
        self.story, self.app, self.canaries = story, story.app, story.canaries

    async def run(self) -> None:
        """Everything, and a sign-out that is told to one of them."""
        self.canaries.add("client secret", SECRET)
        self.canaries.add("verifier", VERIFIER)
        async with serving() as told:
            address = f"http://localhost:{told.port}/out"
            client = await shop(
                self.app, backchannel_logout_uri=address, grant_types=["authorization_code", "refresh_token"]
            )
            await self.sign_in(client)
            await self.sign_in(await shop(self.app, "opaque", access_token_format="opaque"))
            await self.by_key()
            await self.story.browser.post("/sign-out", {})
            await self.story.settled()
            assert told.requests, "nobody was told of the sign-out"

    async def sign_in(self, client: Shop) -> None:
        """Code, tokens, and all that is done with them."""
        code = await client.code(self.story.browser, scope="openid profile email offline_access")
        self.canaries.add("authorization code", code)
        tokens = (await client.redeem(code)).json()
        assert (await client.redeem(code, code_verifier="canary-ff" * 6)).status_code == 400
        fresh = (await client.redeem(await self._code(client))).json()
        newer = (await client.refresh(fresh["refresh_token"])).json() if "refresh_token" in fresh else fresh
        for one in (tokens, fresh, newer):
            for name in ("access_token", "refresh_token", "id_token"):
                if name in one:
                    self.canaries.add(name.replace("_", " "), one[name])
        assert (await client.userinfo(newer["access_token"])).status_code == 200
        for path in ("/oauth/introspect", "/oauth/revoke"):
            for name in ("access_token", "refresh_token"):
                if name in newer:
                    await client.post(path, {"token": newer[name]})

    async def _code(self, client: Shop) -> str:
        code = await client.code(self.story.browser, scope="openid offline_access")
        self.canaries.add("authorization code", code)
        return code

    async def by_key(self) -> None:
        """``private_key_jwt``."""
        keys = {"keys": [KEY.as_dict(private=False)]}
        machine = await shop(
            self.app, "machine", secret="", token_endpoint_auth_method="private_key_jwt", jwks=keys, redirect_uris=[],
            grant_types=["client_credentials"], scopes=["stock:read"],
        )  # fmt: skip
        form = asking(machine, "acme")
        answer = await machine.http.post(machine.at("/oauth/token"), data=form)
        assert answer.status_code == 200, answer.text
        self.canaries.add("client assertion", form["client_assertion"])
        self.canaries.add("access token", answer.json()["access_token"])


class Readers:
    """All that can be read afterwards."""

    def __init__(self, story: Story) -> None:
        self.story, self.app, self.canaries = story, story.app, story.canaries
        self.values: dict[str, str] = {}

    async def administrator(self) -> dict[str, str]:
        """The headers of a browser in which the console is open."""
        app = self.app
        app.kernel.dialer = Near(app, self.canaries)  # type: ignore[assignment]  # as much of it as the console asks for
        system = app.context
        app.context = msgspec.structs.replace(app.context, tenant="system")
        user = await a_person(app, "canary-chief@example.org", password=FIRST)
        await app.kernel.users.set_roles(app.context, user.id, ("admin",))
        app.context = system
        browser = self.story.watched(app.browser("system"))
        page = await browser.submit(await browser.get("/console"), identifier="canary-chief@example.org")
        page = await browser.submit(page, password=FIRST)
        assert page.url.path.startswith("/t/system/console"), page.text
        browser.client.event_hooks["response"] = []
        return {**BROWSER, "cookie": "; ".join(f"{one.name}={one.value}" for one in browser.client.cookies.jar)}

    async def token(self) -> dict[str, str]:
        """The headers of an application that may everything."""
        grant = await self.app.kernel.grants.of_client(self.app.context, "machine")
        scope = tuple(permission.name for permission in self.app.kernel.access.permissions())
        audience = (f"{PUBLIC_URL}/t/acme",)
        issued = await self.app.kernel.tokens.issue_access(self.app.context, grant, scope=scope, audience=audience)
        self.canaries.add("access token", issued.value)
        return {"authorization": f"Bearer {issued.value}"}

    async def things(self) -> dict[str, str]:
        """What stands for the parameters of paths."""
        fetch = self.app.kernel.database.fetchval
        user = await fetch("SELECT user_id FROM credentials WHERE tenant_id = 'acme' AND plugin = 'totp' LIMIT 1")
        session = await fetch("SELECT id FROM sessions WHERE tenant_id = 'acme' AND user_id = $1 LIMIT 1", user)
        credential = await fetch("SELECT id FROM credentials WHERE tenant_id = 'acme' AND user_id = $1 LIMIT 1", user)
        event = await fetch("SELECT id FROM events WHERE tenant_id = 'acme' AND person = $1 LIMIT 1", user)
        ids = {"user_id": user, "session_id": session, "credential_id": credential, "event_id": event}
        named = {"tenant": "acme", "application_id": "shop", "plugin": "mail", "type": "web", "alg": "ES256"}
        return {**named, **{name: str(one) for name, one in ids.items()}}

    async def reads(self) -> dict[str, str]:
        """Every GET of the API and of the console, and what belongs to no tenant."""
        console, token, values = await self.administrator(), await self.token(), await self.things()
        callers = {GuardKind.CONSOLE: ("/t/system", console), GuardKind.BEARER: ("/t/acme", token)}
        places, good = {}, 0
        for route in routes_of(self.app.kernel):
            if route.guard is None or "GET" not in route.methods or route.guard.kind not in callers:
                continue
            base, headers = callers[route.guard.kind]
            for more in ({"name": "mail", "format": "csv"}, {"name": "shop", "format": "ndjson"}):
                path = filled(route.path, **{**values, **more})
                answer = await ask(self.app.front, "GET", base + path, headers)
                assert answer.status < 500, path
                places[f"read {path}"] = f"{answer.headers}{answer.body.decode('utf-8', 'replace')}"
                good += answer.status == 200
        assert good > 40, good
        browser = self.app.browser("system", cookie=console["cookie"])
        for form in ("csv", "ndjson"):  # streamed: asked for by a client that stays to the end
            whole = await browser.get(f"/console/acme/audit/export/{form}")
            assert whole.text.count("user.created") > 1, whole.text
            places[f"read the audit log as {form}"] = whole.text
        for path in (*process_wide(self.app.kernel), "/metrics"):
            places[path] = (await ask(self.app.front, "GET", path)).body.decode("utf-8", "replace")
        return places

    async def errors(self) -> dict[str, str]:
        """What every route answers to somebody who sends secrets where none belong, by form, JSON and query."""
        hostile = {
            "password": "canary-hh password",
            "code": "canary-hh-code",
            "token": "canary-hh-token",
            "secret": "canary-hh-secret",
        }
        self.canaries.add("what was sent to the wrong place", *hostile.values())
        forms = {
            "application/x-www-form-urlencoded": urlencode(hostile).encode(),
            "application/json": json.dumps(hostile).encode(),
            "application/json; broken": json.dumps(hostile).encode()[:-1],
        }
        places = {}
        bearer = {"authorization": f"Bearer {hostile['token']}", "cookie": f"xenia-session-acme={hostile['secret']}"}
        for route in routes_of(self.app.kernel):
            for kind, body in forms.items():
                headers = {**BROWSER, **bearer, "accept": "*/*", "content-type": kind.partition(";")[0]}
                path = f"/t/acme{filled(route.path)}"
                answer = await ask(
                    self.app.front, route.methods[-1], path, headers, query=urlencode(hostile), body=body
                )
                assert answer.status < 500, (path, answer.status)
                if answer.status >= 400:
                    places[f"error {route.methods[-1]} {path} {kind}"] = answer.body.decode("utf-8", "replace")
        return places

    async def written(self, folder: Path) -> dict[str, str]:
        """What commands write: the tenant's document, its audit log, a person's data, and what the doctor finds."""
        lines: list[str] = []
        await export(self.app.kernel, "acme", lines.append)
        log_file = folder / "audit.jsonl"
        await export_log(self.app.kernel.database, self.app.kernel.keys, "acme", log_file)
        places = {"xenia export": "\n".join(lines), "xenia audit export": log_file.read_text("utf-8")}
        user = UUID((await self.things())["user_id"])
        for name, keeper in self.app.kernel.registry.personal_data.all().items():
            places[f"personal data of {name}"] = repr(await keeper.export(self.app.context, user))
        return places


async def commanded(canaries: Canaries, folder: Path, address: str) -> dict[str, str]:
    """What commands say as processes of their own, at the most talkative, errors too."""
    (master,) = canaries.known["master key"]
    (folder / "master.key").touch(0o600)
    (folder / "master.key").write_text(cast("bytes", master).hex())
    settings = {"data_dir": str(folder), "database_url": address, "development": "true", "log": "text:debug"}
    told = {}
    for words in (["doctor"], ["users", "show", "acme", ADDRESS, "--json"]):
        ended = await asyncio.to_thread(partial(finished, *words, cwd=folder, **settings))
        told[f"xenia {words[0]}"] = ended.stdout + ended.stderr
        assert ended.stdout, ended.stderr
    return told


async def test_no_secret_is_found_anywhere_after_everything_was_done(
    app: App,
    canaries: Canaries,
    clock: FrozenClock,
    said: Callable[[], str],
    tmp_path: Path,
    database_address: str,
) -> None:
    canaries.add("password", FIRST, WRONG, NEWER, "canary-ee-short")
    canaries.add("SMTP password", SMTP_PASSWORD)
    canaries.add("captcha secret", CAPTCHA_SECRET)
    canaries.add("secret of a provider of text messages", GATEWAY_SECRET, TWILIO_SECRET)
    canaries.add("number of a phone", NUMBER)
    canaries.add("relay secret", RELAY_SECRET)
    canaries.add(PEOPLE, ADDRESS, OTHER, "canary-chief@example.org", "canary-nobody@example.org")
    story = Story(app, canaries, clock)
    await story.sign_up()
    seed, codes = await story.enrol()
    await story.recovered(codes)
    await story.back_in(NEWER, seed)
    await story.by_phone()
    await story.by_mail_and_by_key()
    await story.by_app()
    await Applications(story).run()
    server = MailSettings(smtp_url=Secret(f"smtps://canary:{SMTP_PASSWORD}@mail.example:465"))
    await app.kernel.config.put(app.context, MailSettings, server)
    company = ProtectionSettings(provider=Captcha.HCAPTCHA, site_key="a-key", secret=Secret(CAPTCHA_SECRET))
    await app.kernel.config.put(app.context, ProtectionSettings, company)
    relay = PushSettings(relay_url="https://relay.example/", relay_secret=Secret(RELAY_SECRET))
    await app.kernel.config.put(app.context, PushSettings, relay)
    readers = Readers(story)
    places = {**await readers.reads(), **await readers.errors(), **await readers.written(tmp_path)}
    places |= await commanded(canaries, tmp_path, database_address)
    await story.look()
    places |= {**story.stored, **story.pages, "log": said()}
    assert len(places) > 200
    assert len(canaries.known) > 30
    assert {one for one in canaries.found(places) if not may_stand(*one)} == set()


async def test_a_request_that_fails_leaves_the_secret_of_its_link_out_of_the_log(
    app: App, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets_of_links = [await app.kernel.one_time.issue("acme", kind, b"{}", timedelta(hours=1)) for kind in LINKS]

    async def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(app.kernel.one_time, "peek", broken)
    paths = [path + secret for path, secret in zip(LINKS.values(), secrets_of_links, strict=True)]
    answers = [(await app.browser().get(path)).status_code for path in paths]
    words = said()
    assert answers == [500] * len(LINKS)
    assert words.count("request_failed") == len(LINKS)
    assert not [secret for secret in secrets_of_links if secret[-49:] in words]


@pytest.mark.parametrize(
    "secret", ["xrt_Canary-0123456789abcdefghijk", bytes(range(100, 132)), "canary with spaces", "123456"]
)
def test_a_secret_is_found_however_it_was_written(secret: str | bytes) -> None:
    canaries = Canaries()
    canaries.add("canary", secret)
    plain = secret.encode() if isinstance(secret, str) else secret
    written = [f'"{plain.decode("latin-1")}"']
    if len(plain) > 10:
        written += [quote(plain), plain.hex(), rf"\\x{b'x'.hex()}{plain.hex()}", msgspec.json.encode([plain]).decode()]
        written += [base64.urlsafe_b64encode(b"-" * before + plain + b"---").decode() for before in range(3)]
    assert len(canaries.found({str(place): text for place, text in enumerate(written)})) == len(written)
    assert canaries.found({"elsewhere": "10.123456+00 0123456789abcdef " * 9}) == set()
