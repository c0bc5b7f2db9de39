"""What a tenant may decide about text messages: section ``[plugins.sms]`` of its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from xenia.api import Invalid, Secret, Text, text
from xenia_sms.body import Template, TemplateWrong
from xenia_sms.numbers import known_countries

Url = Annotated[str, Meta(max_length=500, pattern=r"\A(?:https?://[^\s#@/?]+(?:[/?][^\s#]*)?)?\Z")]
NoneOrCountry = Annotated[str, Meta(pattern=r"\A(?:[A-Z]{2})?\Z")]
HeaderName = Annotated[str, Meta(max_length=100, pattern=r"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")]
HeaderValue = Annotated[str, Meta(max_length=500, pattern=r"\A[ -~]*\Z")]
Account = Annotated[str, Meta(pattern=r"\A(?:AC[0-9a-f]{32})?\Z")]
Key = Annotated[str, Meta(pattern=r"\A(?:SK[0-9a-f]{32})?\Z")]
Sender = Annotated[str, Meta(pattern=r"\A(?:MG[0-9a-f]{32}|\+[1-9][0-9]{6,14}|[0-9]{3,6}|[A-Za-z0-9 ]{1,11})?\Z")]
Units = Annotated[int, Meta(ge=1, le=10_000_000)]
Price = Annotated[int, Meta(ge=1, le=100_000)]
Few = Annotated[int, Meta(ge=1, le=100)]
Many = Annotated[int, Meta(ge=1, le=10_000)]

OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"})
"""Headers that belong to the exchange itself."""

SECRET_BY_NATURE = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers whose value has to be sealed."""


NEW_SHARE = 2
"""New numbers and first proofs get one part in so many of a budget."""


class Provider(StrEnum):
    """Who carries the messages."""

    NONE = "none"
    HTTP = "http"
    TWILIO = "twilio"


class BodyFormat(StrEnum):
    """How the body for a gateway is written."""

    JSON = "json"
    FORM = "form"


class SmsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who carries text messages, whereto and how many, and where in a sign-in a code by text message may stand.

    Nothing is sent before a provider and the countries are named.
    """

    provider: Annotated[Provider, Meta(description="Who carries messages: `none`, an `http` gateway or `twilio`.")] = (
        Provider.NONE
    )
    countries: Annotated[
        tuple[str, ...],
        Meta(
            max_length=300,
            description="Whereto messages go (ISO 3166: `DE`, `AT`), one country each line. Empty: nowhere.",
        ),
    ] = ()
    default_country: Annotated[
        NoneOrCountry, Meta(description="The country of numbers that are typed without `+`. Empty: `+` is asked for.")
    ] = ""
    hour_budget: Annotated[Units, Meta(description="What messages may cost within an hour, in units.")] = 100
    day_budget: Annotated[Units, Meta(description="What messages may cost within a day, in units.")] = 500
    prices: Annotated[
        dict[str, Price], Meta(description="What a message to a country costs, in units. All others: one.")
    ] = {}
    number_per_day: Annotated[Few, Meta(description="How many messages one number gets within a day.")] = 20
    source_per_hour: Annotated[Many, Meta(description="How many codes one network address asks for in an hour.")] = 20
    first: Annotated[
        bool, Meta(description="A code may be the first proof too. A stranger can then have messages sent.")
    ] = False
    minutes: Annotated[Annotated[int, Meta(ge=3, le=10)], Meta(description="How many minutes a code works.")] = 10
    attempts: Annotated[Annotated[int, Meta(ge=3, le=10)], Meta(description="How often a code may be tried.")] = 5
    resend_seconds: Annotated[
        Annotated[int, Meta(ge=30, le=600)], Meta(description="After how many seconds another code may be asked for.")
    ] = 60
    most_messages: Annotated[
        Annotated[int, Meta(ge=1, le=10)], Meta(description="How many codes one sign-in may ask for.")
    ] = 3
    http_url: Annotated[Url, Meta(description="Where the gateway takes messages, by POST.")] = ""
    http_format: Annotated[BodyFormat, Meta(description="How the body is written: `json` or `form`.")] = BodyFormat.JSON
    http_body: Annotated[
        Annotated[str, Meta(max_length=4000)],
        Meta(
            description="The body, with `{to}` (or `{digits}`, the number without `+`), `{text}` and, if wanted, `{id}`."
        ),
    ] = '{"to": "{to}", "text": "{text}"}'
    http_headers: Annotated[
        dict[HeaderName, HeaderValue], Meta(max_length=20, description="More headers, none of them secret.")
    ] = {}
    http_secret_header: Annotated[
        Annotated[str, Meta(max_length=100, pattern=r"\A[A-Za-z0-9!#$%&'*+.^_`|~-]*\Z")],
        Meta(description="The header that carries the secret."),
    ] = "Authorization"  # noqa: S105  a name
    http_secret: Annotated[Secret, Meta(description="That header's whole value, such as `Bearer ...`.")] = Secret()
    http_success: Annotated[
        Annotated[str, Meta(max_length=200)],
        Meta(description="Words that an answer must hold to be a success, besides its status of 2xx. Empty: none."),
    ] = ""
    twilio_account: Annotated[Account, Meta(description="The account's SID (`AC...`).")] = ""
    twilio_key: Annotated[Key, Meta(description="An API key's SID (`SK...`). Empty: the account's own token.")] = ""
    twilio_token: Annotated[Secret, Meta(description="The secret of the API key, or the account's token.")] = Secret()
    twilio_sender: Annotated[
        Sender, Meta(description="A number, a name, a short code, or a messaging service's SID (`MG...`).")
    ] = ""
    twilio_url: Annotated[Url, Meta(description="Where the API is, for a region of your own.")] = (
        "https://api.twilio.com"
    )

    def __post_init__(self) -> None:
        """Name every mistake at once. Secrets are looked at when they are needed: a blank one keeps what is stored."""
        if problems := {**_wrong_countries(self), **_wrong_provider(self)}:
            raise Invalid(problems)

    def doubts(self) -> Sequence[Text]:
        """A budget under which numbers of a country can be used, but not set up."""
        dear = (
            sorted(country for country in self.countries if self.price(country) > self.for_new) if self.is_ready else []
        )
        return (text("sms.settings.half", countries=", ".join(dear), half=self.for_new),) if dear else ()

    @property
    def for_new(self) -> int:
        """What new numbers and first proofs may cost at most, in the window that has less."""
        return min(self.hour_budget, self.day_budget) // NEW_SHARE

    @property
    def can_enrol(self) -> bool:
        """Whether a number of at least one country can be set up."""
        return self.is_ready and any(self.price(country) <= self.for_new for country in self.countries)

    @property
    def is_ready(self) -> bool:
        """Whether anything can be sent at all."""
        return self.provider is not Provider.NONE

    def price(self, country: str) -> int:
        """What a message to a country costs."""
        return self.prices.get(country, 1)

    @property
    def dearest(self) -> int:
        """What a message costs at most: told of nobody's country."""
        return max((self.price(country) for country in self.countries), default=1)


def _wrong_countries(settings: SmsSettings) -> Mapping[str, Text]:
    if not settings.is_ready:
        return {}
    if not settings.countries:
        return {"countries": text("sms.settings.no_country")}
    problems = {}
    if unknown := sorted({*settings.countries, *settings.prices} - known_countries()):
        where = "countries" if set(unknown) & set(settings.countries) else "prices"
        problems[where] = text(f"sms.settings.unknown.{where}", country=unknown[0])
    if settings.default_country and settings.default_country not in settings.countries:
        problems["default_country"] = text("sms.settings.default_country")
    if settings.dearest > min(settings.hour_budget, settings.day_budget):
        problems["prices"] = text("sms.settings.price")
    return problems


def _wrong_provider(settings: SmsSettings) -> Mapping[str, Text]:
    if settings.provider is Provider.HTTP:
        return {**_wrong_gateway(settings), **_wrong_headers(settings)}
    if settings.provider is Provider.TWILIO:
        needed = {"twilio_account": settings.twilio_account, "twilio_sender": settings.twilio_sender}
        return {
            name: text("form.required")
            for name, value in {**needed, "twilio_url": settings.twilio_url}.items()
            if not value
        }
    return {}


def _wrong_gateway(settings: SmsSettings) -> Mapping[str, Text]:
    problems = {} if settings.http_url else {"http_url": text("form.required")}
    try:
        Template.read(settings.http_body, as_json=settings.http_format is BodyFormat.JSON)
    except TemplateWrong as problem:
        problems["http_body"] = problem.sentence
    return problems


def _wrong_headers(settings: SmsSettings) -> Mapping[str, Text]:
    names = {name.lower() for name in settings.http_headers}
    if found := sorted(names & OURS):
        return {"http_headers": text("sms.settings.our_header", name=found[0])}
    if found := sorted(names & {*SECRET_BY_NATURE, settings.http_secret_header.lower()}):
        return {"http_headers": text("sms.settings.secret_header", name=found[0])}
    if settings.http_secret_header.lower() in OURS:
        return {"http_secret_header": text("sms.settings.our_header", name=settings.http_secret_header.lower())}
    return {}
