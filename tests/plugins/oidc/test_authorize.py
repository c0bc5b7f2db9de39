"""The authorization endpoint: what is refused, and how it is told."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.plugins.oidc.support import CALLBACK, ada, parameters_of, shop, signed_in
from xenia.testing.app import App

ISSUER = "http://localhost:8000/t/acme"

MUTATIONS = [
    "https://shop.example/callback/",
    "https://shop.example/Callback",
    "https://SHOP.example/callback",
    "https://shop.example:443/callback",
    "https://shop.example:8443/callback",
    "https://shop.example/callback?",
    "https://shop.example/callback?x=1",
    "https://shop.example/callback#",
    "https://shop.example/callback#x",
    "https://shop.example//callback",
    "https://shop.example/callback/../callback",
    "https://shop.example/./callback",
    "https://shop.example/callback/..;/x",
    "https://shop.example/..%2fcallback",
    "https://shop.example/%2e%2e/callback",
    "https://shop.example/callback%2f..%2f..",
    "https://shop.example/callback%00",
    "https://shop.example/callback%0d%0aset-cookie:x",
    "https://shop.example/call%62ack",
    "https://shop.example.evil.example/callback",
    "https://shop.example@evil.example/callback",
    "https://evil.example/https://shop.example/callback",
    "https://evil.example\\@shop.example/callback",
    "https://evil.example#@shop.example/callback",
    "https://shop.example\\evil.example/callback",
    "https://shopaexample/callback",
    "https://shop.example./callback",
    "https://shop。example/callback",
    "https://\u0455hop.example/callback",
    "https://shop.example /callback",
    " https://shop.example/callback",
    "https://shop.example/callback ",
    "\thttps://shop.example/callback",
    "http://shop.example/callback",
    "HTTPS://shop.example/callback",
    "https:shop.example/callback",
    "https:/shop.example/callback",
    "//shop.example/callback",
    "/callback",
    "callback",
    "javascript:alert(1)",
    "javascript://shop.example/callback",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://shop.example/x",
    "file:///etc/passwd",
    "about:blank",
    "http://localhost/callback",
    "http://127.0.0.1/callback",
    "https://127.0.0.1/callback",
    "https://[::1]/callback",
    "https://2130706433/callback",
    "https://*.example/callback",
    "https://shop.example/*",
    "https://shop.example/callback;x",
    "https://shop.example/callback&x=1",
    "https://user:pass@shop.example/callback",
    "https://shop.example",
    "https://shop.example/",
    "https://shop.example/callbac",
    "https://shop.example/callbackk",
    "*",
]


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_no_spelling_but_the_registered_one_is_ever_answered(app: App, mode: str) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    for uri in MUTATIONS:
        answer = await browser.get(client.address(redirect_uri=uri, response_mode=mode), follow=False)
        assert (answer.status_code, "location" in answer.headers) == (400, False), uri
        assert "evil" not in answer.text
        assert "javascript:" not in answer.text


async def test_an_unknown_client_or_none_gets_a_page_and_no_redirect(app: App) -> None:
    client, browser = await shop(app), app.browser()
    for changes in ({"client_id": "nobody"}, {"client_id": None}, {"redirect_uri": None}, {"client_id": "<script>"}):
        answer = await browser.get(client.address(**changes), follow=False)
        assert (answer.status_code, "location" in answer.headers) == (400, False), changes
        assert "<script>" not in answer.text


async def test_a_client_that_is_off_or_may_not_sign_people_in_gets_a_page(app: App) -> None:
    machine = await shop(app, "machine", grant_types=["client_credentials"])
    answer = await app.browser().get(machine.address(), follow=False)
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "response_type", "nonce", "prompt"])
async def test_a_parameter_given_twice_is_refused(app: App, name: str) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    request = client.request(prompt="login")
    twice = urlencode([*request.items(), (name, request[name])])
    answer = await browser.get(f"/oauth/authorize?{twice}", follow=False)
    if name in ("client_id", "redirect_uri"):
        assert (answer.status_code, "location" in answer.headers) == (400, False)
    else:
        assert parameters_of(answer)["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://shop.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "nothing known"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "whatever"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"id_token_hint": "nonsense"}, "invalid_request"),
        ({"resource": "https://api.example"}, "invalid_target"),
        (
            {"claims": '{"id_token": {"acr": {"essential": true, "value": "gold"}}}'},
            "unmet_authentication_requirements",
        ),
        ({"claims": '{"id_token": {"sub": {"value": "nobody"}}}'}, "login_required"),
    ],
)
async def test_an_error_goes_to_the_application_with_state_and_issuer(
    app: App, changes: dict[str, str], error: str
) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    answer = await browser.get(client.address(**changes), follow=False)
    found = parameters_of(answer)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK)
    assert (found["error"], found["state"], found["iss"]) == (error, "a state", ISSUER)


async def test_unknown_parameters_and_scopes_are_passed_over(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    tokens = await client.tokens(browser, scope="openid unknown", display="popup", extra="foobar", ui_locales="se")
    assert tokens["scope"] == "openid"


async def test_silence_without_a_session_is_login_required(app: App) -> None:
    client = await shop(app)
    answer = await app.browser().get(client.address(prompt="none"), follow=False)
    assert parameters_of(answer)["error"] == "login_required"


async def test_silence_with_a_session_answers_with_a_code(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    first = await client.claims((await client.tokens(browser, max_age="10000"))["id_token"])
    second = await client.claims((await client.tokens(browser, max_age="10000", prompt="none"))["id_token"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


async def test_a_hint_about_somebody_else_is_login_required_in_silence(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    hint = (await client.tokens(browser))["id_token"]
    other = await signed_in(app, await ada(app, "grace@acme.example"))
    answer = await other.get(client.address(prompt="none", id_token_hint=hint), follow=False)
    assert parameters_of(answer)["error"] == "login_required"
    answer = await browser.get(client.address(prompt="none", id_token_hint=hint), follow=False)
    assert "code" in parameters_of(answer)


async def test_a_hint_that_was_given_to_another_application_is_refused(app: App) -> None:
    client, other = await shop(app), await shop(app, "other")
    browser = await signed_in(app, await ada(app))
    hint = (await other.tokens(browser))["id_token"]
    answer = await browser.get(client.address(id_token_hint=hint), follow=False)
    assert parameters_of(answer)["error"] == "invalid_request"


async def test_an_access_token_is_no_hint(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    token = (await client.tokens(browser))["access_token"]
    answer = await browser.get(client.address(id_token_hint=token), follow=False)
    assert parameters_of(answer)["error"] == "invalid_request"


async def test_a_posted_request_becomes_the_same_get(app: App) -> None:
    client = await shop(app)
    browser = await signed_in(app, await ada(app), **{"sec-fetch-site": "cross-site", "origin": "https://shop.example"})
    moved = await browser.post("/oauth/authorize", client.request(), follow=False)
    assert moved.status_code == 303
    answer = await browser.get(moved.headers["location"], follow=False)
    assert "code" in parameters_of(answer)


async def test_a_query_that_was_registered_is_kept(app: App) -> None:
    client = await shop(app, redirect_uris=["https://shop.example/callback?shop=1"])
    browser = await signed_in(app, await ada(app))
    answer = await browser.get(client.address(), follow=False)
    assert answer.headers["location"].startswith("https://shop.example/callback?shop=1&code=")


async def test_a_native_application_may_choose_the_port_on_loopback_only(app: App) -> None:
    client = await shop(app, redirect_uris=["http://127.0.0.1/callback"], native=True, secret="")
    browser = await signed_in(app, await ada(app))
    free = await browser.get(client.address(redirect_uri="http://127.0.0.1:51004/callback"), follow=False)
    assert free.headers["location"].startswith("http://127.0.0.1:51004/callback?")
    other = await browser.get(client.address(redirect_uri="http://127.0.0.1:51004/other"), follow=False)
    assert other.status_code == 400


async def test_a_mode_that_the_client_lacks_is_told_in_one_that_it_has(app: App) -> None:
    client, browser = await shop(app, response_modes=["fragment"]), await signed_in(app, await ada(app))
    answer = await browser.get(client.address(response_mode="query"), follow=False)
    assert answer.headers["location"].startswith(CALLBACK + "#error=invalid_request")


async def test_a_fragment_answer_stands_behind_the_number_sign(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    answer = await browser.get(client.address(response_mode="fragment"), follow=False)
    assert answer.headers["location"].startswith(CALLBACK + "#code=")


SCRIPTS = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title><svg/onload=alert(1)>",
    "{{ 191 * 7 }}",
]
MARKUP = ("<script>alert", "<img src=x", "<svg/onload", "1337")


@pytest.mark.parametrize(
    "name", ["state", "nonce", "scope", "ui_locales", "login_hint", "display", "client_id", "response_mode"]
)
async def test_no_parameter_becomes_markup(app: App, name: str) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    for script in SCRIPTS:
        for mode in ("form_post", "query"):
            answer = await browser.get(client.address(**{"response_mode": mode, name: script}), follow=False)
            assert not [markup for markup in MARKUP if markup in answer.text], (script, mode)
            assert answer.status_code < 500


async def test_a_megabyte_in_a_parameter_is_refused_at_once(app: App) -> None:
    client = await shop(app)
    for name in ("scope", "state", "claims", "acr_values", "prompt", "redirect_uri"):
        answer = await app.browser().post("/oauth/authorize", client.request(**{name: "x " * 300_000}), follow=False)
        assert answer.status_code in (400, 413), name
