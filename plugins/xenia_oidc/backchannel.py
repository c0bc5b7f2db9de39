"""Back-channel logout: every application that a session signed in to is told when it ends (OpenID Connect Back-Channel
Logout 1.0).

However a session ends, its event is what sets this off, so no way out is forgotten.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Event, Grant, Job, Subscriber, Tenant, Unavailable, log, new_id
from xenia_oidc.client import Client
from xenia_oidc.provider import Provider

JOB = "oidc.backchannel_logout"
TYP = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE_SECONDS = 120
TIMEOUT_SECONDS = 5.0


class SessionEnds:
    """Queues one notice for each application of a session that ended."""

    name = "oidc.backchannel_logout"
    types: tuple[str, ...] = ("session.ended",)

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def handle(self, context: Context, event: Event) -> None:
        """One job for each application with a back-channel address; the same event queues none twice."""
        grants = await self._provider.host.grants.of_session(context, UUID(event.object.id))
        for grant in {grant.application: grant for grant in grants}.values():
            client = await self._provider.client(context, grant.application)
            if client is not None and client.settings.backchannel_logout_uri:
                data = {"application": client.id, "subject": grant.subject, "session": event.object.id}
                await self._provider.host.jobs.enqueue(context, JOB, data, key=_key(event, grant))


def _key(event: Event, grant: Grant) -> str:
    return f"{event.id} {grant.application}"


class Notice:
    """Delivers a logout token. A failure that may pass raises, so that the queue tries again."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def deliver(self, context: Context, data: dict[str, Any]) -> None:
        """Post the token to the application, through the guarded dialer. Raises ``Unavailable``."""
        client = await self._provider.client(context, data["application"])
        tenant = await self._provider.host.tenants.get(context.tenant)
        if client is None or tenant is None or not client.settings.backchannel_logout_uri:
            return
        token = await self._token(context, tenant, client, data)
        async with self._provider.host.dialer.http_client(timeout=TIMEOUT_SECONDS) as http:
            answer = await http.post(client.settings.backchannel_logout_uri, data={"logout_token": token})
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unavailable(f"{client.id} answered {answer.status_code}")
        if answer.status_code not in (200, 204):
            log.warning(
                "backchannel_logout_refused", tenant=tenant.id, application=client.id, status=answer.status_code
            )

    async def _token(self, context: Context, tenant: Tenant, client: Client, data: dict[str, Any]) -> str:
        """Section 2.4: no nonce, so that it can't pass for an ID token; a type of its own, and a short life."""
        now = int(self._provider.host.clock.now().timestamp())
        claims = {
            "iss": tenant.issuer,
            "aud": client.id,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "jti": str(new_id()),
            "sub": data["subject"],
            "sid": data["session"],
            "events": {EVENT: {}},
        }
        algorithm = client.settings.id_token_signed_response_alg
        return await self._provider.host.keys.sign(context, claims, typ=TYP, alg=algorithm)

    def job(self) -> Job:
        """The kind of work this is."""
        return Job(name=JOB, run=self.deliver)


def _proof(subscriber: SessionEnds) -> Subscriber:
    return subscriber
