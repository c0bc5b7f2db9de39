"""Whatever is sent is taken or refused: nothing ends in a server's error, and nothing is ignored."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.plugins.api.conftest import Api
from tests.plugins.api.sweeps import options, things_of
from xenia.api import Operation
from xenia_api.catalogue import OPERATIONS
from xenia_api.examples import example_of

ODD_TEXTS = (
    "", " ", "x" * 3000, "\u0000", "a\u0000b", "-1", "0", "201", "1e999", "null", "true", "[]", "{}", "../..", "%", "'; --",
    "\u202e", "é", "🦊", "MDE5", "AAAA", "MQ", "not-a-uuid", "00000000-0000-0000-0000-000000000000", "0" * 36, "ÿ",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**53, 1e308, "", "x" * 3000, "a\u0000b", "\u202e", [], [None], [1], ["a" * 300], [[]], {}, {"a": None},
    {"": ""}, {"a": {"b": {"c": 1}}}, {"oidc": []}, {"sample": {"lines": [None]}}, {"sample": {"client_secret": "***"}},
    ["a\u0000"], {"a\u0000": 1}, ["constructor"], {"name": {"a": 1}}, {"name": 1e308},
)  # fmt: skip
BODIES: tuple[bytes, ...] = (
    b"", b"null", b"[]", b'""', b"1", b"{", b"{]", b"\xff\xfe", b'{"a":1,}', b'{"a":"\\ud800"}', b"NaN", b'{"a":1e999}',
    b"[" * 100_000, b'{"a":' * 5_000, b"{}\x00", b'{"\\u0000":1}', b"[" * 30 + b"]" * 30,
)  # fmt: skip


def refused_or_done(answer: Any, operation: Operation) -> None:
    """Not a server's error, and problem+json where it is refused."""
    assert answer.status_code < 500, (
        f"{operation.id}: {answer.request.url} {answer.request.content[:200]!r}: {answer.text}"
    )
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.slow
async def test_any_text_in_a_path_names_something_or_nothing(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        for name in operation.path_names:
            for odd in ODD_TEXTS[2:]:
                path = things.path(operation, **{name: _quoted(odd)})
                answer = await api.call(operation.method, path, token, **options(operation))
                refused_or_done(answer, operation)
                assert answer.status_code >= 400, f"{operation.id} took {odd!r}"


@pytest.mark.parametrize("spelling", [str.upper, lambda text: text.replace("-", ""), lambda text: f"{{{text}}}"])
async def test_an_id_has_one_spelling(api: Api, token: str, spelling: Any) -> None:
    user = await api.user()
    odd = spelling(str(user.id))
    if odd != str(user.id):
        assert (await api.call("GET", f"/users/{odd}", token)).status_code == 404


@pytest.mark.slow
async def test_any_text_in_a_query_is_taken_or_refused(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        for name in _fields(operation.takes.get("query")):
            for odd in ODD_TEXTS:
                given = options(operation)
                given["params"] = {**given.get("params", {}), name: odd}
                refused_or_done(await api.call(operation.method, things.path(operation), token, **given), operation)


async def test_what_a_query_does_not_know_or_repeats_is_refused(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        given = options(operation)
        unknown = await api.call(
            operation.method, things.path(operation), token, **given | {"params": {**given.get("params", {}), "x": 1}}
        )
        assert unknown.status_code == 422, operation.id
        if operation.takes.get("query") and operation.method == "GET":
            twice = await api.call("GET", things.path(operation), token, params=[("limit", "1"), ("limit", "2")])
            assert twice.status_code == 422, operation.id


@pytest.mark.slow
async def test_any_value_of_a_field_is_taken_or_refused(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        body: Any = operation.takes.get("body")
        for name in _fields(body):
            for odd in ODD_VALUES:
                given = options(operation) | {"json": {**example_of(body), name: odd}}
                if "if_match" in operation.takes:
                    given["headers"]["if-match"] = (await api.call("GET", things.path(operation), token)).headers[
                        "etag"
                    ]
                refused_or_done(await api.call(operation.method, things.path(operation), token, **given), operation)


@pytest.mark.slow
async def test_any_body_is_taken_or_refused(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        for raw in BODIES:
            headers = {**options(operation)["headers"], "content-type": "application/json"}
            answer = await api.call(operation.method, things.path(operation), token, content=raw, headers=headers)
            refused_or_done(answer, operation)
            if "body" in operation.takes:
                assert answer.status_code >= 400, f"{operation.id} took {raw[:50]!r}"


async def test_unknown_fields_and_other_media_types_are_refused(api: Api, token: str) -> None:
    things = await things_of(api, "acme")
    for operation in OPERATIONS:
        body = operation.takes.get("body")
        if body is None:
            given = options(operation) | {"content": b"{}"}
            answer = await api.call(operation.method, things.path(operation), token, **given)
            assert answer.status_code == 400, operation.id
            continue
        given = options(operation)
        more = given | {"json": {**given["json"], "tenant": "other"}}
        unknown = await api.call(operation.method, things.path(operation), token, **more)
        assert (unknown.status_code, unknown.json()["errors"]) == (422, {"tenant": "error.unknown_field"}), operation.id
        headers = {**given["headers"], "content-type": "text/plain"}
        form = await api.call(operation.method, things.path(operation), token, content=b"{}", headers=headers)
        assert form.status_code == 415, operation.id


async def test_nested_objects_refuse_unknown_fields_too(api: Api, token: str) -> None:
    body = {"identifiers": [{"kind": "email", "value": "a@acme.example", "primary": True}]}
    answer = await api.call("POST", "/users", token, json=body)
    assert (answer.status_code, answer.json()["errors"]) == (422, {"identifiers[0].primary": "error.unknown_field"})


async def test_a_limit_is_between_one_and_two_hundred(api: Api, token: str) -> None:
    statuses = {
        limit: (await api.call("GET", "/users", token, params={"limit": limit})).status_code
        for limit in ("0", "1", "200", "201", "-5", "ten", "1.5")
    }
    assert statuses == {"0": 422, "1": 200, "200": 200, "201": 422, "-5": 422, "ten": 422, "1.5": 422}


def test_every_input_refuses_what_it_does_not_know() -> None:
    inputs = {kind for one in OPERATIONS for name, kind in one.takes.items() if name in ("query", "body")}
    assert len(inputs) > 8
    assert all(kind.__struct_config__.forbid_unknown_fields for kind in inputs)


def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind)) if kind else ()


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
