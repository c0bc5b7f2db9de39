"""A device that approves sign-ins, in as few lines as it takes: it speaks only what ``docs/guides/push-protocol.md`` says.

python tests/plugins/push/device.py enrol 'http://localhost:8000/t/demo/push/enrol#xpush_...'
python tests/plugins/push/device.py list
python tests/plugins/push/device.py approve        # asks for the number on the page
python tests/plugins/push/device.py deny | report | rotate | remove
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

STATE = Path("push-device.json")
ALGORITHMS = {"EC": "ES256", "OKP": "Ed25519"}


class Device:
    """A key and an id. Makes messages; whoever uses it sends them."""

    def __init__(self, issuer: str, key: ECKey | OKPKey | None = None, id_: str = "") -> None:
        self.issuer = issuer
        self.key = key or ECKey.generate_key("P-256")
        self.id = id_

    def signed(self, typ: str, *, new: ECKey | OKPKey | None = None, **claims: Any) -> str:
        """A message of a type: a device that is known names itself, a ``new`` key introduces itself."""
        key = new or self.key
        by = {"kid": self.id} if self.id and new is None else {"jwk": key.as_dict(private=False)}
        told = {"aud": self.issuer, "iat": int(time.time()), "jti": secrets.token_urlsafe(16), **claims}
        alg = ALGORITHMS[key.key_type]
        return jws.serialize_compact({"alg": alg, "typ": typ, **by}, json.dumps(told), key, algorithms=[alg])

    def registration(self, link: str, name: str = "Pocket", **more: Any) -> str:
        """What is posted to ``/push/devices`` after a picture was scanned."""
        token = link.partition("#")[2]
        return self.signed("push-device+jwt", token=token, name=name, platform="android", **more)

    def answer(self, request: dict[str, Any], number: str = "", *, decision: str = "approve", **more: Any) -> str:
        """What is posted to ``/push/answers``."""
        about: dict[str, Any] = {"challenge": request["id"], "nonce": request["nonce"], "decision": decision}
        return self.signed("push-answer+jwt", **about, number=number, **more)

    def rotation(self, new: ECKey | OKPKey) -> str:
        """What is posted to ``/push/device`` for another key: the old one signs that the new one signed."""
        return self.signed("push-change+jwt", key=self.signed("push-key+jwt", new=new, device=self.id))


def post(issuer: str, path: str, message: str) -> dict[str, Any]:
    """Send a message; what came back."""
    request = Request(issuer + path, message.encode(), {"content-type": "application/jwt"})  # noqa: S310  the issuer's own
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
            return told
    except HTTPError as problem:
        raise SystemExit(f"{problem.code} {problem.read().decode()}") from None


def main(command: str, link: str = "") -> None:
    """One command; what is between two of them is kept in a file."""
    if command == "enrol":
        device = Device(link.partition("/push/enrol")[0])
        told = post(device.issuer, "/push/devices", device.registration(link, name="Reference device"))
        device.id = told["device"]
        sys.stdout.write(f"type {told['number']} into the page of {told['title']}\n")
        return keep(device)
    kept = json.loads(STATE.read_text())
    device = Device(kept["issuer"], ECKey.import_key(kept["key"]), kept["id"])
    if command == "rotate":
        new = ECKey.generate_key("P-256")
        post(device.issuer, "/push/device", device.rotation(new))
        device.key = new
        return keep(device)
    if command == "remove":
        post(device.issuer, "/push/device/remove", device.signed("push-remove+jwt"))
        return STATE.unlink()
    told = post(device.issuer, "/push/challenges", device.signed("push-list+jwt"))
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    if command != "list" and told["challenges"]:
        number = input("the number on the page: ") if command == "approve" else ""
        decision = "approve" if command == "approve" else "deny"
        message = device.answer(told["challenges"][0], number, decision=decision, report=command == "report")
        sys.stdout.write(post(device.issuer, "/push/answers", message)["result"] + "\n")
    return None


def keep(device: Device) -> None:
    """Remember the device. A real one keeps its key where nothing can read it."""
    kept = {"issuer": device.issuer, "id": device.id, "key": device.key.as_dict(private=True)}
    STATE.touch(0o600)
    STATE.write_text(json.dumps(kept))


if __name__ == "__main__":
    main(*sys.argv[1:])
