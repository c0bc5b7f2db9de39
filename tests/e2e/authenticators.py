"""Chromium's virtual authenticators, through the debugging protocol (domain ``WebAuthn``)."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Visitor

# No headless browser draws the list of its suggestions, so the first click into the field stands for the choice in it:
# until then the browser is asked for nothing. Everything else is the browser's own.
CHOOSING = """
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => options.mediation !== 'conditional' ? get(options) : new Promise((done, failed) => {
      const field = document.querySelector('input[autocomplete~=webauthn]');
      field.addEventListener('click', () => get(options).then(done, failed), { once: true });
    });
"""


class Authenticators:
    """Those of one window. The last one added is the one that is meant."""

    def __init__(self, person: Visitor) -> None:
        person.page.add_init_script(CHOOSING)
        self._session = person.context.new_cdp_session(person.page)
        self._session.send("WebAuthn.enable", {"enableUI": False})
        self.id = ""

    def add(self, *, transport: str = "internal", resident: bool = True, verifies: bool = True, **more: Any) -> str:
        """Plug one in; its id."""
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": transport,
            "hasResidentKey": resident,
            "hasUserVerification": verifies,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
            **more,
        }
        self.id = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        return self.id

    def remove(self) -> None:
        """Unplug it."""
        self._session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})

    def verify(self, *, rightly: bool) -> None:
        """Whether it knows its owner."""
        values = {"authenticatorId": self.id, "isUserVerified": rightly}
        self._session.send("WebAuthn.setUserVerified", values)

    def credentials(self) -> list[dict[str, Any]]:
        """What it keeps."""
        found: list[dict[str, Any]] = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def keep(self, credential: dict[str, Any]) -> None:
        """Put a credential into it: a copy of one that another keeps."""
        self._session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})
