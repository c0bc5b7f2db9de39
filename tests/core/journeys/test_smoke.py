from xenia.testing.app import App


async def test_a_visitor_is_asked_for_an_address(app: App) -> None:
    page = await app.browser().get("/sign-in")
    assert page.status_code == 200
    assert 'name="identifier"' in page.text
