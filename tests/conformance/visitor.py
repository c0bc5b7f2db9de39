"""A person's browser without script: keeps cookies, follows redirects within the provider, and says where it came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

from tests.conformance.expect import NotConforming
from tests.conformance.forms import Form, forms_of

_MOST_REDIRECTS = 20


@dataclass(frozen=True)
class Arrival:
    """The browser left the provider: for which address, with what, and how it was carried (``query``, ``fragment``, ``form_post``)."""

    address: str
    parameters: dict[str, str]
    mode: str


@dataclass(frozen=True)
class Page:
    """The provider shows something to the person."""

    address: str
    status: int
    text: str
    policy: str = ""

    def check_leads_to(self, address: str) -> None:
        """Browsers hold a form's answer to ``form-action`` too, redirects included. Raises ``NotConforming``."""
        if not all(_allows(policy, self.address, address) for policy in self.policy.split(",")):
            raise NotConforming(f"a browser stops before {origin(address)}: the page's form-action forbids it")

    @property
    def forms(self) -> list[Form]:
        """What can be filled in."""
        return forms_of(self.text)

    def form(self, *names: str) -> Form:
        """The form with these fields. Raises ``NotConforming``."""
        for form in self.forms:
            if form.has(*names):
                return form
        raise NotConforming(
            f"the page at {self.address} ({self.status}) has no form with {', '.join(names) or 'anything'}"
        )


Outcome = Arrival | Page


def stayed(outcome: Outcome, otherwise: str = "the person was led away") -> Page:
    """The page that the person stays on. Raises ``NotConforming`` with the sentence ``otherwise`` where there is none."""
    if isinstance(outcome, Page):
        return outcome
    raise NotConforming(otherwise)


class Visitor:
    """One browser. ``transport`` is the way to the provider, honest or not."""

    def __init__(self, issuer: str, transport: httpx2.AsyncBaseTransport) -> None:
        self._origin = origin(issuer)
        self._http = httpx2.AsyncClient(transport=transport, headers={"accept": "text/html", "accept-language": "en"})

    async def open(self, address: str) -> Outcome:
        """Go to an address, as a link of another site leads there."""
        return await self._settled(await self._http.get(address, headers={"sec-fetch-site": "cross-site"}))

    async def post(self, address: str, fields: Mapping[str, str]) -> Outcome:
        """Send a form that another site shows."""
        headers = {"sec-fetch-site": "cross-site"}
        return await self._settled(await self._http.post(address, data=dict(fields), headers=headers))

    async def submit(self, page: Page, form: Form, **fields: str) -> Outcome:
        """Fill in a form of a page and send it."""
        address, headers = urljoin(page.address, form.action), {"sec-fetch-site": "same-origin", "origin": self._origin}
        page.check_leads_to(address)
        return await self._settled(
            await self._http.post(address, data={**form.fields, **fields}, headers=headers), page
        )

    async def _settled(self, response: httpx2.Response, sender: Page | None = None) -> Outcome:
        for _ in range(_MOST_REDIRECTS):
            if not response.is_redirect:
                return self._shown(response)
            address = urljoin(str(response.url), response.headers["location"])
            if sender:
                sender.check_leads_to(address)
            if origin(address) != self._origin:
                return _arrived(address)
            response = await self._http.get(address)
        raise NotConforming("the provider redirects in circles")

    def _shown(self, response: httpx2.Response) -> Outcome:
        """A page, unless it is a form that posts itself to somebody else."""
        policy = response.headers.get("content-security-policy", "")
        page = Page(str(response.url), response.status_code, response.text, policy)
        for form in page.forms:
            address = urljoin(page.address, form.action)
            if origin(address) != self._origin:
                page.check_leads_to(address)
                return Arrival(address, form.fields, "form_post")
        return page


def origin(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _allows(policy: str, page: str, address: str) -> bool:
    """Whether a content security policy lets a form of a page lead to an address (CSP Level 3 section 6.4.2)."""
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == "form-action":
            mine = {"'self'"} if origin(page) == origin(address) else set()
            return bool({origin(address), f"{urlsplit(address).scheme}:", *mine} & set(sources))
    return True


def _arrived(address: str) -> Arrival:
    parts = urlsplit(address)
    mode = "fragment" if parts.fragment else "query"
    return Arrival(address.partition("#")[0].partition("?")[0], dict(parse_qsl(parts.fragment or parts.query)), mode)
