"""Where the console stands: below the issuer of the administrators' tenant, or at an origin of its own."""

from __future__ import annotations

from urllib.parse import urlsplit

from xenia.context import SYSTEM_TENANT
from xenia.settings import Settings
from xenia.tenants.models import Tenant

PATH = "/console"


def console_root(settings: Settings, system: Tenant) -> str:
    """The address below which ``/console`` is found: what ``console_url`` says, else the issuer of ``system``."""
    if settings.console_url == f"{settings.public_url}/t/{SYSTEM_TENANT}{PATH}":
        return system.issuer
    return settings.console_url.rstrip("/").removesuffix(PATH)


def own_host(settings: Settings) -> str:
    """The console's host where no tenant may stand at it, ``""`` where the console has none of its own."""
    host = (urlsplit(settings.console_url).hostname or "").lower()
    return "" if host == (urlsplit(settings.public_url).hostname or "").lower() else host


def is_of_console(path: str) -> bool:
    """Whether the console's own origin serves it: its pages and their files, and no page of a sign-in."""
    return path == "/" or path == PATH or path.startswith((f"{PATH}/", "/static/"))
