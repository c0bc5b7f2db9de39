"""Applications and their secrets."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from xenia.api import Answer, Input
from xenia_api.schemas.base import Line


class Application(Answer, frozen=True, kw_only=True):
    """What people sign in to. `id` is its `client_id`; `protocols` holds each protocol plugin's part, its secrets masked as `***`."""

    id: str
    title: str
    first_party: bool
    home: str
    required_acr: str
    protocols: dict[str, dict[str, Any]]
    enabled: bool
    managed_by: str
    version: int


class ApplicationList(Answer, frozen=True, kw_only=True):
    """Applications, by id."""

    items: tuple[Application, ...]
    next: str | None


class ApplicationContent(Input, frozen=True, kw_only=True):
    """An application as it shall be; what isn't named gets its default. A secret that is `***` or empty stays as it is."""

    id: Line | UnsetType = UNSET
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    first_party: bool = True
    home: Annotated[str, Meta(max_length=2000)] = ""
    required_acr: Line = ""
    protocols: dict[str, dict[str, Any]] = {}
    enabled: bool = True


class NewApplication(ApplicationContent, frozen=True, kw_only=True):
    """An application to be created, under a stable name."""

    id: Annotated[str, Meta(min_length=1, max_length=100, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class ClientSecret(Answer, frozen=True, kw_only=True):
    """A client secret, the only time it is seen."""

    secret: str
