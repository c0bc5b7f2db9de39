"""What other plugins can do by the management API: declared by them, served and described by the plugin `api`, and there where both are on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any

import pytest
from litestar import post
from litestar.connection import Request
from msgspec import Meta

import xenia_api
from tests.plugins.api.conftest import Api
from tests.tutorial.environment import ROOT
from xenia.api import (
    Answer,
    Call,
    Host,
    Input,
    Manifest,
    NotFound,
    Noun,
    Permission,
    context_of,
    hookimpl,
    literal,
    public,
)
from xenia.errors import SetupError
from xenia.plugin.manifest import discover, plugin_of
from xenia.testing.app import MakeApp
from xenia_api.openapi import document

READ, WRITE = "xenia:cards:read", "xenia:cards:write"


class Card(Answer, frozen=True, kw_only=True):
    """A card."""

    name: str


class NewCard(Input, frozen=True, kw_only=True):
    """A card to be made."""

    name: Annotated[str, Meta(min_length=1, max_length=20)]
    labels: dict[str, tuple[str, ...]] = {}


def cards_module(*, permissions: bool = True) -> ModuleType:
    """A plugin with cards, which it keeps in the database's only table that takes any text."""
    cards = Noun("cards", "cards")

    @cards.post("/cards")
    async def create_card(call: Call, body: NewCard) -> Card:
        """Make a card."""
        name = await call.host.tables(call.context).fetchval("SELECT $1::text", body.name)
        return Card(name=name)

    @cards.get("/cards/{name}")
    async def get_card(call: Call, name: str) -> Card:
        """Get a card."""
        raise NotFound("there are none")

    @hookimpl
    def register_routes(host: Host) -> Sequence[Any]:
        @post("/labels", opt={"guard": public("For a test.", cross_site=True)})
        async def create_label(request: Request[Any, Any, Any]) -> dict[str, str]:
            name = (await request.json())["name"]
            return {"name": await host.tables(context_of(request)).fetchval("SELECT $1::text", name)}

        return (create_label,)

    @hookimpl
    def register_nouns() -> Sequence[Noun]:
        return (cards,)

    @hookimpl
    def register_permissions() -> Sequence[Permission]:
        return cards.permissions if permissions else ()

    module = ModuleType("xenia_cards")
    manifest = Manifest(name="cards", title=literal("Cards"), summary=literal("For tests."))
    for name, value in {
        "manifest": manifest,
        "register_nouns": register_nouns,
        "register_permissions": register_permissions,
        "register_routes": register_routes,
    }.items():
        setattr(module, name, value)
    return module


@pytest.fixture
async def api(make_app: MakeApp) -> Api:
    """The API and the cards: both are on in `acme`, one of them in the others."""
    app = await make_app(plugins=[plugin_of(xenia_api), plugin_of(cards_module())])
    await app.tenant(plugins=("api", "cards"))
    await app.tenant("other", plugins=("api",))
    await app.tenant("third", plugins=("cards",))
    return Api(app)


async def test_a_plugins_operation_is_served(api: Api) -> None:
    made = await api.call("POST", "/cards", await api.token(WRITE), json={"name": "gold"})
    assert (made.status_code, made.json()) == (201, {"name": "gold"})


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        ({"name": "a\0b"}, 400, {"name": "error.characters"}),
        ({"name": "a", "labels": {"x": ["b", "\0"]}}, 400, {"labels.x[1]": "error.characters"}),
        ({"name": "a", "labels": {"\0": []}}, 400, {"labels": "error.characters"}),
        ({"name": "a", "color": "red"}, 422, {"color": "error.unknown_field"}),
        ({}, 422, {"name": "error.missing_field"}),
        ({"name": ""}, 422, {"name": "error.value"}),
    ],
)
async def test_what_is_wrong_with_a_body_is_told_by_field(
    api: Api, body: Mapping[str, Any], status: int, errors: Mapping[str, str]
) -> None:
    answer = await api.call("POST", "/cards", await api.token(WRITE), json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["errors"] == errors


async def test_a_null_character_in_a_query_is_told_by_name(api: Api) -> None:
    answer = await api.call("GET", "/cards/gold", await api.token(READ), params={"after": "a\0"})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"after": "error.characters"})


async def test_a_null_character_that_gets_to_the_database_is_no_error_of_the_server(api: Api) -> None:
    answer = await api.client.post("/t/acme/labels", json={"name": "a\0b"})
    assert answer.status_code == 400


async def test_its_permission_is_asked_for(api: Api) -> None:
    assert (await api.call("POST", "/cards", json={"name": "gold"})).status_code == 401
    assert (await api.call("POST", "/cards", await api.token(READ), json={"name": "gold"})).status_code == 403


@pytest.mark.parametrize("tenant", ["other", "third"])
@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
async def test_where_one_of_the_two_is_off_there_is_nothing(api: Api, tenant: str, method: str) -> None:
    token = await api.token(READ, WRITE, tenant=tenant)
    answer = await api.call(method, "/cards", token, tenant=tenant)
    never = await api.call(method, "/never", token, tenant=tenant)
    assert (answer.status_code, never.status_code) == (404, 404)
    assert answer.headers["content-type"] == never.headers["content-type"]


async def test_it_is_described_where_it_is_on(api: Api) -> None:
    on = (await api.call("GET", "/openapi.json")).json()
    assert on["paths"]["/cards"]["post"]["operationId"] == "createCard"
    assert on["components"]["schemas"]["NewCard"]["additionalProperties"] is False
    assert "/cards" not in (await api.call("GET", "/openapi.json", tenant="other")).json()["paths"]


async def test_without_the_api_a_plugin_with_operations_starts_and_serves_none(make_app: MakeApp) -> None:
    app = await make_app(plugins=[plugin_of(cards_module())])
    await app.tenant(plugins=("cards",))
    assert (await Api(app).call("POST", "/cards", json={"name": "gold"})).status_code == 404


async def test_an_operation_whose_permission_nobody_registers_stops_the_start(make_app: MakeApp) -> None:
    with pytest.raises(SetupError, match="the plugin cards asks for xenia:cards:read, xenia:cards:write"):
        await make_app(plugins=[plugin_of(cards_module(permissions=False))])


async def test_the_example_of_the_guide_works(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "xenia_opening_hours"))
    app = await make_app(plugins=[plugin_of(xenia_api), plugin_of(import_module("xenia_opening_hours"))])
    await app.tenant(plugins=("api", "opening_hours"))
    api = Api(app)
    token = await api.token("xenia:opening-hours:read", "xenia:opening-hours:write")
    put = await api.call("PUT", "/opening-hours", token, json={"opens": 8, "closes": 20})
    got = await api.call("GET", "/opening-hours", token)
    assert put.json() == got.json() == {"opens": 8, "closes": 20}
    wrong = [{"opens": 20, "closes": 8}, {"opens": 8, "closes": 25}, {"opens": 8}, {"opens": 8, "closes": 9, "x": 1}]
    answers = [await api.call("PUT", "/opening-hours", token, json=body) for body in wrong]
    assert [answer.status_code for answer in answers] == [422] * 4
    told = (await api.call("GET", "/openapi.json")).json()["paths"]["/opening-hours"]
    assert {one["operationId"] for one in told.values()} == {"getOpeningHours", "replaceOpeningHours"}
    assert told["put"]["requestBody"]["content"]["application/json"]["example"] == {"opens": 8, "closes": 20}


def test_the_operations_of_all_installed_plugins_stand_in_one_description() -> None:
    nouns = tuple(noun for plugin in discover() for noun in getattr(plugin.module, "register_nouns", tuple)())
    assert {"risk", "protection", "recovery", "users"} <= {noun.name for noun in nouns}
    described = document(nouns)
    ids = [one["operationId"] for methods in described["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids)) == sum(len(noun.operations) for noun in nouns)
    assert all(name.isidentifier() for name in described["components"]["schemas"]), "no two structs share a name"
