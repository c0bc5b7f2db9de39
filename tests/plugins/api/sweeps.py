"""What the sweeps over all operations share: an address for each, and a body that would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.plugins.api.conftest import Api
from xenia.api import Operation, new_id
from xenia_api.examples import example_of


class Things:
    """One of everything, in one tenant: what the ids in paths stand for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def path(self, operation: Operation, **other: str) -> str:
        """The operation's path with these ids (or others)."""
        return operation.path.format(**{**self.values, **other})


async def things_of(api: Api, tenant: str) -> Things:
    """One of everything in a tenant."""
    user = await api.user("thing@acme.example", tenant=tenant)
    values = {
        "user_id": str(user.id),
        "credential_id": str(await api.credential(user, tenant=tenant)),
        "session_id": str(await api.session(user, tenant=tenant)),
        "application_id": f"app-of-{tenant}",
        "name": "sample",
    }
    from xenia.api import Application

    made = Application(tenant=tenant, id=values["application_id"], title="One")
    await api.kernel.applications.put(api.context(tenant), made)
    return Things(values)


def random_things() -> Things:
    """Ids that name nothing anywhere."""
    ids = ("user_id", "credential_id", "session_id")
    return Things({name: str(new_id()) for name in ids} | {"application_id": "no-such-app", "name": "no-such-plugin"})


def options(operation: Operation) -> dict[str, Any]:
    """A right body, query and version."""
    given: dict[str, Any] = {"headers": {}}
    if body := operation.takes.get("body"):
        given["json"] = example_of(body)
    if "if_match" in operation.takes:
        given["headers"]["if-match"] = '"1"'
    if operation.id == "removeIdentifier":
        given["params"] = {"kind": "email", "value": "thing@acme.example"}
    return given
