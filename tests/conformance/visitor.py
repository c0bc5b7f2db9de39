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


class Visitor:
    """One browser. ``transport`` is the way to the provider, honest or not."""

    def __init__(self, issuer: str, transport: httpx2.AsyncBaseTransport) -> None:
        self._origin = origin(issuer)
        self._http = httpx2.AsyncClient(transport=transport, headers={"accept": "text/html", "accept-language": "en"})

    async def open(self, address: str) -> Outcome:
        """Go to an address, as a link of another site leads there."""
        return await self._settled(await self._http.get(address, headers={"sec-fetch-site": "cross-site"}))

    async def post(self, address: str, fields: Mapping[str, str], *, site: str = "cross-site") -> Outcome:
        """Send a form, by default one that another site shows."""
        headers = {"sec-fetch-site": site, **({"origin": self._origin} if site == "same-origin" else {})}
        return await self._settled(await self._http.post(address, data=dict(fields), headers=headers))

    async def submit(self, page: Page, form: Form, **fields: str) -> Outcome:
        """Fill in a form of a page and send it."""
        return await self.post(urljoin(page.address, form.action), {**form.fields, **fields}, site="same-origin")

    async def _settled(self, response: httpx2.Response) -> Outcome:
        for _ in range(_MOST_REDIRECTS):
            if not response.is_redirect:
                return self._shown(response)
            address = urljoin(str(response.url), response.headers["location"])
            if origin(address) != self._origin:
                return _arrived(address)
            response = await self._http.get(address)
        raise NotConforming("the provider redirects in circles")

    def _shown(self, response: httpx2.Response) -> Outcome:
        """A page, unless it is a form that posts itself to somebody else."""
        page = Page(str(response.url), response.status_code, response.text)
        for form in page.forms:
            address = urljoin(page.address, form.action)
            if origin(address) != self._origin:
                return Arrival(address, form.fields, "form_post")
        return page


def origin(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _arrived(address: str) -> Arrival:
    parts = urlsplit(address)
    mode = "fragment" if parts.fragment else "query"
    return Arrival(address.partition("#")[0].partition("?")[0], dict(parse_qsl(parts.fragment or parts.query)), mode)
