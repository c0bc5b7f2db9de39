"""The sample application's pages: who am I, sign in, sign out, and the provider's word that somebody signed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from authlib.integrations.base_client import OAuthError
from joserfc.errors import JoseError
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from xenia_demo.application.client import Client, Pending, SignedIn
from xenia_demo.application.look import FACES, failed, signed_in, welcome
from xenia_demo.application.sessions import Sessions

Browser = Request[Any, Any, Any]
STYLE = Path(__file__).with_name("style.css")
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def application(client: Client) -> Litestar:
    """The application. Cookies are named after it, since cookies of one host are shared by all of its ports."""
    face = FACES[client.name]
    sessions: Sessions[SignedIn] = Sessions()
    begun: Sessions[Pending] = Sessions()
    mine, pending = f"demo-{client.name}", f"demo-{client.name}-pending"

    @get("/")
    async def home(request: Browser) -> Response[str]:
        """The one page: who is signed in, or how to."""
        session = sessions.get(request.cookies.get(mine))
        return _page(signed_in(face, session.claims, session.profile) if session else welcome(face))

    @get("/sign-in")
    async def begin() -> Redirect:
        """Send the browser to the provider, bound to it by a cookie."""
        made = await client.begin()
        return Redirect(made.url, status_code=303, cookies=[_cookie(pending, begun.add(made), 600)])

    @get("/callback")
    async def complete(request: Browser) -> Response[Any]:
        """The provider's answer."""
        expected, query = begun.take(request.cookies.get(pending)), request.query_params
        if expected is None or query.get("state") != expected.state:
            return _page(failed(face, "This browser began no sign-in, or it took too long."), 400)
        if "code" not in query:
            return _page(failed(face, f"The provider said: {query.get('error', 'nothing')}"), 400)
        try:
            session = await client.complete(expected, query["code"])
        except (OAuthError, JoseError, ValueError) as problem:
            return _page(failed(face, f"The answer could not be used: {problem}"), 400)
        return Redirect(
            "/", status_code=303, cookies=[_cookie(mine, sessions.add(session), None), _cookie(pending, "", 0)]
        )

    @post("/sign-out")
    async def sign_out(request: Browser) -> Redirect:
        """End the session here, then at the provider, which tells the other applications."""
        session = sessions.take(request.cookies.get(mine))
        url = await client.sign_out_url(session) if session else "/"
        return Redirect(url, status_code=303, cookies=[_cookie(mine, "", 0)])

    @post("/back-channel-logout", status_code=200)
    async def ended(request: Browser) -> Response[None]:
        """The provider says, server to server, that a session or a person has ended."""
        try:
            claims = await client.ended(str((await request.form()).get("logout_token", "")))
        except (JoseError, ValueError):
            return Response(None, status_code=400, headers=HEADERS)
        for key, session in sessions.items():
            if _is_about(claims, session):
                sessions.take(key)
        return Response(None, headers=HEADERS)

    @get("/style.css", media_type="text/css", sync_to_thread=False)
    def style() -> bytes:
        """The look."""
        return STYLE.read_bytes()

    handlers = [home, begin, complete, sign_out, ended, style]
    return Litestar(handlers, openapi_config=None, exception_handlers={Exception: _unavailable(client)})


def _is_about(claims: dict[str, Any], session: SignedIn) -> bool:
    """A logout token names a session, a person, or both (Back-Channel Logout 1.0 section 2.4)."""
    if "sid" in claims:
        return bool(claims["sid"] == session.claims.get("sid"))
    return bool(claims.get("sub") == session.claims["sub"])


def _unavailable(client: Client) -> Any:
    def answer(_request: Browser, problem: Exception) -> Response[str]:
        status = problem.status_code if isinstance(problem, HTTPException) else 502
        words = "There is no such page." if status == 404 else "Xenia can't be reached at this moment. Try again."
        return _page(failed(FACES[client.name], words), status)

    return answer


def _page(html: str, status: int = 200) -> Response[str]:
    return Response(html, status_code=status, media_type="text/html", headers=HEADERS)


def _cookie(name: str, value: str, seconds: int | None) -> Cookie:
    return Cookie(key=name, value=value, max_age=seconds, httponly=True, samesite="lax", path="/")
