"""Which apps open the link of a picture: what telephones look up at the issuer's host before they hand an address to an app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import Host, NotFound, context_of, path_below, public
from xenia_push.pages import ENROL
from xenia_push.settings import PushSettings

OPEN = {"guard": public("Which apps are the tenant's; no data of anybody.")}
Ask = Request[Any, Any, Any]


def app_links(host: Host) -> Sequence[BaseRouteHandler]:
    """One document for each maker of telephones."""

    @get("/.well-known/apple-app-site-association", opt=OPEN)
    async def apple(request: Ask) -> Response[dict[str, Any]]:
        """Universal links (Apple: "Supporting associated domains")."""
        apps = (await host.config.get(context_of(request), PushSettings)).apple_apps
        if not apps:
            raise NotFound("no app for iOS")
        components = [{"/": path_below(request, ENROL)}]
        return Response({"applinks": {"details": [{"appIDs": list(apps), "components": components}]}})

    @get("/.well-known/assetlinks.json", opt=OPEN)
    async def android(request: Ask) -> Response[list[dict[str, Any]]]:
        """App links (Google: "Digital Asset Links")."""
        apps = (await host.config.get(context_of(request), PushSettings)).android_apps
        if not apps:
            raise NotFound("no app for Android")
        return Response([_statement(*app.split()) for app in apps])

    return (apple, android)


def _statement(package: str, fingerprint: str) -> dict[str, Any]:
    target = {"namespace": "android_app", "package_name": package, "sha256_cert_fingerprints": [fingerprint]}
    return {"relation": ["delegate_permission/common.handle_all_urls"], "target": target}
