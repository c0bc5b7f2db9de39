"""Whoever calls out does so by the guarded dialer: nothing else opens a connection to where a tenant or a stranger says (bar B10)."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT, SOURCE_ROOTS

CALLS_OUT = re.compile(
    r"^\s*(?:from|import) (?:socket|http\.client|urllib\.request|smtplib|httpx\w*|httpcore\w*|requests|aiohttp|aiosmtplib)\b"
    r"|\b(?:open_connection|open_unix_connection|create_connection|sock_connect)\(",
    re.MULTILINE,
)
OURS = {
    "core/xenia/security/dialer.py": "the dialer",
    "core/xenia/security/outgoing.py": "the client upon it",
    "core/xenia/serving/checks.py": "`xenia doctor` tries what the operator configured",
    "core/xenia/serving/child.py": "listens",
    "core/xenia/serving/serve.py": "listens",
    "core/xenia/serving/server.py": "listens",
    "core/xenia/serving/sockets.py": "listens",
    "core/xenia/embedded/valkey.py": "asks the Valkey that it started",
    "plugins/xenia_mail/server.py": "speaks SMTP on a socket that the dialer opened",
    "plugins/xenia_demo/samples.py": "the sample applications",
    "plugins/xenia_demo/application/__main__.py": "the sample applications",
}
"""Every module that may name a socket, and why."""


def test_nothing_but_the_guarded_dialer_connects_to_where_others_say() -> None:
    found = {
        str(path.relative_to(ROOT))
        for root in SOURCE_ROOTS
        for path in (ROOT / root).rglob("*.py")
        if "testing" not in path.parts and CALLS_OUT.search(path.read_text("utf-8"))
    }
    assert found <= OURS.keys(), f"{sorted(found - OURS.keys())}: use the client of xenia.api"
    assert {name for name in OURS if (ROOT / name).exists()} <= found, "a reason for what doesn't connect any more"


def test_mail_goes_through_a_socket_of_the_dialer() -> None:
    source = (ROOT / "plugins/xenia_mail/server.py").read_text("utf-8")
    assert "open_socket(" in source
    assert "sock=" in source
