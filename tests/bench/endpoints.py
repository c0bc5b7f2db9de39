"""The hot endpoints: what one request costs us, beside the floor of its parts and beside the peers, in alternating rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench import floors, peers
from tests.bench.floors import Floor
from tests.bench.installation import System
from tests.bench.load import Cost, Request, measure
from tests.bench.processes import Tree
from tests.bench.report import Table, number, ratio
from tests.bench.seeds import Tokens, basic, tokens

CHAINS = 64
WARM_SECONDS = 2
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_CREDENTIALS = "grant_type=client_credentials&scope=api"


@dataclass(frozen=True)
class Paths:
    """Where a provider has its endpoints."""

    token: str
    introspection: str
    userinfo: str
    discovery: str
    keys: str


OURS = Paths("/oauth/token", "/oauth/introspect", "/oauth/userinfo", "/.well-known/openid-configuration", "/oauth/keys")
THEIRS = Paths("/token", "/token/introspection", "/me", "/.well-known/openid-configuration", "/jwks")


@dataclass(frozen=True)
class Endpoint:
    """One measured path: its request, and what its floor is made of. ``alone``: the peer has nothing like it."""

    name: str
    request: Callable[[str, Paths, Tokens], Request]
    signatures: int = 0
    reads: int = 0
    writes: int = 0
    alone: bool = False


def _posted(client: str, path: Callable[[Paths], str], body: Callable[[Tokens], str]) -> Callable[..., Request]:
    def request(base: str, paths: Paths, held: Tokens) -> Request:
        return Request(base + path(paths), "POST", body(held), {**_FORM, "authorization": basic(client)})

    return request


def _refreshed(base: str, paths: Paths, held: Tokens) -> Request:
    headers = {**_FORM, "authorization": basic("refresher")}
    return Request(base + paths.token, "POST", "grant_type=refresh_token&refresh_token=", headers, held.refresh)


def _userinfo(base: str, paths: Paths, held: Tokens) -> Request:
    return Request(base + paths.userinfo, headers={"authorization": f"Bearer {held.opaque}"})


def _userinfo_signed(base: str, paths: Paths, held: Tokens) -> Request:
    return Request(base + paths.userinfo, headers={"authorization": f"Bearer {held.signed}"})


# What stores many tokens comes last: the peer's store in memory keeps the thousand latest things.
ENDPOINTS = (
    Endpoint(
        "introspection, opaque",
        _posted("refresher", lambda at: at.introspection, lambda held: f"token={held.opaque}"),
        reads=1,
    ),
    Endpoint(
        "introspection, ES256",
        _posted("refresher", lambda at: at.introspection, lambda held: f"token={held.signed}"),
        signatures=1,
        alone=True,
    ),
    Endpoint("UserInfo, opaque", _userinfo, reads=2),
    Endpoint("UserInfo, ES256", _userinfo_signed, signatures=1, reads=1, alone=True),
    Endpoint("refresh, rotated", _refreshed, signatures=2, reads=1, writes=2),
    Endpoint("token, ES256", _posted("machine", lambda at: at.token, lambda _: _CREDENTIALS), 1, 1, 1),
    Endpoint("token, opaque", _posted("opaque", lambda at: at.token, lambda _: _CREDENTIALS), 0, 1, 2),
    Endpoint("discovery", lambda base, paths, _: Request(base + paths.discovery)),
    Endpoint("keys", lambda base, paths, _: Request(base + paths.keys)),
)


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers: how to ask, whose time counts, and how it comes by tokens."""

    name: str
    base: str
    paths: Paths
    server: Tree
    tokens: Callable[[], Tokens]


def compare(system: System, rounds: int, seconds: int) -> Sequence[Table]:
    """Our endpoints against floors and peers."""
    with ExitStack() as stack:
        bare = stack.enter_context(peers.bare())
        contestants = [_ours(system)]
        for name, store in (("peer, memory", None), ("peer, PostgreSQL", system)):
            contestants.append(_theirs(name, stack.enter_context(peers.provider(store))))
        costs: dict[tuple[str, str], list[Cost]] = {}
        parts: dict[str, list[Floor]] = {}
        for turn in range(rounds + 1):  # the first warms up and counts for nothing
            length = seconds if turn else WARM_SECONDS
            found = {**_floors(system), "answer": _answer(bare, system, length)}
            for name, floor in found.items():
                parts.setdefault(name, []).extend([floor] if turn else [])
            held = {contestant.name: contestant.tokens() for contestant in contestants}
            for endpoint, contestant in ((one, other) for one in ENDPOINTS for other in contestants):
                if endpoint.alone and contestant is not contestants[0]:
                    continue
                request = endpoint.request(contestant.base, contestant.paths, held[contestant.name])
                cost = measure(request, contestant.server, system.database, length)
                costs.setdefault((endpoint.name, contestant.name), []).extend([cost] if turn else [])
    return _tables({name: _least(given) for name, given in parts.items()}, costs)


def _ours(system: System) -> Contestant:
    return Contestant(
        "ours", system.at(""), OURS, system.server, lambda: asyncio.run(tokens(system.installation, CHAINS))
    )


def _theirs(name: str, peer: peers.Peer) -> Contestant:
    return Contestant(name, peer.address, THEIRS, peer.tree, lambda: peer.tokens(CHAINS))


def _floors(system: System) -> dict[str, Floor]:
    return {"signature": floors.signature(), **floors.statements(system)}


def _answer(bare: peers.Server, system: System, seconds: int) -> Floor:
    return Floor(measure(Request(bare.address), bare.tree, system.database, seconds).server)


def _least(given: Sequence[Floor]) -> Floor:
    return Floor(min(one.client for one in given), min(one.database for one in given))


def _tables(parts: dict[str, Floor], costs: dict[tuple[str, str], list[Cost]]) -> Sequence[Table]:
    rows = [_row(endpoint, _floor(endpoint, parts), costs) for endpoint in ENDPOINTS]
    names = ("a bare ASGI answer", "an ES256 signature", "an indexed row read", "a row written among sixteen")
    floor_rows = [
        (name, number(part.client), number(part.database), number(part.together))
        for name, part in zip(names, (parts[key] for key in ("answer", "signature", "read", "write")), strict=True)
    ]
    return (
        Table("floors", ("floor", "process µs", "database µs", "together"), floor_rows),
        Table(
            "endpoints",
            (
                "path", "server µs", "database µs", "together", "p99 ms", "floor", "of the floor",
                "peer, memory", "ahead", "peer, PostgreSQL (server + database)", "ahead",
            ),
            rows,
        ),
    )  # fmt: skip


def _floor(endpoint: Endpoint, parts: dict[str, Floor]) -> float:
    signed = endpoint.signatures * parts["signature"].together
    stored = endpoint.reads * parts["read"].together + endpoint.writes * parts["write"].together
    return parts["answer"].together + signed + stored


def _row(endpoint: Endpoint, floor: float, costs: dict[tuple[str, str], list[Cost]]) -> tuple[str, ...]:
    ours = costs[endpoint.name, "ours"]
    server, database = min(cost.server for cost in ours), min(cost.database for cost in ours)
    mine = server + database
    memory, durable = (costs.get((endpoint.name, f"peer, {store}"), ()) for store in ("memory", "PostgreSQL"))
    said = [endpoint.name, number(server), number(database), number(mine)]
    said += [f"{min(cost.p99_ms for cost in ours):.1f}", number(floor), ratio(mine, floor)]
    if not memory:
        return (*said, "", "", "", "")
    in_memory = min(cost.server for cost in memory)
    theirs = [min(getattr(cost, name) for cost in durable) for name in ("server", "database")]
    said += [number(in_memory), ratio(in_memory, mine)]
    return (*said, f"{number(sum(theirs))} ({number(theirs[0])} + {number(theirs[1])})", ratio(sum(theirs), mine))
