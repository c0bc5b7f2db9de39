"""The console's pages: what was decided, the table of rules with its draft, and the replay of a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import (
    Conflict,
    Context,
    Field,
    FieldKind,
    Host,
    Invalid,
    NotFound,
    Page,
    Redirect,
    SignInSettings,
    Text,
    Verdict,
    console,
    context_of,
    parse_id,
    path_below,
    settings_fields,
    settings_from_form,
    text,
)
from xenia_risk import shown
from xenia_risk.decisions import Decisions
from xenia_risk.drafts import Drafts
from xenia_risk.known import Known, hinted, known, lacking
from xenia_risk.models import Decided
from xenia_risk.replay import replay
from xenia_risk.rules import moved, put, without
from xenia_risk.settings import Rule
from xenia_risk.weights import fields, weighed

READ, WRITE = "xenia:risk:read", "xenia:risk:write"
BASE = "/console/{tenant:str}/risk"
HOME, RULES = (text("risk.title"), ""), (text("risk.policy.title"), "/policy")
PAGE = 50
_PLACE = re.compile(r"[0-9]{1,4}")
WEEK = 7
DONE = ("drafted", "published", "discarded")

Ask = Request[Any, Any, Any]


def routes(host: Host) -> Sequence[BaseRouteHandler]:
    """All of them."""
    return [
        *_decisions(host, Decisions(host)),
        *_policy(host, Drafts(host)),
        *_weights(host, Drafts(host)),
        *_draft(Decisions(host), Drafts(host)),
    ]


def _at(context: Context, path: str = "") -> str:
    return f"/console/{context.tenant}/risk{path}"


def _under(context: Context, *above: tuple[Text, str]) -> dict[str, Any]:
    """The pages that a page stands under, as its first line names them."""
    return {"crumbs": [{"label": label, "href": _at(context, path)} for label, path in (HOME, *above)]}


def _back(request: Ask, path: str) -> Redirect:
    return Redirect(path_below(request, _at(context_of(request), path)))


def _message(request: Ask) -> Text | None:
    """What was just done."""
    done = request.query_params.get("done", "")
    return text(f"risk.done.{done}") if done in DONE else None


def _decisions(host: Host, decisions: Decisions) -> Sequence[BaseRouteHandler]:
    async def minutes(context: Context) -> int:
        return (await host.config.get(context, SignInSettings)).journey_minutes

    async def line(context: Context, one: Decided) -> list[shown.Cell]:
        person, say = await host.users.get(context, one.user_id), shown.speaker(host, context)
        href = _at(context, f"/decisions/{one.id}")
        return shown.decision_row(one, person, href, say, one.became(host.clock.now(), await minutes(context)))

    @get(BASE, opt={"guard": console(READ)})
    async def show_decisions(request: Ask) -> Response[Any]:
        """What was decided, newest first, and how often in the last week."""
        context, verdict = context_of(request), request.query_params.get("verdict", "")
        verdict = verdict if verdict in set(Verdict) else ""
        after = parse_id(request.query_params.get("after", ""))
        found = await decisions.page(context, after=after, verdict=verdict, limit=PAGE)
        counts = await decisions.counts(context, WEEK)
        onward = f"?verdict={verdict}&after={found[-1].id}" if len(found) == PAGE else ""
        data = {
            "lead": shown.week(counts, await decisions.outcomes(context, WEEK, await minutes(context))),
            "warnings": await host.problems(context, "risk"),
            "tabs": shown.tabs(_at(context), verdict),
            "columns": shown.DECISION_COLUMNS,
            "rows": [await line(context, one) for one in found],
            "nothing": {"title": text("risk.decisions.empty"), "lead": text("risk.decisions.empty_lead")},
            "add": {"label": text("risk.policy.title"), "href": _at(context, "/policy"), "icon": "shield"},
            "next": _at(context, onward) if onward else "",
        }
        return Page("console/list.html", data, title=text("risk.title"))

    @get(BASE + "/decisions/{id:str}", opt={"guard": console(READ)})
    async def show_decision(request: Ask, id: FromPath[str]) -> Response[Any]:
        """One decision, with everything that it was made from."""
        context, wanted = context_of(request), parse_id(id)
        one = await decisions.get(context, wanted) if wanted else None
        if one is None:
            raise NotFound("no such decision")
        person = await host.users.get(context, one.user_id)
        href = f"/console/{context.tenant}/users/{one.user_id}"
        became = one.became(host.clock.now(), await minutes(context))
        data = shown.decision(one, person, href, shown.speaker(host, context), became)
        return Page("console/detail.html", data | _under(context), title=text("risk.decision.title"))

    return [show_decisions, show_decision]


def _policy(host: Host, drafts: Drafts) -> Sequence[BaseRouteHandler]:
    @get(BASE + "/policy", opt={"guard": console(READ)})
    async def show_policy(request: Ask) -> Response[Any]:
        """The table: the draft where there is one, else what is in force."""
        context = context_of(request)
        draft = await drafts.get(context)
        policy = draft or await drafts.current(context)
        data = shown.policy(
            policy, shown.speaker(host, context), is_draft=draft is not None, base=_at(context, "/policy")
        )
        data["message"] = _message(request)
        data["warnings"] = lacking(policy, await known(host, context))
        return Page("risk/policy.html", data | _under(context), title=text("risk.policy.title"))

    @get(BASE + "/policy/rules/{place:str}", opt={"guard": console(WRITE)})
    async def show_rule(request: Ask, place: FromPath[str]) -> Response[Any]:
        """The form of a rule; the place after the last one is a new one's."""
        context = context_of(request)
        rule = _rule_at(await drafts.current(context), _number(place))
        return _rule_page(context, rule, await known(host, context), {})

    @post(BASE + "/policy/rules/{place:str}", opt={"guard": console(WRITE)}, status_code=200)
    async def keep_rule(request: Ask, place: FromPath[str]) -> Response[Any]:
        """Put the rule into the draft, at its place."""
        context, form = context_of(request), await _form(request)
        policy, at = await drafts.current(context), _number(place)
        present = _rule_at(policy, at)
        _refuse_another(present, form)
        try:
            await drafts.keep(context, put(policy, at, settings_from_form(Rule, form)))
        except Invalid as problem:
            return _rule_page(context, present, await known(host, context), problem.fields, form)
        return _back(request, "/policy?done=drafted")

    @post(BASE + "/policy/rules/{place:str}/{change:str}", opt={"guard": console(WRITE)}, status_code=200)
    async def change_rule(request: Ask, place: FromPath[str], change: FromPath[str]) -> Response[Any]:
        """Move the rule up or down, or take it out of the draft."""
        context = context_of(request)
        policy, at = await drafts.current(context), _number(place)
        rule = _rule_at(policy, at)
        if rule is None or change not in ("up", "down", "remove"):
            raise NotFound("no such rule, or nothing that is done to one")
        _refuse_another(rule, await _form(request))
        policy = without(policy, at) if change == "remove" else moved(policy, at, -1 if change == "up" else 1)
        await drafts.keep(context, policy)
        return _back(request, "/policy?done=drafted")

    return [show_policy, show_rule, keep_rule, change_rule]


def _weights(host: Host, drafts: Drafts) -> Sequence[BaseRouteHandler]:
    async def page(context: Context, errors: Mapping[str, Text], typed: Mapping[str, str] | None = None) -> Page:
        signals, say = await host.risk_signals(context), shown.speaker(host, context)
        data = {
            "lead": text("risk.weights.lead"),
            "fields": fields(await drafts.current(context), [one.name for one in signals], say),
            "typed": typed or {},
            "cancel": _at(context, "/policy"),
            **_under(context, RULES),
        }
        title, status = text("risk.weights.title"), 422 if errors else 200
        return Page("console/form.html", data, title=title, errors=errors, status=status)

    @get(BASE + "/policy/weights", opt={"guard": console(WRITE)})
    async def show_weights(request: Ask) -> Response[Any]:
        """How much each signal counts."""
        return await page(context_of(request), {})

    @post(BASE + "/policy/weights", opt={"guard": console(WRITE)}, status_code=200)
    async def keep_weights(request: Ask) -> Response[Any]:
        """Put the numbers into the draft."""
        context, form = context_of(request), await _form(request)
        names = [one.name for one in await host.risk_signals(context)]
        try:
            await drafts.keep(context, weighed(await drafts.current(context), names, form))
        except Invalid as problem:
            return await page(context, problem.fields, form)
        return _back(request, "/policy?done=drafted")

    return [show_weights, keep_weights]


def _draft(decisions: Decisions, drafts: Drafts) -> Sequence[BaseRouteHandler]:
    @get(BASE + "/policy/replay", opt={"guard": console(READ)})
    async def show_replay(request: Ask) -> Response[Any]:
        """What the draft would have said to every sign-in that was kept."""
        context = context_of(request)
        report = await replay(decisions, context, await drafts.current(context))
        data = shown.report(report, base=_at(context), is_draft=await drafts.get(context) is not None)
        return Page("console/detail.html", data | _under(context, RULES), title=text("risk.replay.title"))

    @get(BASE + "/policy/publish", opt={"guard": console(WRITE)})
    async def ask_publish(request: Ask) -> Response[Any]:
        """Ask before the draft decides, with what it would have changed."""
        context = context_of(request)
        report = await replay(decisions, context, await drafts.current(context))
        data = {
            "lead": text("risk.publish.lead", changed=report.changed, people=len(report.people), count=report.count),
            "label": text("risk.publish.label"),
            "cancel": _at(context, "/policy"),
            "harmful": False,
        }
        return Page("console/confirm.html", data | _under(context, RULES), title=text("risk.publish.title"))

    @post(BASE + "/policy/publish", opt={"guard": console(WRITE)}, status_code=200)
    async def publish(request: Ask) -> Response[Any]:
        """The draft decides from now on."""
        was_draft = await drafts.put_in_force(context_of(request))
        return _back(request, "/policy?done=published" if was_draft else "/policy")

    @post(BASE + "/policy/discard", opt={"guard": console(WRITE)}, status_code=200)
    async def discard(request: Ask) -> Response[Any]:
        """Back to what is in force."""
        await drafts.drop(context_of(request))
        return _back(request, "/policy?done=discarded")

    return [show_replay, ask_publish, publish, discard]


def _number(place: str) -> int:
    """A place of the path. Raises ``NotFound`` for what is none."""
    if not _PLACE.fullmatch(place):
        raise NotFound("no place")
    return int(place)


def _rule_at(policy: Any, place: int) -> Rule | None:
    """The rule at a place; ``None`` for the place after the last. Raises ``NotFound`` beyond."""
    if place > len(policy.rules):
        raise NotFound("no rule there")
    return policy.rules[place] if place < len(policy.rules) else None


def _refuse_another(rule: Rule | None, form: Mapping[str, str]) -> None:
    """Raise ``Conflict`` where another rule came to the place since the page was made, in another window."""
    if form.get("rule", name := rule.name if rule else "") != name:
        raise Conflict("another rule is there now", public=text("risk.rule.moved"))


def _rule_page(
    context: Context,
    rule: Rule | None,
    here: Known,
    errors: Mapping[str, Text],
    typed: Mapping[str, str] | None = None,
) -> Page:
    data = {
        "lead": text("risk.rule.lead"),
        "fields": [*hinted(settings_fields(Rule, "risk_rule", rule), here), _shown_rule(rule)],
        "typed": typed or {},
        "cancel": _at(context, "/policy"),
        **_under(context, RULES),
    }
    title = text("risk.rule.edit") if rule else text("risk.rule.new")
    return Page("console/form.html", data, title=title, errors=errors, status=422 if errors else 200)


def _shown_rule(rule: Rule | None) -> Field:
    """Which rule the form is about, by the name that it had."""
    return Field(name="rule", label=text("risk.rule.edit"), kind=FieldKind.HIDDEN, value=rule.name if rule else "")


async def _form(request: Ask) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}
