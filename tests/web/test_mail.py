"""E-mails: one message in two forms."""

from __future__ import annotations

import pytest

from tests.web.samples import EMAILS, catalogue, say
from xenia_web.mail import Mails

MAILS = Mails(catalogue())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", EMAILS)
def test_every_email_says_the_same_in_both_forms(name: str, language: str) -> None:
    data = EMAILS[name].data
    made = MAILS.render(EMAILS[name].template, data, language, "Acme Stores")
    for wanted in ("Acme Stores", data.get("code", ""), data.get("link", "")):
        assert wanted in made.text
        assert wanted.replace("/", "&#x2f;") in made.html or wanted in made.html
    assert len(made.html) < 100_000


def test_a_code_stands_alone_on_its_line() -> None:
    made = MAILS.render("emails/message", EMAILS["code"].data, "en", "Acme Stores")
    assert "482913" in made.text.splitlines()


def test_plain_text_is_not_escaped() -> None:
    data = {"subject": say("Ada & <co>"), "body": (say('It’s <here> & "there"'),)}
    made = MAILS.render("emails/message", data, "en", "Acme & Sons")
    assert 'It’s <here> & "there"' in made.text
    assert "<here>" not in made.html


def test_a_subject_is_one_line() -> None:
    data = {"subject": say("Hello\r\nBcc: everybody@example.com"), "body": ()}
    assert MAILS.render("emails/message", data, "en", "Acme").subject == "Hello Bcc: everybody@example.com"


def test_an_email_loads_nothing_from_afar() -> None:
    for email in EMAILS.values():
        html = MAILS.render(email.template, email.data, "en", "Acme").html
        assert "<img" not in html
        assert "url(" not in html
