"""What the sample applications look like. Everything that isn't ours is escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec

TIMES = frozenset({"exp", "iat", "auth_time", "nbf", "updated_at"})


class Face(msgspec.Struct, frozen=True):
    """An application's name, line and greeting."""

    name: str
    title: str
    line: str
    greeting: str
    other: str


FACES = {
    "shop": Face(
        "shop", "Halden Shop", "Tents, boots, and weather that you can trust.", "Your basket is waiting", "Halden Club"
    ),
    "club": Face("club", "Halden Club", "Tours with people who know the way.", "The next tour is yours", "Halden Shop"),
}


def welcome(face: Face) -> str:
    """For somebody who isn't signed in."""
    return _frame(
        face,
        f"""<h1>{face.title}</h1>
<p class="line">{face.line}</p>
<p><a class="button" href="/sign-in">Sign in or register</a></p>
<p class="small">This sample application knows nobody's password: it sends you to Xenia and gets a signed token back.</p>""",
    )


def signed_in(face: Face, claims: dict[str, Any], profile: dict[str, Any]) -> str:
    """For somebody who is: what the application learned, and a way out."""
    who = escape(_called(profile))
    return _frame(
        face,
        f"""<h1>{face.greeting}, <span id="who">{who}</span></h1>
<p class="line">Open {face.other} in another tab: you are signed in there already. Signing out here ends both.</p>
<form method="post" action="/sign-out"><button class="button">Sign out everywhere</button></form>
<h2>What the ID token says</h2>
{_table(claims)}
<h2>What the userinfo endpoint adds</h2>
{_table({name: profile[name] for name in profile.keys() - claims.keys()})}""",
    )


def failed(face: Face, words: str) -> str:
    """For a sign-in that didn't work."""
    return _frame(
        face,
        f"""<h1>That did not work</h1>
<p class="line" role="alert">{escape(words)}</p>
<p><a class="button" href="/sign-in">Try again</a></p>""",
    )


def _called(profile: dict[str, Any]) -> str:
    whole = " ".join(str(profile[part]) for part in ("given_name", "family_name") if profile.get(part))
    return str(profile.get("name") or whole or profile.get("email") or profile["sub"])


def _table(claims: dict[str, Any]) -> str:
    rows = (f"<tr><th>{escape(name)}</th><td>{escape(_told(name, claims[name]))}</td></tr>" for name in sorted(claims))
    return f"<table>{''.join(rows)}</table>"


def _told(name: str, value: Any) -> str:
    if name in TIMES and isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _frame(face: Face, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{face.title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body class="{face.name}">
<header><a href="/">{face.title}</a><span>sample application</span></header>
<main>
{body}
</main>
</body>
</html>
"""
