"""Answers at the redirect URI: query, fragment or form_post, always with ``iss`` (RFC 9207 section 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.api import NotFound, Page, Redirect, path_below, tenant_of, text
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.client import origin_of
from xenia_oidc.errors import AuthorizationError
from xenia_oidc.provider import Provider

FORM_POST = "ofp"
_FORM_LIFE = timedelta(seconds=60)


class FormPost(msgspec.Struct, frozen=True):
    """A form that the browser posts to the application (OAuth 2.0 Form Post Response Mode)."""

    action: str
    fields: dict[str, str]


def leads_to(redirect_uri: str) -> str:
    """What a content security policy must name so that a form's answer may lead there: an origin, or an application's
    scheme.
    """
    return origin_of(redirect_uri) or redirect_uri.partition(":")[0] + ":"


def refusal(inquiry: Inquiry, error: AuthorizationError) -> Response[Any]:
    """The error, told to the application."""
    return answer(inquiry, error.document())


def answer(inquiry: Inquiry, parameters: dict[str, str]) -> Response[Any]:
    """``parameters`` with ``state`` and ``iss``, in the mode that was asked for."""
    whole = {**parameters, **({"state": inquiry.state} if inquiry.state else {}), "iss": inquiry.tenant.issuer}
    if inquiry.response_mode == "form_post":
        return form_page(FormPost(inquiry.redirect_uri, whole))
    return Redirect(with_parameters(inquiry.redirect_uri, whole, fragment=inquiry.response_mode == "fragment"))


def with_parameters(uri: str, parameters: dict[str, str], *, fragment: bool = False) -> str:
    """``uri`` with more parameters; those it has are kept (RFC 6749 section 3.1.2)."""
    if not parameters:
        return uri
    mark = "#" if fragment else "&" if "?" in uri else "?"
    return f"{uri}{mark}{urlencode(parameters)}"


def form_page(form: FormPost) -> Response[Any]:
    """The page that posts itself; without script a button does it."""
    data = {"action": form.action, "parameters": form.fields}
    return Page("oidc/form_post.html", data, title=text("oidc.form_post.title"), form_action=(leads_to(form.action),))


async def for_browser(provider: Provider, request: Request[Any, Any, Any], given: Response[Any]) -> Response[Any]:
    """The same, where a script of ours asked: the form's page must be loaded as a page of its own, since its policy
    names another origin.
    """
    if request.headers.get("hx-request") and isinstance(given, Page) and given.template == "oidc/form_post.html":
        form = msgspec.json.encode(FormPost(given.data["action"], given.data["parameters"]))
        handle = await provider.host.one_time.issue(tenant_of(request).id, FORM_POST, form, _FORM_LIFE)
        return _leave(path_below(request, f"/oauth/form-post/{handle}"))
    location = given.headers.get("Location", "")
    return _leave(location) if location and request.headers.get("hx-request") else given


def _leave(location: str) -> Response[Any]:
    """Tell the script to leave the page: it can't follow to another origin itself."""
    return Response(None, status_code=200, headers={"HX-Redirect": location})


async def stored_form(provider: Provider, request: Request[Any, Any, Any], handle: str) -> Response[Any]:
    """The page of a form that was put aside; once."""
    stored = await provider.host.one_time.consume(tenant_of(request).id, FORM_POST, handle)
    if stored is None:
        raise NotFound("no such form")
    return form_page(msgspec.json.decode(stored, type=FormPost))
