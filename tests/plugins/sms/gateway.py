"""Providers of text messages as a process of its own, which keep their rules: a gateway in two spellings, and Twilio's API.

    python gateway.py     prints its port

``POST /control`` with ``{"fail": [429, 500], "hang": true, "huge": true, "unknown": ["+49..."]}`` makes it misbehave.
``GET /sent`` tells what it took, ``GET /seen`` how often it was asked.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

API_KEY = "canary-key-of-the-gateway"
BEARER = "Bearer canary-token-of-the-gateway"
ACCOUNT, TOKEN = "AC" + "1" * 32, "canary-token-of-twilio"
KEY, KEY_SECRET = "SK" + "2" * 32, "canary-secret-of-a-twilio-key"
SENDER, SERVICE = "+12025550100", "MG" + "3" * 32
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DIGITS = re.compile(r"[1-9][0-9]{6,14}")
MESSAGES = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages\.json")
LONGEST = 1600

Answer = tuple[int, Any]


class State:
    """What happened, and what is to happen."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.awake = threading.Event()
        self.reset()

    def reset(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.fail: list[int] = []
        self.unknown: list[str] = []
        self.hang = False
        self.huge = False
        self.seen = 0


STATE = State()


class Wrong(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.answer: Answer = (status, body)


def require(condition: object, status: int, body: Any) -> None:
    if not condition:
        raise Wrong(status, body)


def take(to: str, text: str, reference: str, sender: str = "") -> None:
    with STATE.lock:
        STATE.sent.append({"to": to, "text": text, "reference": reference, "from": sender})


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        told = {"/sent": STATE.sent, "/seen": STATE.seen}
        self.answer(200 if self.path in told else 404, told.get(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/control":
            self.control(json.loads(body))
            return
        with STATE.lock:
            STATE.seen += 1
            failure = STATE.fail.pop(0) if STATE.fail else 0
        if STATE.hang:
            STATE.awake.wait(60)
        if failure:
            self.answer(failure, {"code": 20429 if failure == 429 else 20500, "status": failure})
            return
        try:
            self.answer(*self.judged(body))
        except Wrong as wrong:
            self.answer(*wrong.answer)

    def control(self, wanted: dict[str, Any]) -> None:
        STATE.awake.set()
        STATE.awake = threading.Event()
        if wanted.pop("reset", False):
            STATE.reset()
        for name, value in wanted.items():
            setattr(STATE, name, value)
        self.answer(200, {})

    def judged(self, body: bytes) -> Answer:
        if twilio := MESSAGES.fullmatch(self.path):
            return self.twilio(twilio[1], self.form(body))
        ways: dict[str, Callable[[bytes], Answer]] = {"/send": self.by_json, "/form": self.by_form}
        require(self.path in ways, 404, {"error": "no such thing"})
        return ways[self.path](body)

    def by_json(self, body: bytes) -> Answer:
        """The gateway's first spelling."""
        require(self.headers["x-api-key"] == API_KEY, 401, {"error": "who are you?"})
        require(self.headers["content-type"] == "application/json", 415, {"error": "JSON, please"})
        asked = json.loads(body)
        require(asked.keys() == {"recipient", "message", "reference", "options"}, 422, {"error": "unknown fields"})
        require(asked["options"] == {"class": 1, "flash": False}, 422, {"error": "the options were changed"})
        require(E164.fullmatch(asked["recipient"]), 422, {"error": "not a number"})
        require(asked["recipient"] not in STATE.unknown, 422, {"error": "nobody there"})
        take(asked["recipient"], asked["message"], asked["reference"])
        return 202, {"accepted": True}

    def by_form(self, body: bytes) -> Answer:
        """Its second: says what went wrong in words, with a good status."""
        require(self.headers["authorization"] == BEARER, 403, "who are you?")
        asked = self.form(body)
        require(set(asked) == {"to", "text", "from"}, 200, "ERROR fields")
        require(DIGITS.fullmatch(asked["to"]), 200, "ERROR number")
        require(f"+{asked['to']}" not in STATE.unknown, 200, "ERROR nobody there")
        take(f"+{asked['to']}", asked["text"], "", asked["from"])
        return 200, "OK 1"

    def twilio(self, account: str, asked: dict[str, str]) -> Answer:
        """Twilio's rules, with its codes."""
        pairs = {f"{ACCOUNT}:{TOKEN}", f"{KEY}:{KEY_SECRET}"}
        known = {f"Basic {base64.b64encode(pair.encode()).decode()}" for pair in pairs}
        require(self.headers["authorization"] in known, 401, error(20003))
        require(account == ACCOUNT, 404, error(20404))
        require(asked.get("To"), 400, error(21604))
        require(asked.get("From") or asked.get("MessagingServiceSid"), 400, error(21603))
        require(asked.get("From", SENDER) in (SENDER, "Acme"), 400, error(21606))
        require(asked.get("MessagingServiceSid", SERVICE) == SERVICE, 400, error(21701))
        require(asked.get("Body"), 400, error(21602))
        require(len(asked["Body"]) <= LONGEST, 400, error(21617))
        require(E164.fullmatch(asked["To"]), 400, error(21211))
        require(asked["To"] not in STATE.unknown, 400, error(21614))
        sender = asked.get("From") or asked["MessagingServiceSid"]
        take(asked["To"], asked["Body"], "", sender)
        return 201, {"sid": "SM" + "4" * 32, "status": "queued", "error_code": None}

    def form(self, body: bytes) -> dict[str, str]:
        require(self.headers["content-type"] == "application/x-www-form-urlencoded", 415, "a form, please")
        pairs = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True)
        require(all(len(values) == 1 for values in pairs.values()), 400, "ERROR twice")
        return {name: values[0] for name, values in pairs.items()}

    def answer(self, status: int, body: Any) -> None:
        sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        sent += b" " * (2 << 20 if STATE.huge and self.path != "/control" else 0)
        self.send_response(status)
        self.send_header("content-length", str(len(sent)))
        self.send_header("connection", "close")
        self.close_connection = True
        try:
            self.end_headers()
            self.wfile.write(sent)
        except OSError:  # nobody waited
            return


def error(code: int) -> dict[str, Any]:
    """Twilio's form of an error."""
    return {"code": code, "message": "…", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": 400}


class Server(ThreadingHTTPServer):
    """Many at once."""

    request_queue_size = 300
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
