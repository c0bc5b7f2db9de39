"""Consent, and answers that are posted."""

from __future__ import annotations

from html import escape, unescape

from tests.plugins.oidc.support import CALLBACK, ada, parameters_of, shop, signed_in
from xenia.testing.app import App


async def test_a_third_partys_first_request_asks_and_the_second_remembers(app: App) -> None:
    client, browser = await shop(app, first_party=False), await signed_in(app, await ada(app))
    page = await browser.get(client.address())
    assert page.status_code == 200
    assert escape("The <b>Shop</b>").replace("/", "&#x2f;") in page.text
    assert "https://shop.example" in page.headers["content-security-policy"]
    answer = await browser.submit(page, action="allow", follow=False)
    assert (await client.redeem(parameters_of(answer)["code"])).status_code == 200
    assert "code" in parameters_of(await browser.get(client.address(), follow=False))


async def test_more_than_was_agreed_to_is_asked_for_again_and_silence_can_not(app: App) -> None:
    client, browser = await shop(app, first_party=False), await signed_in(app, await ada(app))
    await browser.submit(await browser.get(client.address(scope="openid")), action="allow", follow=False)
    assert "code" in parameters_of(await browser.get(client.address(scope="openid", prompt="none"), follow=False))
    silent = await browser.get(client.address(prompt="none"), follow=False)
    assert parameters_of(silent)["error"] == "consent_required"
    single = await browser.get(
        client.address(scope="openid", prompt="none", claims='{"userinfo": {"email": null}}'), follow=False
    )
    assert parameters_of(single)["error"] == "consent_required"


async def test_who_does_not_agree_goes_back_with_access_denied(app: App) -> None:
    client, browser = await shop(app, first_party=False), await signed_in(app, await ada(app))
    answer = await browser.submit(await browser.get(client.address()), action="deny", follow=False)
    found = parameters_of(answer)
    assert (found["error"], found["state"]) == ("access_denied", "a state")
    assert (await browser.get(client.address(), follow=False)).headers["location"].startswith("/t/acme/oauth/consent/")


async def test_prompt_consent_asks_for_a_first_party_too(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    page = await browser.get(client.address(prompt="consent"))
    assert page.url.path.startswith("/t/acme/oauth/consent/")


async def test_nobody_answers_for_another(app: App) -> None:
    client, browser = await shop(app, first_party=False), await signed_in(app, await ada(app))
    page = await browser.get(client.address())
    other = await signed_in(app, await ada(app, "grace@acme.example"))
    assert (await other.get(page.url.path, follow=False)).status_code == 403
    assert (await other.post(page.url.path, {"action": "allow"}, follow=False)).status_code == 403
    assert (await app.browser().get(page.url.path, follow=False)).status_code == 403
    assert "code" in parameters_of(await browser.submit(page, action="allow", follow=False))


async def test_an_answer_counts_once_and_comes_from_our_own_page(app: App) -> None:
    client, browser = await shop(app, first_party=False), await signed_in(app, await ada(app))
    page = await browser.get(client.address())
    browser.client.headers["sec-fetch-site"] = "cross-site"
    assert (await browser.submit(page, action="allow", follow=False)).status_code == 403
    browser.client.headers["sec-fetch-site"] = "same-origin"
    assert (await browser.submit(page, action="allow", follow=False)).status_code == 303
    assert (await browser.submit(page, action="allow", follow=False)).status_code == 404


async def test_what_was_agreed_to_is_the_persons_data(app: App) -> None:
    client, user = await shop(app, first_party=False), await ada(app)
    browser = await signed_in(app, user)
    await browser.submit(await browser.get(client.address()), action="allow", follow=False)
    data = app.kernel.registry.personal_data.all()["oidc"]
    assert (await data.export(app.context, user.id))["shop"]["scope"] == ["email", "openid", "profile"]
    other = await ada(app, "grace@acme.example")
    undo = await data.move(app.context, user.id, other.id)
    assert await data.export(app.context, user.id) == {}
    await data.restore(app.context, undo)
    assert "shop" in await data.export(app.context, user.id)
    await data.erase(app.context, user.id)
    assert await data.export(app.context, user.id) == {}


# -- form_post


async def test_a_posted_answer_is_a_form_that_may_only_go_to_the_application(app: App) -> None:
    client, browser = await shop(app), await signed_in(app, await ada(app))
    page = await browser.get(client.address(response_mode="form_post", state='"><script>'), follow=False)
    assert page.status_code == 200
    assert "form-action 'self' https://shop.example;" in page.headers["content-security-policy"]
    assert "oidc/form-post.js" in unescape(page.text)
    assert "<button" in page.text
    assert 'name="csrf"' not in page.text
    assert escape(CALLBACK).replace("/", "&#x2f;") in page.text
    found = parameters_of(page)
    assert (found["state"], found["iss"]) == ('"><script>', "http://localhost:8000/t/acme")
    assert (await client.redeem(found["code"])).status_code == 200


async def test_an_error_is_posted_too(app: App) -> None:
    client = await shop(app)
    page = await app.browser().get(client.address(response_mode="form_post", prompt="none"), follow=False)
    found = parameters_of(page)
    assert (found["error"], found["state"], found["iss"]) == (
        "login_required",
        "a state",
        "http://localhost:8000/t/acme",
    )


async def test_a_script_of_ours_is_told_to_leave_the_page(app: App) -> None:
    client = await shop(app)
    browser = await signed_in(app, await ada(app), **{"hx-request": "true"})
    away = await browser.get(client.address(), follow=False)
    assert (away.status_code, away.headers["hx-redirect"][:29]) == (200, CALLBACK)
    form = await browser.get(client.address(response_mode="form_post"), follow=False)
    page = await app.browser().get(form.headers["hx-redirect"])
    assert "code" in parameters_of(page)
    assert (await app.browser().get(form.headers["hx-redirect"])).status_code == 404
