"""A shop that lets people sign in at Xenia, with the OAuth client of Authlib."""

from __future__ import annotations

import os
import secrets
from typing import Any

import uvicorn
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from litestar import Litestar, MediaType, Request, get
from litestar.middleware.session.client_side import CookieBackendConfig
from litestar.response import Redirect, Response

ISSUER = os.environ.get("ISSUER", "http://localhost:8000/t/acme")
PORT = int(os.environ.get("SHOP_PORT", "8003"))
CALLBACK = f"http://localhost:{PORT}/callback"
Visit = Request[Any, Any, Any]


def client(**more: Any) -> AsyncOAuth2Client:
    """Authlib's client: it makes the addresses and checks what comes back."""
    secret = os.environ["SHOP_SECRET"]
    options = {"redirect_uri": CALLBACK, "scope": "openid profile email", "code_challenge_method": "S256"}
    return AsyncOAuth2Client("shop", secret, **options, **more)


async def endpoints(oauth: AsyncOAuth2Client) -> dict[str, str]:
    """Where everything is, as the provider itself says."""
    answer = await oauth.request("GET", f"{ISSUER}/.well-known/openid-configuration", withhold_token=True)
    return dict(answer.json())


@get("/", media_type=MediaType.TEXT)
async def front_page(request: Visit) -> str:
    """Who is here?"""
    name = request.session.get("name")
    return f"Hello, {name}!" if name else "Nobody is signed in. Go to /sign-in"


@get("/sign-in")
async def sign_in(request: Visit) -> Redirect:
    """Send the visitor to Xenia, and remember what the answer must match."""
    verifier = generate_token(48)
    async with client() as oauth:
        place = (await endpoints(oauth))["authorization_endpoint"]
        url, state = oauth.create_authorization_url(place, code_verifier=verifier)
    request.set_session({"state": state, "verifier": verifier})
    return Redirect(url)


@get("/callback")
async def callback(request: Visit) -> Response[Any]:
    """Xenia sent the visitor back with a code: redeem it, and ask who they are."""
    pending = request.session
    async with client(state=pending.get("state", "")) as oauth:
        places = await endpoints(oauth)
        here = f"{CALLBACK}?{request.url.query}"
        await oauth.fetch_token(
            places["token_endpoint"], authorization_response=here, code_verifier=pending.get("verifier", "")
        )
        person = (await oauth.get(places["userinfo_endpoint"])).json()
    request.set_session({"name": person["given_name"]})
    return Redirect("/")


sessions = CookieBackendConfig(secret=secrets.token_bytes(32))
app = Litestar([front_page, sign_in, callback], middleware=[sessions.middleware])

if __name__ == "__main__":
    uvicorn.run(app, port=PORT, log_level="warning")
