"""What a module needs of a provider beside its protocol: clients that it knows, a person, and a way through its pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.conformance.notices import Notices
from tests.conformance.visitor import Outcome, Page, Visitor

CALLBACK = "https://rp.example/callback"
SIGNED_OUT = "https://rp.example/signed-out"


@dataclass(frozen=True)
class Registration:
    """A client: both take ``code``, ask for refresh tokens, and want ``auth_time`` in every ID token (``require_auth_time``)."""

    id: str
    secret: str
    method: str
    redirect_uri: str = CALLBACK
    post_logout_redirect_uri: str = SIGNED_OUT


BASIC = Registration("rp-basic", "a-secret-for-basic-0123456789-0123456789", "client_secret_basic")
POST = Registration("rp-post", "a-secret-for-post-0123456789-0123456789", "client_secret_post")

EMAIL = "ada@acme.example"
CLAIMS: dict[str, Any] = {
    "name": "Ada Quillfeather",
    "given_name": "Ada",
    "family_name": "Quillfeather",
    "email": EMAIL,
    "email_verified": True,
    "address": {"locality": "London", "country": "GB"},
    "phone_number": "+442079460000",
    "phone_number_verified": False,
}
"""What the provider knows of the person who signs in."""


class Provider(ABC):
    """A running provider. ``notices`` is what the client ``BASIC`` registered for back-channel logout."""

    def __init__(self, issuer: str, transport: httpx2.AsyncBaseTransport, notices: Notices) -> None:
        self.issuer = issuer
        self.transport = transport
        self.notices = notices

    @abstractmethod
    async def sign_in(self, visitor: Visitor, page: Page) -> Outcome:
        """From the first page of a sign-in to where it ends, agreeing to everything."""

    @abstractmethod
    async def confirm_logout(self, visitor: Visitor, page: Page) -> Outcome:
        """Answer yes where the provider asks whether to sign out; a page that asks nothing is the end already."""

    @abstractmethod
    async def let_pass(self, seconds: int) -> None:
        """Make every session and code that is there so much older, without waiting."""

    async def settle(self) -> None:  # noqa: B027  a provider that works by itself has nothing to do here
        """Let what happens behind the requests happen."""
