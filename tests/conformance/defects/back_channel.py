"""Logout tokens that are wrong."""

from __future__ import annotations

from collections.abc import Callable

from tests.conformance.defects.meddling import Document, Forger, changed
from tests.conformance.defects.registry import defect
from tests.conformance.network import Meddler
from tests.conformance.providers.provider import Provider


def _forging(change: Callable[[Document], Document]) -> Callable[[Provider], Meddler]:
    """A provider whose ID tokens are right and whose logout tokens are not."""

    def plant(provider: Provider) -> Meddler:
        forger = Forger(change, id_tokens=False)
        provider.notices.meddler = lambda form: {"logout_token": forger.forged(form["logout_token"])}
        return forger

    return plant


for wrong, complaint, change in (
    ("a logout token has a nonce", "a nonce makes it pass", changed(nonce="n")),
    ("a logout token is about another session", "sid isn't", changed(sid="another")),
    ("a logout token is for another client", "aud isn't", changed(aud="another")),
    ("a logout token says nothing of a logout", "events isn't", changed(events={})),
    ("a logout token has no jti", "jti is missing", changed(jti=None)),
):
    defect("oidcc-backchannel-rp-initiated-logout", wrong, complaint, _forging(change))
