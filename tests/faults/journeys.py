"""Journeys over HTTP up to where a race begins: past the name, past the password, asked for a second factor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx2
import msgspec

from tests.faults.world import CALLBACK, PASSWORD, TENANT, World
from tests.plugins.oidc.support import CHALLENGE
from xenia.credentials.models import NewCredential
from xenia.testing.app import form_of
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of
from xenia_totp.recovery import KIND, PLUGIN, Stored
from xenia_totp.service import TotpService

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT_ONCE = 20
_TWO_FACTORS = '{"id_token":{"acr":{"essential":true,"value":"aal2"}}}'


@dataclass(frozen=True)
class Way:
    """Where a journey is, and the cookie of its browser."""

    path: str
    cookie: str
    tenant: str = TENANT

    async def answer(self, two: World, place: int, **form: str) -> httpx2.Response:
        """Send the form of its page to one of the processes."""
        address = two.at(place, self.path, self.tenant)
        return await two.clients[place % 2].post(address, data=form, headers={"cookie": self.cookie})

    def after(self, answer: httpx2.Response) -> Way:
        """Where an answer leads."""
        path = answer.headers.get("location", self.path).removeprefix(f"/t/{self.tenant}")
        return replace(self, path=path, cookie=browser_of(answer, self.tenant) or self.cookie)


def browser_of(answer: httpx2.Response, tenant: str = TENANT) -> str:
    """The cookie that tells the browser of a journey, if it was given."""
    found = re.search(rf"xenia-browser-{tenant}=[^;]+", answer.headers.get("set-cookie", ""))
    return found[0] if found else ""


async def identified(two: World, user: User, place: int, tenant: str = TENANT) -> Way:
    """A new browser's sign-in that asks for the password; two factors will be needed."""
    query = {
        "client_id": "shop", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "claims": _TWO_FACTORS,
    }  # fmt: skip
    begun = await two.clients[place % 2].get(
        two.at(place, f"/oauth/authorize?{urlencode(query)}", tenant), headers={"cookie": "new=browser"}
    )
    assert begun.status_code == 303, begun.text
    way = Way("", "", tenant).after(begun)
    assert user.email
    return way.after(await way.answer(two, place, identifier=user.email))


async def reached(two: World, user: User, place: int, tenant: str = TENANT) -> Way:
    """One that has passed the password and asks for the code."""
    way = await identified(two, user, place, tenant)
    action, _ = form_of(await way.answer(two, place, password=PASSWORD), {"code": ""})
    return replace(way, path=action.removeprefix(f"/t/{tenant}"))


async def many(begin: Callable[[int], Awaitable[Way]], number: int) -> list[Way]:
    """So many of them, some at a time."""
    ways: list[Way] = []
    for start in range(0, number, AT_ONCE):
        ways += await asyncio.gather(*(begin(place) for place in range(start, min(start + AT_ONCE, number))))
    return ways


class App:
    """An authenticator app. The step of now is made unused again, so that no round waits for the next one."""

    def __init__(self, two: World, user: User) -> None:
        self._two, self._user = two, user

    async def enrol(self) -> None:
        """Give it to the person."""
        made = TotpService(self._two.kernel).made(SEED, 1, "app")
        context = msgspec.structs.replace(self._two.context, tenant=self._user.tenant)
        await self._two.kernel.credentials.add(context, self._user.id, made)

    async def fresh(self) -> str:
        """The code of now."""
        unused = "UPDATE credentials SET counter = 1 WHERE tenant_id = $1 AND user_id = $2 AND kind = 'totp'"
        await self._two.kernel.database.execute(unused, self._user.tenant, self._user.id)
        return code_at(SEED, step_of(self._two.kernel.clock.now()))


class List:
    """A list of recovery codes: the one that is used, and one more, so that the method stays on offer."""

    code = "ABCDEFGHJKMN"

    def __init__(self, two: World, user: User) -> None:
        self._two, self._user = two, user
        self._hash = ""

    async def enrol(self) -> None:
        """Give it to the person."""
        self._hash = await self._two.kernel.hasher.hash(self.code)
        await self.fresh()

    async def fresh(self) -> str:
        """The code, on a new list."""
        for first in (self.code[0], "Z"):
            data = msgspec.json.encode(Stored(first, self._hash))
            row = NewCredential(plugin=PLUGIN, kind=KIND, data=data, replaces=first != "Z")
            await self._two.kernel.credentials.add(self._two.context, self._user.id, row)
        return self.code


SECOND: Mapping[str, Callable[[World, User], App | List]] = {"app": App, "recovery code": List}


async def forget_attempts(two: World, tenant: str) -> None:
    """As if nobody of a tenant had tried yet."""
    await two.kernel.database.execute("DELETE FROM counters WHERE tenant_id = $1", tenant)
