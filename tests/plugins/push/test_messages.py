"""What devices sign, and what others send instead of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import to_bytes

from tests.plugins.push.device import Device
from tests.plugins.push.phone import (
    Phone,
    a_browser,
    another,
    begun,
    is_signed_in,
    link_on,
    number_on,
    onward,
    with_password,
)
from xenia.testing.app import App
from xenia.users.models import User

BASE = "http://localhost:8000"
ENDPOINTS = ("/push/devices", "/push/challenges", "/push/answers", "/push/device", "/push/device/remove")
TYPES = dict(
    zip(
        ENDPOINTS,
        ("push-device+jwt", "push-list+jwt", "push-answer+jwt", "push-change+jwt", "push-remove+jwt"),
        strict=True,
    )
)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"


def claims_of(phone: Phone, **more: Any) -> dict[str, Any]:
    return {"aud": phone.device.issuer, "iat": int(time.time()), "jti": f"jti-{time.monotonic_ns()}", **more}


async def refused(phone: Phone, message: str | bytes, *, path: str = "/push/challenges", status: int) -> None:
    """Refused, as a problem document that tells nothing of anybody."""
    answer = await phone.post(path, message)
    assert answer.status_code == status, (path, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() == {"type", "title", "status", "request_id"}


async def test_a_key_of_somebody_else_signs_nothing(app: App, phone: Phone) -> None:
    phone.device.key = ECKey.generate_key("P-256")
    await refused(phone, phone.device.signed("push-list+jwt"), status=403)


async def test_an_unknown_device_answers_like_a_wrong_signature(app: App, phone: Phone) -> None:
    right = phone.device.id
    phone.device.id = right[:-1] + ("0" if right[-1] != "0" else "1")
    unknown = await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))
    phone.device.id, phone.device.key = right, ECKey.generate_key("P-256")
    wrong = await phone.post("/push/challenges", phone.device.signed("push-list+jwt"))
    assert unknown.json() | {"request_id": ""} == wrong.json() | {"request_id": ""}


async def test_an_unsigned_message_is_none(app: App, phone: Phone) -> None:
    for alg in ("none", "None", "NONE", "", "EdDSA", "ES384"):
        made = unsigned({"alg": alg, "typ": "push-list+jwt", "kid": phone.device.id}, claims_of(phone))
        await refused(phone, f"{made}.", status=403)


async def test_the_public_key_is_no_shared_secret(app: App, phone: Phone) -> None:
    """HS256 with what everybody may know (CVE-2015-9235)."""
    key = phone.device.key.as_dict(private=False)
    secrets = (
        to_bytes(phone.device.key.as_pem(private=False)),
        json.dumps(key).encode(),
        str(key["x"]).encode(),
        base64.urlsafe_b64decode(str(key["x"]) + "="),
    )
    made = unsigned({"alg": "HS256", "typ": "push-list+jwt", "kid": phone.device.id}, claims_of(phone))
    for secret in secrets:
        await refused(phone, f"{made}.{b64(hmac.digest(secret, made.encode(), hashlib.sha256))}", status=403)


HEADERS: tuple[dict[str, Any], ...] = (
    {"crit": ["b64"], "b64": False},
    {"jku": "https://evil.example"},
    {"x5c": []},
    {"zip": "DEF"},
)


async def test_a_header_says_nothing_more(app: App, phone: Phone) -> None:
    for more in HEADERS:
        made = unsigned({"alg": "ES256", "typ": "push-list+jwt", "kid": phone.device.id, **more}, claims_of(phone))
        await refused(phone, f"{made}.{b64(bytes(64))}", status=400)


async def test_a_device_that_is_known_brings_no_key_along(app: App, phone: Phone) -> None:
    """Neither beside its id nor in its place."""
    thief = ECKey.generate_key("P-256")
    jwk = thief.as_dict(private=False)
    for header in ({"kid": phone.device.id, "jwk": jwk}, {"jwk": jwk}, {}):
        head = {"alg": "ES256", "typ": "push-list+jwt", **header}
        message = jws.serialize_compact(head, json.dumps(claims_of(phone)), thief, algorithms=["ES256"])
        await refused(phone, message, status=400)


async def test_a_message_is_for_one_endpoint(app: App, phone: Phone) -> None:
    for path in ENDPOINTS:
        for typ in {*TYPES.values(), "JWT", ""} - {TYPES[path]}:
            await refused(phone, phone.device.signed(typ), path=path, status=400)


async def test_a_message_is_for_one_issuer(app: App, phone: Phone) -> None:
    for audience in ("", BASE, f"{BASE}/t/globex", f"{BASE}/t/acme/", [f"{BASE}/t/acme"], None):
        await refused(phone, phone.device.signed("push-list+jwt", aud=audience), status=400)


async def test_a_message_is_of_now(app: App, phone: Phone) -> None:
    for seconds in (-3600, -310, 310, 3600, 10**9):
        await refused(phone, phone.device.signed("push-list+jwt", iat=int(time.time()) + seconds), status=403)


async def test_a_clock_may_be_a_little_wrong(app: App, phone: Phone) -> None:
    for seconds in (-280, 280):
        message = phone.device.signed("push-list+jwt", iat=int(time.time()) + seconds)
        assert (await phone.post("/push/challenges", message)).status_code == 200


async def test_a_message_is_told_once(app: App, phone: Phone) -> None:
    message = phone.device.signed("push-list+jwt")
    assert (await phone.post("/push/challenges", message)).status_code == 200
    await refused(phone, message, status=403)


async def test_an_answer_that_is_played_again_is_no_other_answer(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    message = phone.device.answer(request, number_on(page))
    assert (await phone.post("/push/answers", message)).status_code == 200
    await refused(phone, message, path="/push/answers", status=403)


async def test_a_jti_is_burnt_by_nobody_else(app: App, phone: Phone) -> None:
    """What isn't signed is looked at before anything is remembered."""
    right, key = phone.device.signed("push-list+jwt", jti="one"), phone.device.key
    phone.device.key = ECKey.generate_key("P-256")
    await refused(phone, phone.device.signed("push-list+jwt", jti="one"), status=403)
    phone.device.key = key
    assert (await phone.post("/push/challenges", right)).status_code == 200


@pytest.mark.parametrize("field", ["challenge", "nonce"])
async def test_an_answer_fits_one_request(app: App, phone: Phone, field: str) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    other = "01234567-89ab-7def-8123-456789abcdef" if field == "challenge" else b64(bytes(32))
    about = {"challenge": request["id"], "nonce": request["nonce"], "decision": "approve", "number": number_on(page)}
    message = phone.device.signed("push-answer+jwt", **{**about, field: other})
    await refused(phone, message, path="/push/answers", status=404)
    assert not is_signed_in(await onward(browser, page))


async def test_an_odd_nonce_fits_nothing(app: App, phone: Phone) -> None:
    await with_password(a_browser(app))
    [request] = await phone.asked()
    for nonce in ["", "é", "=", "a", "\u0000", "AAAA\ud800"]:
        answer = await phone.answer({**request, "nonce": nonce}, "42")
        assert answer.status_code in (400, 404), answer.text


@pytest.mark.parametrize("number", ["", "042", "\uff14\uff12", "-1"])
async def test_what_is_no_number_of_two_digits_approves_nothing(app: App, phone: Phone, number: str) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    answer = await phone.answer((await phone.asked())[0], number)
    assert answer.json() == {"result": "wrong_number"}
    assert not is_signed_in(await onward(browser, page))


async def test_a_wrong_number_can_not_be_mended(app: App, phone: Phone) -> None:
    browser = a_browser(app)
    page = await with_password(browser)
    [request] = await phone.asked()
    await phone.answer(request, another(number_on(page)))
    assert (await phone.answer(request, number_on(page))).status_code == 404
    assert not is_signed_in(await onward(browser, page))


HOSTILE: tuple[bytes, ...] = (
    b"", b".", b"..", b"...", b"a.b.c", b"\x00.\x00.\x00", b"\xff\xfe", b"{}", b"[" * 5000, b"." * 9000, b"a" * 9000,
    b"e30.e30.e30", b"bnVsbA.bnVsbA.bnVsbA", b"W10.W10.W10", b64(b"[" * 3000).encode() + b".e30.e30",
    b64(b'{"alg":"ES256","typ":"push-list+jwt","kid":"nobody"}').encode() + b".e30.e30",
    b64(b'{"alg":1,"typ":2,"kid":3}').encode() + b".e30.e30",
)  # fmt: skip


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_hostile_bodies_are_refused_in_words(app: App, phone: Phone, path: str) -> None:
    for body in HOSTILE:
        await refused(phone, body, path=path, status=400)
    assert (await phone.post(path, b"{}", **{"content-type": "application/json"})).status_code == 400
    assert (await phone.post(path, b"a" * 3_000_000)).status_code == 413
    for method in ("GET", "PUT", "DELETE"):
        answer = await app.browser().client.request(method, phone.device.issuer + path)
        assert answer.status_code == 405, (method, path)


ODD: tuple[dict[str, Any], ...] = (
    {"iat": None}, {"iat": "now"}, {"iat": -1}, {"iat": 1e308}, {"iat": 2**63}, {"iat": True}, {"jti": ""}, {"jti": 7}, {"jti": "j" * 5000},
    {"aud": {}},
)  # fmt: skip


async def test_odd_claims_are_refused_in_words(app: App, phone: Phone) -> None:
    for odd in ODD:
        await refused(phone, phone.device.signed("push-list+jwt", **odd), status=400)


ODD_DEVICES: tuple[dict[str, Any], ...] = (
    {"name": ""}, {"name": " "}, {"name": "a\u0000b"}, {"name": "\u202e"}, {"name": "n" * 65}, {"name": 1}, {"name": "\ud800"},
    {"platform": "Android Phone"}, {"platform": ""}, {"push_token": "a b"}, {"push_token": "t" * 2001}, {"token": 1}, {"token": None},
)  # fmt: skip


async def test_odd_devices_are_refused_and_leave_the_token_good(app: App, ada: User) -> None:
    _, page = await begun(app)
    link = link_on(page)
    phone = Phone(app, Device(link.partition("/push/enrol")[0]))
    for odd in ODD_DEVICES:
        claims = {"token": link.partition("#")[2], "name": "Pocket", "platform": "android", **odd}
        await refused(phone, phone.device.signed("push-device+jwt", **claims), path="/push/devices", status=400)
    assert (await phone.post("/push/devices", phone.device.registration(link))).status_code == 200


async def test_only_keys_of_two_kinds_come_in(app: App, ada: User) -> None:
    _, page = await begun(app)
    link = link_on(page)
    phone = Phone(app, Device(link.partition("/push/enrol")[0]))
    claims = {
        "aud": phone.device.issuer,
        "iat": int(time.time()),
        "jti": "1",
        "token": link.partition("#")[2],
        "name": "P",
        "platform": "ios",
    }
    good = ECKey.generate_key("P-256").as_dict(private=False)
    odd: tuple[dict[str, Any], ...] = (
        ECKey.generate_key("P-384").as_dict(private=False),
        ECKey.generate_key("secp256k1").as_dict(private=False),
        RSAKey.generate_key(2048).as_dict(private=False),
        OctKey.generate_key(256).as_dict(private=True),
        ECKey.generate_key("P-256").as_dict(private=True),
        {**good, "x": "AAAA"},
        {**good, "y": good["x"]},
        {**good, "crv": ["P-256"]},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "OKP", "crv": "X25519", "x": b64(bytes(32))},
        {},
    )
    for jwk in odd:
        made = unsigned({"alg": "ES256", "typ": "push-device+jwt", "jwk": jwk}, claims)
        await refused(phone, f"{made}.{b64(bytes(64))}", path="/push/devices", status=400)


async def test_who_sends_nothing_right_is_made_to_wait(app: App, phone: Phone) -> None:
    answer = await phone.post("/push/challenges", b"a.b.c")
    for _ in range(400):
        if answer.status_code == 400:
            answer = await phone.post("/push/challenges", b"a.b.c")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


async def test_another_sites_page_can_post_nothing(app: App, phone: Phone) -> None:
    """A form can't be of this media type, and what it says must be signed."""
    answer = await phone.post(
        "/push/challenges", b"a=b", **{"content-type": "text/plain", "origin": "https://evil.example"}
    )
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers
