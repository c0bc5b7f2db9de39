"""Every template, in every state that has a sample: it renders, it escapes, it keeps the rules of the strict policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from tests.web.samples import AT, EMAILS, ROOT, SAMPLES, TEMPLATES, Sample, frame
from xenia.api import Text, literal
from xenia_web.renderer import HtmlRenderer

LANGUAGES = ("en", "de", "en-XA", "en-XB")
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
WEB_PAGES = [page for page in PAGES if not page.startswith("emails/")]
PLUGIN_PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/templates/**/*.html"))
FORBIDDEN = re.compile(
    r"""style=|\son[a-z]+=|hx-on|js:|javascript:|\|\s*safe|<style|autoescape|<script(?![^>]*\bsrc=)""", re.I
)
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "</title><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
)


class Document(HTMLParser):
    """What a page consists of, as far as the rules ask."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of every tag of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(params=SAMPLES, name="sample")
def _sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_renders_in_every_language(renderer: HtmlRenderer, sample: Sample, language: str) -> None:
    page = renderer.draw(sample, frame(sample, language))
    assert page.strip()
    assert "web." not in re.sub(r"<[^>]*>", "", page), "a sentence without words"


def test_every_page_has_a_sample() -> None:
    pages = {page for page in WEB_PAGES if not page.startswith(("layouts/", "components/"))}
    assert pages <= {sample.template for sample in SAMPLES.values()}


@pytest.mark.parametrize("path", [*(f"templates/{page}" for page in WEB_PAGES), *PLUGIN_PAGES])
def test_a_template_keeps_to_the_strict_policy(path: str) -> None:
    assert not FORBIDDEN.findall((ROOT / path).read_text("utf-8"))


def test_a_drawn_page_keeps_to_the_strict_policy(renderer: HtmlRenderer, sample: Sample) -> None:
    page = renderer.draw(sample, frame(sample))
    for tag, attributes in Document(page).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith(("on", "hx-on"))]
        assert not any((value or "").startswith(("data:", "javascript:")) for value in attributes.values())


def test_a_page_has_one_main_part_one_title_and_headings_in_order(renderer: HtmlRenderer, sample: Sample) -> None:
    page = renderer.draw(sample, frame(sample))
    if sample.is_fragment:
        return
    document = Document(page)
    assert len(document.all("main")) == len(document.all("h1")) == len(document.all("title")) == 1
    assert document.all("main")[0]["id"] == "main"
    assert document.all("html")[0] == {"lang": "en", "dir": "ltr"}
    ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_posting_form_works_without_script_and_carries_the_token(renderer: HtmlRenderer, sample: Sample) -> None:
    page = renderer.draw(sample, frame(sample, base="/t/acme"))
    forms = [form for form in Document(page).all("form") if form.get("method") == "post"]
    assert page.count('name="csrf" value="masked-token"') == len(forms)
    for form in forms:
        assert (form["action"] or "").startswith("/t/acme/")
        assert form.get("hx-post", form["action"]) == form["action"]


def test_every_field_has_a_label_and_every_description_exists(renderer: HtmlRenderer, sample: Sample) -> None:
    document = Document(renderer.draw(sample, frame(sample)))
    ids = {attributes.get("id") for _, attributes in document.tags}
    labelled = {label.get("for") for label in document.all("label")}
    for field in document.all("input", "select", "textarea"):
        if field.get("type") != "hidden" and field.get("aria-hidden") != "true":
            assert field.get("id") in labelled
    for _, attributes in document.tags:
        assert set((attributes.get("aria-describedby") or "").split()) <= ids
        assert set((attributes.get("aria-labelledby") or "").split()) <= ids


def test_every_local_address_lies_below_the_tenant(renderer: HtmlRenderer, sample: Sample) -> None:
    page = renderer.draw(sample, frame(sample, base="/t/acme"))
    for _, attributes in Document(page).tags:
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            address = attributes.get(name) or ""
            assert not address.startswith("/") or address.startswith("/t/acme/"), address


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_value_becomes_markup(renderer: HtmlRenderer, sample: Sample, attack: str) -> None:
    harmless, hostile = _with_words(sample, "words"), _with_words(sample, attack)
    around = msgspec.structs.replace(frame(sample), tenant=attack, who=attack, csrf_token=attack)
    expected = [(tag, sorted(names)) for tag, names in Document(renderer.draw(harmless, frame(sample))).tags]
    page = renderer.draw(hostile, around)
    assert [(tag, sorted(names)) for tag, names in Document(page).tags] == expected
    assert attack.count("{{") <= page.count("{{ 7 * 7 }}")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", EMAILS)
def test_no_value_becomes_markup_in_an_email(renderer: HtmlRenderer, name: str, attack: str) -> None:
    email = EMAILS[name]
    made = renderer.render_email(email.template, _hostile(email.data, attack), _context(), tenant=attack)
    expected = renderer.render_email(email.template, _hostile(email.data, "words"), _context(), tenant="words")
    assert [tag for tag, _ in Document(made.html).tags] == [tag for tag, _ in Document(expected.html).tags]
    assert made.subject == " ".join(attack.split())


def test_an_error_is_told_by_the_title_the_summary_and_the_field(renderer: HtmlRenderer) -> None:
    sample = SAMPLES["password"]
    page = renderer.draw(sample, frame(sample))
    assert "<title>Error: Enter your password – Acme Stores</title>" in page
    assert 'href="#field-password"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="field-password-error"' in page


def test_a_password_that_was_typed_never_comes_back(renderer: HtmlRenderer) -> None:
    sample = SAMPLES["settings-errors"]
    data = {**sample.data, "typed": {"secret": "s3cret-as-typed"}}
    page = renderer.draw(msgspec.structs.replace(sample, data=data), frame(sample))
    assert "s3cret-as-typed" not in page


def test_a_code_is_one_field_that_phones_can_fill(renderer: HtmlRenderer) -> None:
    sample = SAMPLES["code"]
    fields = [one for one in Document(renderer.draw(sample, frame(sample))).all("input") if one.get("name") == "code"]
    assert [(field["autocomplete"], field["inputmode"]) for field in fields] == [("one-time-code", "numeric")]
    assert "maxlength" not in fields[0]


def test_a_fragment_is_its_title_and_its_part_alone(renderer: HtmlRenderer) -> None:
    sample = SAMPLES["rows"]
    page = renderer.draw(sample, frame(sample))
    assert page.lstrip().startswith("<title>Users – Acme Stores</title>")
    assert "<html" not in page
    assert "Ada Quillfeather" in page


def test_a_page_reads_from_right_to_left_where_its_language_does(renderer: HtmlRenderer) -> None:
    sample = SAMPLES["sign-in"]
    for language in ("ar", "he", "fa", "ur", "en-XB"):
        assert f'<html lang="{language}" dir="rtl">' in renderer.draw(sample, frame(sample, language))


def _context() -> Any:
    from xenia.api import Context

    return Context("acme")


def _with_words(sample: Sample, words: str) -> Sample:
    return msgspec.structs.replace(
        sample, title=literal(words), data=_hostile(sample.data, words), errors=_hostile(sample.errors, words)
    )


KEPT = frozenset({"template", "kind", "name", "icon", "symbol", "tone", "step", "autocomplete", "action", "code"})


def _hostile(value: Any, words: str) -> Any:
    """The same data with ``words`` in place of everything that a person or an application may have written."""
    if isinstance(value, Text):
        return literal(words)
    if isinstance(value, Mapping):
        return {name: one if name in KEPT else _hostile(one, words) for name, one in value.items()}
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **dict(_changed(value, words)))
    if isinstance(value, list | tuple):
        return type(value)(_hostile(one, words) for one in value)
    return words if isinstance(value, str) and value else value


def _changed(struct: msgspec.Struct, words: str) -> Iterator[tuple[str, Any]]:
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if name not in KEPT and value != AT:
            yield name, _hostile(value, words)
