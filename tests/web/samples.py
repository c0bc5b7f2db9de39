"""One sample for each template and state: what a host could hand to the renderer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from xenia.api import (
    Action,
    Catalogue,
    Choice,
    Field,
    FieldKind,
    Link,
    NavItem,
    StepView,
    Text,
    literal,
    read_locales,
    text,
)
from xenia_web.assets import Assets
from xenia_web.frame import Frame
from xenia_web.renderer import HtmlRenderer

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
LOCALES = ROOT / "web" / "xenia_web" / "locales"
AT = datetime(2026, 11, 12, 14, 5, tzinfo=UTC)


class Sample(msgspec.Struct, kw_only=True):
    """A page as a handler would return it, with the frame that the host would put around it."""

    template: str
    title: Text
    data: Mapping[str, Any] = {}
    errors: Mapping[str, Text] = {}
    is_fragment: bool = False
    nav: str = ""


class SampleEmail(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail's template and data."""

    template: str = "emails/message"
    data: dict[str, Any]


def say(words: str) -> Text:
    """Words that some plugin's catalogue would hold."""
    return literal(words)


ACCOUNT_NAV = (
    NavItem(area="account", href="/account", label=say("Profile"), icon="user"),
    NavItem(area="account", href="/account/security", label=say("Security"), icon="shield"),
    NavItem(area="account", href="/account/activity", label=say("Activity"), icon="clock"),
)
CONSOLE_NAV = (
    NavItem(area="console", href="/console", label=say("Overview"), icon="home"),
    NavItem(area="console", href="/console/users", label=say("Users"), icon="users"),
    NavItem(area="console", href="/console/applications", label=say("Applications"), icon="app"),
    NavItem(area="console", href="/console/plugins", label=say("Plugins"), icon="plug"),
    NavItem(area="console", href="/console/audit", label=say("Audit log"), icon="log"),
)
NAV = {"": (), "account": ACCOUNT_NAV, "console": CONSOLE_NAV}

EMAIL = Field(
    name="identifier",
    label=say("E-mail address"),
    kind=FieldKind.EMAIL,
    hint=say("If you have a passkey, pick it from the list that opens here."),
    autocomplete="username webauthn",
    autofocus=True,
)
PASSWORD = Field(name="password", label=say("Password"), kind=FieldKind.PASSWORD, autocomplete="current-password")
CODE = Field(name="code", label=say("Code"), kind=FieldKind.CODE, hint=say("Six digits from the app on your phone."))
EVERY_KIND = (
    Field(name="title", label=say("Title"), hint=say("As people know it."), value="Acme Stores"),
    Field(name="contact", label=say("Contact"), kind=FieldKind.EMAIL, value="ada@acme.example"),
    Field(name="phone", label=say("Phone"), kind=FieldKind.TEL, required=False),
    Field(
        name="secret", label=say("Client secret"), kind=FieldKind.PASSWORD, hint=say("Blank keeps the one that is set.")
    ),
    Field(name="code", label=say("Code"), kind=FieldKind.CODE),
    Field(name="length", label=say("Least length"), kind=FieldKind.NUMBER, value="12"),
    Field(
        name="acr",
        label=say("Assurance"),
        kind=FieldKind.SELECT,
        value="2",
        choices=(Choice("1", say("One factor")), Choice("2", say("Two factors"))),
    ),
    Field(
        name="redirects",
        label=say("Redirect addresses"),
        kind=FieldKind.MULTILINE,
        value="https://shop.acme.example/callback",
    ),
    Field(name="enabled", label=say("People may sign in"), kind=FieldKind.CHECKBOX, value="true", required=False),
    Field(name="version", label=say("Version"), kind=FieldKind.HIDDEN, value="7"),
)
CREDENTIAL = {"label": "Blue security key", "added": AT, "used": AT, "remove": "/account/security/remove/1"}
ROWS = [
    [
        {"value": "Ada Quillfeather", "href": "/console/users/1", "note": "ada@acme.example"},
        {"value": say("Active"), "tone": "good"},
        {"when": AT},
        {"value": "019a7c3e", "code": True},
    ],
    [
        {
            "value": "Greta Thistlewick-Marchpane",
            "href": "/console/users/2",
            "note": "greta.hollis.thistlewick.marchpane@harbour.example",
        },
        {"value": say("Blocked"), "tone": "bad"},
        {"value": say("Never")},
        {"value": "019a7c3f", "code": True},
    ],
]
COLUMNS = [say("Name"), say("Status"), say("Last sign-in"), say("Identifier")]
NOTHING = {"title": say("Nobody matches “zzz”"), "lead": say("We looked at names, e-mail addresses and identifiers.")}

SAMPLES: Mapping[str, Sample] = {
    "sign-in": Sample(
        template="auth/journey.html",
        title=say("Sign in"),
        data={
            "view": StepView(
                step="identify",
                title=say("Sign in"),
                lead=say("to your orders and returns"),
                fields=(EMAIL,),
                actions=(Action(label=say("Continue")),),
                alternatives=(
                    Action(label=say("Sign in with a passkey"), name="passkey", icon="passkey"),
                    Action(label=say("Continue with the company’s sign-on"), name="social", icon="org"),
                ),
                links=(Link(label=say("Create an account"), href="/sign-up"),),
            )
        },
    ),
    "password": Sample(
        template="auth/journey.html",
        title=say("Enter your password"),
        data={
            "view": StepView(
                step="password",
                title=say("Enter your password"),
                who="ada@acme.example",
                fields=(PASSWORD,),
                actions=(Action(label=say("Sign in")),),
                alternatives=(Action(label=say("E-mail me a code"), name="email", icon="mail"),),
                links=(Link(label=say("Forgot your password?"), href="/recover"),),
                errors={"password": say("That password doesn’t match this account")},
            )
        },
    ),
    "code": Sample(
        template="auth/journey.html",
        title=say("Enter your code"),
        data={
            "view": StepView(
                step="totp",
                title=say("Enter your code"),
                lead=say("Open the authenticator app on your phone."),
                who="greta.hollis.thistlewick.marchpane@a-rather-long-subdomain.navy.example",
                fields=(CODE,),
                actions=(Action(label=say("Continue")), Action(label=say("Send it again"), name="again", icon="mail")),
                errors={"": say("The time for this step is over. We sent a new code.")},
            )
        },
    ),
    "plugin-partial": Sample(
        template="auth/journey.html",
        title=say("Set up an app"),
        data={
            "view": StepView(
                step="sample",
                title=say("Set up an app"),
                template="sample/partial.html",
                data={"secret": "JBSW Y3DP EHPK 3PXP"},
                fields=(CODE,),
                actions=(Action(label=say("Turn on")),),
            )
        },
    ),
    "every-field": Sample(
        template="auth/journey.html",
        title=say("Every field"),
        data={
            "view": StepView(
                step="all",
                title=say("Every field"),
                fields=EVERY_KIND,
                actions=(Action(label=say("Save")),),
                errors={field.name: say("Check this") for field in EVERY_KIND if field.kind is not FieldKind.HIDDEN},
            )
        },
    ),
    "bare-step": Sample(
        template="auth/journey.html",
        title=say("Wait"),
        data={"view": StepView(step="wait", title=say("Approve on the other device"))},
    ),
    "message": Sample(
        template="auth/message.html",
        title=say("Look into your mailbox"),
        data={
            "lead": say("If there is an account for this address, a message is on its way."),
            "symbol": "mail",
            "next": {"label": say("Back to sign-in"), "href": "/sign-in"},
        },
    ),
    "message-bare": Sample(
        template="auth/message.html", title=say("Done"), data={"lead": say("You can close this page.")}
    ),
    "signed-out": Sample(template="auth/signed_out.html", title=text("web.signed_out.title")),
    "signed-out-more": Sample(
        template="auth/signed_out.html",
        title=text("web.signed_out.title"),
        data={
            "application": {"title": "Acme Shop", "href": "https://shop.acme.example/"},
            "others": ["Acme Wiki", "Acme Desk"],
        },
    ),
    "sign-out": Sample(
        template="auth/confirm.html",
        title=say("Sign out?"),
        data={
            "lead": say("You’ll be signed out here."),
            "label": say("Sign out"),
            "action": "/sign-out",
            "cancel": "/account",
        },
    ),
    "error": Sample(
        template="errors/error.html",
        title=text("error.title.error"),
        data={
            "sentence": text("error.unexpected"),
            "reference": "req_019a7c3e5d2f7b1c",
            "next": {"label": say("Back to Acme Shop"), "href": "https://shop.acme.example/"},
        },
    ),
    "error-bare": Sample(
        template="errors/error.html",
        title=text("error.title.too_many"),
        data={"sentence": text("error.too_many", seconds=42)},
    ),
    "profile": Sample(
        template="account/profile.html",
        title=say("Profile"),
        nav="account",
        data={
            "fields": EVERY_KIND[:3],
            "typed": {"title": "Countess"},
            "saved": True,
            "identifiers": [
                {"kind": "email", "value": "ada@acme.example", "verified": True, "href": "/account/email"},
                {"kind": "phone", "value": "+44 20 7946 0000", "verified": False},
            ],
        },
    ),
    "profile-errors": Sample(
        template="account/profile.html",
        title=say("Profile"),
        nav="account",
        data={"fields": EVERY_KIND[:3]},
        errors={"title": say("Enter a title of at most 80 characters")},
    ),
    "security": Sample(
        template="account/security.html",
        title=say("Security"),
        nav="account",
        data={
            "message": say("Your authenticator app is set up."),
            "ways": [
                {
                    "icon": "passkey",
                    "label": say("Passkeys"),
                    "hint": say("Sign in with your fingerprint, face or screen lock."),
                    "add": "/account/security/add/passkey",
                    "credentials": [CREDENTIAL, {"label": say("Phone"), "added": AT, "used": None}],
                },
                {
                    "icon": "log",
                    "label": say("Recovery codes"),
                    "hint": say("For when you can’t use anything else."),
                    "add": "/account/security/add/codes",
                    "credentials": [{"label": say("Codes"), "added": AT, "left": 2}],
                },
                {
                    "icon": "phone",
                    "label": say("Authenticator app"),
                    "hint": say("Six digits from your phone."),
                    "credentials": [],
                },
            ],
            "end_others": "/account/sessions/end-others",
            "sessions": [
                {
                    "id": "1",
                    "title": "Firefox on Linux",
                    "place": "127.0.0.1",
                    "seen": AT,
                    "current": True,
                    "end": "/e/1",
                },
                {"id": "2", "title": "Safari on iPhone", "seen": AT, "current": False, "end": "/e/2", "icon": "phone"},
            ],
        },
    ),
    "security-empty": Sample(
        template="account/security.html",
        title=say("Security"),
        nav="account",
        data={"ways": [], "sessions": [{"id": "1", "title": "Firefox", "seen": AT, "current": True, "end": "/e/1"}]},
        errors={"": say("This is your last way to sign in. Add another one first.")},
    ),
    "activity": Sample(
        template="account/activity.html",
        title=say("Activity"),
        nav="account",
        data={
            "entries": [
                {"icon": "check", "title": say("Signed in with a passkey"), "place": "127.0.0.1", "at": AT},
                {
                    "icon": "alert",
                    "title": say("Wrong password, three times"),
                    "at": AT,
                    "report": "/account/activity/2",
                },
            ],
            "next": "/account/activity?after=2",
        },
    ),
    "activity-empty": Sample(
        template="account/activity.html", title=say("Activity"), nav="account", data={"entries": []}
    ),
    "account-confirm": Sample(
        template="account/confirm.html",
        title=say("Remove “Blue security key”?"),
        nav="account",
        data={
            "lead": say("You can’t sign in with it any more."),
            "label": say("Remove it"),
            "cancel": "/account/security",
        },
    ),
    "account-form": Sample(
        template="account/form.html",
        title=say("Name this security key"),
        nav="account",
        data={
            "fields": (Field(name="label", label=say("Name"), value="Blue security key"),),
            "cancel": "/account/security",
        },
        errors={"label": say("Use at most 64 printable characters")},
    ),
    "overview": Sample(
        template="console/overview.html",
        title=say("Overview"),
        nav="console",
        data={
            "lead": say("The last seven days, compared with the week before."),
            "figures": [
                {
                    "label": say("Sign-ins"),
                    "value": "35,570",
                    "change": "+6.2 %",
                    "tone": "up",
                    "href": "/console/audit?kind=sign-in",
                },
                {"label": say("New users"), "value": "1,204", "href": "/console/users"},
                {"label": say("Finished on first try"), "value": "94.1 %", "href": "/console/audit"},
                {
                    "label": say("Attacks stopped"),
                    "value": "2,870",
                    "change": "3 times more",
                    "tone": "down",
                    "href": "/console/audit",
                },
            ],
            "bars": {
                "title": say("How people sign in"),
                "rows": [
                    {"label": say("Passkey"), "percent": 62, "href": "/console/audit"},
                    {"label": say("Password"), "percent": 38, "href": "/console/audit"},
                ],
            },
            "todo": [
                {
                    "icon": "alert",
                    "title": say("The certificate of “Tatra Rescue” ends in 9 days"),
                    "meta": say("214 people sign in with it"),
                    "label": say("Look"),
                    "href": "/console/plugins",
                }
            ],
            "chart": {
                "title": say("Sign-ins"),
                "summary": say("Between 1 and 2 a day"),
                "lines": [
                    {
                        "label": say("Succeeded"),
                        "points": "M70 111L690 16",
                        "area": "M70 111L690 16V206H70Z",
                        "total": "3",
                    }
                ],
                "grid": [{"y": 206.0, "label": "0"}, {"y": 16.0, "label": "2"}],
                "days": [{"x": 70.0, "label": "Nov 11"}, {"x": 690.0, "label": "Nov 12"}],
                "columns": [say("Day"), say("Succeeded")],
                "rows": [
                    [{"value": "", "day": AT.date()}, {"value": "1"}],
                    [{"value": "", "day": AT.date()}, {"value": "2"}],
                ],
            },
            "events": [{"text": say("A secret of “Shop” was rotated"), "who": say("Robin"), "at": AT}],
            "log": "/console/audit",
        },
    ),
    "overview-bare": Sample(
        template="console/overview.html", title=say("Overview"), nav="console", data={"figures": []}
    ),
    "users": Sample(
        template="console/list.html",
        title=say("Users"),
        nav="console",
        data={
            "lead": say("Everyone who can sign in to Acme’s applications."),
            "add": {"label": say("Add a user"), "href": "/console/users/new"},
            "tabs": [
                {"label": say("All"), "href": "/console/users", "count": 2, "current": True},
                {"label": say("Blocked"), "href": "/console/users?status=blocked", "count": 1},
            ],
            "search": {"value": "", "label": say("Name, e-mail or identifier")},
            "columns": COLUMNS,
            "rows": ROWS,
            "shown": say("2 users"),
            "previous": "/console/users?before=1",
            "next": "/console/users?after=2",
        },
    ),
    "users-empty": Sample(
        template="console/list.html",
        title=say("Users"),
        nav="console",
        data={"search": {"value": "zzz", "label": say("Name")}, "columns": COLUMNS, "rows": [], "nothing": NOTHING},
    ),
    "list-bare": Sample(
        template="console/list.html",
        title=say("Keys"),
        nav="console",
        data={"columns": COLUMNS, "rows": [], "nothing": NOTHING},
    ),
    "settings": Sample(
        template="console/form.html",
        title=say("Password"),
        nav="console",
        data={
            "crumbs": [{"label": say("Plugins"), "href": "/console/plugins"}],
            "lead": say("How passwords are chosen and checked."),
            "fields": EVERY_KIND,
            "message": say("Saved."),
            "cancel": "/console/plugins",
            "submit": say("Save the settings"),
        },
    ),
    "settings-errors": Sample(
        template="console/form.html",
        title=say("Password"),
        nav="console",
        data={
            "groups": [
                {"title": say("Rules"), "lead": say("What a new password must meet."), "fields": EVERY_KIND[:4]},
                {"title": say("Limits"), "fields": EVERY_KIND[4:]},
            ],
            "typed": {"length": "four"},
        },
        errors={
            "length": say("Enter a whole number from 8 to 64"),
            "": say("Somebody else changed these settings meanwhile"),
        },
    ),
    "user": Sample(
        template="console/detail.html",
        title=say("Ada Quillfeather"),
        nav="console",
        data={
            "crumbs": [{"label": say("Users"), "href": "/console/users"}],
            "lead": "ada@acme.example",
            "actions": [
                {"label": say("Edit"), "href": "/console/users/1/edit"},
                {"label": say("Block"), "href": "/console/users/1/block", "harmful": True},
            ],
            "facts": [
                {"label": say("Identifier"), "value": "019a7c3e-5d2f-7b1c-9d4e-000000000001", "code": True},
                {"label": say("Status"), "value": say("Active"), "tone": "good"},
                {"label": say("Last sign-in"), "when": AT},
                {"label": say("Organisation"), "value": "Analytical Engines", "href": "/console/organisations/1"},
                {"label": say("Note"), "value": "Prefers letters"},
            ],
            "parts": [
                {
                    "title": say("Sessions"),
                    "lead": say("Where this person is signed in."),
                    "columns": [say("Device"), say("Since")],
                    "rows": [[{"value": "Firefox on Linux"}, {"when": AT}]],
                    "add": {"label": say("Invite"), "href": "/console/users/1/invite"},
                },
                {"title": say("Grants"), "columns": [], "rows": []},
            ],
        },
    ),
    "user-bare": Sample(template="console/detail.html", title=say("Shop"), nav="console"),
    "erase": Sample(
        template="console/confirm.html",
        title=say("Erase Ada Quillfeather?"),
        nav="console",
        data={
            "lead": say("Ends 3 sessions and removes 2 credentials. It can’t be undone."),
            "label": say("Erase"),
            "action": "/console/users/1/erase",
            "cancel": "/console/users/1",
            "word": "ada@acme.example",
            "rows": [{"label": say("Sessions"), "value": "3"}],
        },
    ),
    "rows": Sample(
        template="console/list.html",
        title=say("Users"),
        nav="console",
        data={"columns": COLUMNS, "rows": ROWS},
        is_fragment=True,
    ),
    "parts": Sample(template="sample/parts.html", title=say("Parts")),
}

EMAILS: Mapping[str, SampleEmail] = {
    "code": SampleEmail(
        data={
            "subject": say("482913 is your code"),
            "body": (say("Enter this code to sign in to Acme Stores."), say("It is valid for ten minutes.")),
            "code": "482913",
            "small": (say("If this wasn’t you, ignore this message: nobody gets in without the code."),),
        }
    ),
    "link": SampleEmail(
        data={
            "subject": say("Set a new password"),
            "body": (say("Somebody asked for a new password for your account."),),
            "link": "https://login.acme.example/recover/xrl_0123456789abcdef0123456789abcdef0123456789abcdef?ui_locales=en",
            "link_label": say("Set a new password"),
            "more": [{"label": say("This wasn’t me"), "address": "https://login.acme.example/not-me/xdisown_0123"}],
        }
    ),
    "notice": SampleEmail(
        data={"subject": say("Your password was changed"), "body": (say("It was changed a minute ago."),)}
    ),
}


def catalogue() -> Catalogue:
    """The shell's own sentences."""
    made = Catalogue()
    made.add(read_locales(LOCALES))
    made.add(read_locales(ROOT / "core" / "xenia" / "locales"))
    return made


def renderer() -> HtmlRenderer:
    """A renderer as the host makes it, with one plugin, ``sample``, that brings templates of its own."""
    return HtmlRenderer(catalogue(), Assets(), {"sample": Path(__file__).with_name("templates")})


def frame(sample: Sample, locale: str = "en", base: str = "") -> Frame:
    """The frame of a tenant named Acme Stores, with somebody signed in where there is a menu."""
    nav = NAV[sample.nav]
    return Frame(
        locale=locale,
        base=base,
        here=f"{base}{nav[1].href}" if nav else f"{base}/j/6f1c",
        tenant="Acme Stores",
        csrf_token="masked-token",
        signed_in=bool(nav),
        who="ada@acme.example" if nav else "",
        menus=lambda _area: nav,
    )
