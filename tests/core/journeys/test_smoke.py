from xenia.tenants.models import SignInSettings
from xenia.testing.app import App

PASSWORD = "a long and strange sentence 7"


async def signed_up(app: App, address: str = "ada@example.com"):
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False))
    browser = app.browser()
    page = await browser.get("/sign-up")
    page = await browser.submit(page, identifier=address)
    return browser, await browser.submit(page, password=PASSWORD)


async def test_a_visitor_is_asked_for_an_address(app: App) -> None:
    page = await app.browser().get("/sign-in")
    assert page.status_code == 200
    assert 'name="identifier"' in page.text


async def test_a_person_signs_up_with_a_password(app: App) -> None:
    browser, page = await signed_up(app)
    print(page.text)
    assert "ada@example.com" in page.text
    for path in ("/account", "/account/security", "/account/activity"):
        page = await browser.get(path)
        assert page.status_code == 200, page.text


async def test_a_person_signs_in_with_a_password(app: App) -> None:
    await signed_up(app)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier="Ada@Example.com")
    page = await browser.submit(page, password="wrong")
    assert page.status_code == 422
    page = await browser.submit(page, password=PASSWORD)
    assert page.url.path == "/t/acme/account"
