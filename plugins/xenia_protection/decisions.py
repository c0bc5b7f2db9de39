"""A second factor for whoever comes from nowhere that is known, while an attack runs: where the tenant wants it."""

from __future__ import annotations

from xenia.api import Context, Goal, Host, Journey, LoginAttempt, LoginDecision, Verdict
from xenia_protection.networks import network_of
from xenia_protection.settings import ProtectionSettings
from xenia_protection.watch import Watch


async def step_up(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    """Ask for more, but on a device that the person is known to use."""
    settings = await host.config.get(context, ProtectionSettings)
    if not settings.step_up or not await Watch(host).is_running(context, network_of(context.source.address)):
        return None
    if await host.hooks.counts_apart(context, _as_journey(host, context, attempt)):
        return None
    return LoginDecision(verdict=Verdict.STEP_UP, reason="protection: an attack is running", acr="aal2")


def _as_journey(host: Host, context: Context, attempt: LoginAttempt) -> Journey:
    """What is asked about devices, of the person who is about to sign in."""
    return Journey(
        id=attempt.journey or attempt.user_id,
        tenant=context.tenant,
        goal=Goal.SIGN_IN,
        started_at=host.clock.now(),
        user_id=attempt.user_id,
        proofs=attempt.proofs,
    )
