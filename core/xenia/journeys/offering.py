"""What the tenant's plugins offer to a journey, gathered for the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from xenia.applications.contracts import Applications
from xenia.context import Context
from xenia.credentials.contracts import Credentials
from xenia.credentials.models import CredentialSummary
from xenia.errors import Unavailable, XeniaError
from xenia.journeys.assurance import SECOND_FACTOR, counted, rank, worth
from xenia.journeys.contracts import AuthMethod, Enrolment, StepKind
from xenia.journeys.models import Admission, Goal, Journey, Need, NeedKind
from xenia.journeys.policy import EnrolmentOffer, MethodOffer, Offers, Policy, acr_of_roles, suits
from xenia.log import log
from xenia.plugin.hooks import Hooks
from xenia.plugin.registry import Registry, View
from xenia.sessions.models import Session
from xenia.tenants.contracts import SettingsStore, Tenants
from xenia.tenants.models import SignInSettings
from xenia.user_agents import browser_family
from xenia.users.contracts import Users
from xenia.users.models import User


class Offering:
    """Asks the tenant's methods, enrolments and steps; what fails is not offered, and the policy then refuses."""

    def __init__(
        self,
        registry: Registry,
        hooks: Hooks,
        tenants: Tenants,
        config: SettingsStore,
        credentials: Credentials,
        applications: Applications,
        users: Users,
    ) -> None:
        self._registry = registry
        self._hooks = hooks
        self._tenants = tenants
        self._config = config
        self._credentials = credentials
        self._applications = applications
        self._users = users

    async def sign_in_settings(self, context: Context) -> SignInSettings:
        """The tenant's sign-in settings."""
        return await self._config.get(context, SignInSettings)

    async def policy(self, context: Context, journey: Journey) -> Policy:
        """What tenant, application and decisions ask for."""
        wanted = journey.requirement.application
        application = await self._applications.get(context, wanted) if wanted else None
        settings = await self.sign_in_settings(context)
        return Policy(
            settings=settings,
            application_acr=application.required_acr if application else "",
            role_acr=await self.role_acr(context, settings, journey.user_id if journey.proofs else None),
            step_up_acr=journey.step_up_acr,
            step_up_enrols=journey.step_up_enrols,
            step_up_lead=journey.step_up_lead,
        )

    async def role_acr(self, context: Context, settings: SignInSettings, user_id: UUID | None) -> str:
        """What the tenant asks of this person for their roles. Nobody is looked at before something was proven."""
        if user_id is None or not (settings.aal2_roles or settings.aal3_roles):
            return ""
        user = await self._users.get(context, user_id)
        return acr_of_roles(settings, user.roles) if user else ""

    async def shelf(self, context: Context, kind: NeedKind) -> Mapping[str, Any]:
        """The contributions of this tenant that answer a kind of need."""
        view = await self._view(context)
        shelves: dict[NeedKind, Mapping[str, Any]] = {
            NeedKind.PROVE: view.auth_methods,
            NeedKind.ENROL: view.enrolments,
            NeedKind.STEP: view.steps,
        }
        return shelves[kind]

    async def led_to(self, context: Context, journey: Journey, identifier: str) -> str:
        """The method that plugins lead this identifier to (home-realm discovery), if it is one of the tenant's; else ``""``."""
        methods = (await self._view(context)).auth_methods
        wanted = await self._hooks.route_login(context, identifier, journey)
        return next((name for name in wanted if name in methods), "")

    async def offers(self, context: Context, journey: Journey) -> Offers:
        """Everything the policy needs to know."""
        view = await self._view(context)
        proven = bool(journey.proofs)
        methods = [(method, _offer(method)) for method in sorted(view.auth_methods.values(), key=place)]
        return Offers(
            methods=tuple(
                [
                    offer
                    for method, offer in methods
                    if suits(offer, journey) and await _available(method, context, journey)
                ]
            ),
            enrolments=tuple(
                [_enrolment(it) for it in sorted(view.enrolments.values(), key=_sends) if await is_ready(it, context)]
            ),
            steps=await self._needed(view, context, journey) if proven else (),
            questions=await self._needed(view, context, journey, "question") if proven else (),
            gates=await self._needed(view, context, journey, "gate") if journey.claimed or journey.user_id else (),
            more=await self._more(context, journey) if proven else (),
            provided=frozenset().union(*(step.provides for step in view.steps.values())),
            has_second=(second := proven and await self._has_second(context, journey)),
            trusted_device=second and await self._trusts_device(context, journey),
            before=await self._before(context, journey, view) if proven else "",
        )

    async def may_link(self, context: Context, user: User, claims: Mapping[str, Any]) -> bool:
        """Whether plugins let an outside identity with these claims be linked to the user."""
        return await self._hooks.link_identity(context, user, claims)

    async def _more(self, context: Context, journey: Journey) -> tuple[Need, ...]:
        return await self._hooks.plan_journey(context, journey)

    async def _trusts_device(self, context: Context, journey: Journey) -> bool:
        """Asked at a sign-in only: whoever is signed in and proves themselves again isn't spared anything."""
        if journey.goal is not Goal.SIGN_IN or journey.user_id is None:
            return False
        return await self._hooks.trusts_device(context, journey.user_id)

    async def admission(self, context: Context, journey: Journey) -> Admission:
        """Whether this guess may be looked at now, as far as plugins say."""
        return await self._hooks.admit_attempt(context, journey)

    async def doubted(self, context: Context, session: Session) -> str:
        """Why a session must not be used by the browser that came with it; ``""`` = it may."""
        if browser_family(session.user_agent) == browser_family(context.source.user_agent):
            return ""
        return await self._hooks.doubts_session(context, session)

    async def counted_as(self, context: Context, journey: Journey) -> str:
        """The name of the count that this attempt belongs to; ``""`` = the account's."""
        return await self._hooks.counts_apart(context, journey)

    async def _has_second(self, context: Context, journey: Journey) -> bool:
        """Whether a second factor was ever enrolled, even by a plugin that is off now."""
        return any(summary.second for summary in await self._enrolled(context, journey))

    async def _enrolled(self, context: Context, journey: Journey) -> list[CredentialSummary]:
        """What the person has, without what the journey doesn't ask for."""
        if journey.goal is Goal.SIGN_UP or journey.user_id is None:
            return []
        found = await self._credentials.summaries(context, journey.user_id)
        return [summary for summary in found if summary.id not in journey.excused]

    async def _before(self, context: Context, journey: Journey, view: View) -> str:
        """How sure the weakest way in was that the person of a recovery has: a passkey alone is two factors, and a mailbox
        must not stand in for it. What nobody here knows counts as two.
        """
        if journey.goal is not Goal.RECOVER:
            return ""
        enrolled = await self._enrolled(context, journey)
        first = {it.kind: view.auth_methods.get(it.name) for it in view.enrolments.values() if it.sign_up}
        ways = [method for one in enrolled if (method := first.get(one.kind)) is not None]
        if not ways:
            return SECOND_FACTOR if enrolled else "aal1"
        return min((worth(method.factors) for method in ways), key=rank)

    async def _needed(self, view: View, context: Context, journey: Journey, place: str = "") -> tuple[str, ...]:
        """The steps of this place that say they are needed. One that fails lets nobody in."""
        wanted = [step for step in view.steps.values() if _place(step) == place]
        return tuple([step.name for step in wanted if await self._is_needed(step, context, journey)])

    async def _is_needed(self, step: StepKind, context: Context, journey: Journey) -> bool:
        try:
            return await step.needed(context, journey)
        except Exception as problem:
            plugin = self._registry.steps.owner(step.name)
            log.error("step_failed", name=step.name, plugin=plugin, tenant=context.tenant, problem=repr(problem))
            if isinstance(problem, XeniaError):
                raise
            raise Unavailable(f"the step {step.name} of the plugin {plugin} failed") from problem

    async def _view(self, context: Context) -> View:
        tenant = await self._tenants.get(context.tenant)
        return self._registry.view(tenant.plugins if tenant else frozenset())


def place(method: AuthMethod) -> tuple[bool, bool]:
    """What proves nothing, a way for whoever has none of the others, comes last of all."""
    return not method.amr, _sends(method)


def _place(step: StepKind) -> str:
    """When it comes: before a guess (``gate``), when nothing else is wanted (``question``), or in between."""
    return next((place for place in ("gate", "question") if getattr(step, place, False)), "")


def _offer(method: AuthMethod) -> MethodOffer:
    discoverable = bool(getattr(method, "discoverable", False))
    return MethodOffer(
        name=method.name, factors=counted(method.factors), primary=method.primary, discoverable=discoverable
    )


def _enrolment(enrolment: Enrolment) -> EnrolmentOffer:
    resists = bool(getattr(enrolment, "resists_phishing", False))
    return EnrolmentOffer(
        name=enrolment.name, second=enrolment.second, sign_up=enrolment.sign_up, resists_phishing=resists
    )


def _sends(offered: AuthMethod | Enrolment) -> bool:
    """What sends something comes last: the first that is offered is shown without being chosen."""
    return bool(getattr(offered, "sends", False))


def is_set(enrolment: Enrolment | None) -> bool:
    """Whether its credentials belong together (recovery codes): made at once, of use one by one, shown as one and removed together."""
    return enrolment is not None and not enrolment.second and not enrolment.sign_up


async def is_ready(enrolment: Enrolment, context: Context) -> bool:
    """Whether somebody can complete it in this tenant now: a :class:`PreparedEnrolment` says so, others always can."""
    ready = getattr(enrolment, "ready", None)
    try:
        return ready is None or bool(await ready(context))
    except Exception as problem:  # noqa: BLE001  a broken enrolment isn't offered; the policy then refuses
        log.error("enrolment_failed", name=enrolment.name, tenant=context.tenant, problem=repr(problem))
        return False


async def _available(method: AuthMethod, context: Context, journey: Journey) -> bool:
    try:
        return await method.available(context, journey)
    except Exception as problem:  # noqa: BLE001  a broken method isn't offered; the policy then refuses
        log.error("method_failed", name=method.name, tenant=context.tenant, problem=repr(problem))
        return False
