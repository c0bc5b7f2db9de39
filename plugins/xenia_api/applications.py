"""What people sign in to."""

from __future__ import annotations

from msgspec import UNSET

from xenia.api import Application, BadRequest, Call, NotFound, Noun, PageQuery, cursor
from xenia_api import schemas as wire
from xenia_api.authority import no_wider
from xenia_api.errors import Changed
from xenia_api.masking import masked, unmasked

applications = Noun("applications", "applications and their secrets")
MANAGED_BY = "api"


@applications.get("/applications")
async def list_applications(call: Call, query: PageQuery) -> wire.ApplicationList:
    """List applications, by id."""
    await call.sees_all()
    found = await call.host.applications.list(call.context, after=query.place, limit=query.limit)
    last = found[-1].id if len(found) == query.limit else ""
    return wire.ApplicationList(items=tuple(_shown(one) for one in found), next=cursor(last))


@applications.post("/applications", 409)
async def create_application(call: Call, body: wire.NewApplication) -> wire.Application:
    """Create an application. Its secrets are made by `addApplicationSecret`. It can't be given a scope that you lack."""
    await call.may("application", body.id)
    await no_wider(call, body.protocols)
    wanted = _wanted(call, body.id, body, managed_by=MANAGED_BY)
    made = await call.host.applications.put(call.context, wanted, expected=0)
    call.headers["Location"] = await call.host.url(call.context, f"/api/v1/applications/{made.id}")
    return _answer(call, made)


@applications.get("/applications/{application_id}")
async def get_application(call: Call, application_id: str) -> wire.Application:
    """Get one application. The `ETag` is its version."""
    return _answer(call, await _application(call, application_id))


@applications.put("/applications/{application_id}", 409, 412, 428)
async def replace_application(
    call: Call, application_id: str, if_match: int, body: wire.ApplicationContent
) -> wire.Application:
    """Replace an application in the version that `If-Match` names."""
    if body.id not in (UNSET, application_id):
        raise BadRequest("the body names another application than the path")
    old = await _changeable(call, application_id)
    await no_wider(call, body.protocols)
    if old.version != if_match:
        raise Changed(f"version {old.version} is stored")
    wanted = _wanted(call, application_id, body, managed_by=old.managed_by, old=old)
    return _answer(call, await call.host.applications.put(call.context, wanted, expected=if_match))


@applications.delete("/applications/{application_id}")
async def remove_application(call: Call, application_id: str) -> None:
    """Remove an application; its grants and tokens end at that moment."""
    await _changeable(call, application_id)
    if not await call.host.applications.remove(call.context, application_id):
        raise NotFound("no such application")


@applications.post("/applications/{application_id}/secrets")
async def add_application_secret(call: Call, application_id: str) -> wire.ClientSecret:
    """Make a client secret. It is shown this once; the older ones go on working until they are removed."""
    await _changeable(call, application_id)
    return wire.ClientSecret(secret=await call.host.applications.add_secret(call.context, application_id))


@applications.delete("/applications/{application_id}/secrets")
async def remove_old_application_secrets(call: Call, application_id: str) -> wire.Ended:
    """End every client secret but the newest."""
    await _changeable(call, application_id)
    ended = await call.host.applications.remove_secrets(call.context, application_id, keep_newest=True)
    return wire.Ended(ended=ended)


async def _application(call: Call, application_id: str) -> Application:
    await call.may("application", application_id)
    found = await call.host.applications.get(call.context, application_id)
    if found is None:
        raise NotFound("no such application")
    return found


async def _changeable(call: Call, application_id: str) -> Application:
    """One that may ask for nothing that the caller lacks: who makes a secret for it, could act as it."""
    found = await _application(call, application_id)
    await no_wider(call, found.protocols)
    return found


def _wanted(
    call: Call, id_: str, body: wire.ApplicationContent, *, managed_by: str, old: Application | None = None
) -> Application:
    return Application(
        tenant=call.tenant.id,
        id=id_,
        title=body.title,
        first_party=body.first_party,
        home=body.home,
        required_acr=body.required_acr,
        protocols=unmasked(body.protocols, old.protocols if old else {}, path="protocols"),
        managed_by=managed_by,
        enabled=body.enabled,
    )


def _answer(call: Call, application: Application) -> wire.Application:
    call.headers["ETag"] = f'"{application.version}"'
    return _shown(application)


def _shown(application: Application) -> wire.Application:
    return wire.Application(
        id=application.id,
        title=application.title,
        first_party=application.first_party,
        home=application.home,
        required_acr=application.required_acr,
        protocols=masked(application.protocols),
        enabled=application.enabled,
        managed_by=application.managed_by,
        version=application.version,
    )
