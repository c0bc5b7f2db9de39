"""Decisions, rules and reports as the console's pages draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xenia.api import Context, Host, Text, User, Verdict, literal, text
from xenia_risk.models import Decided, Judgement, Outcome
from xenia_risk.policy import RAISED
from xenia_risk.replay import Difference, Report
from xenia_risk.settings import RiskSettings, Rule, Then

Cell = dict[str, Any]
Say = Callable[[Text], str]
"""A sentence in the reader's language."""
TONES = {Verdict.ALLOW: "good", Verdict.STEP_UP: "warn", Verdict.DENY: "bad"}


def _columns(page: str, *names: str) -> list[Text]:
    return [text(f"risk.{page}.column.{name}") for name in names]


DECISION_COLUMNS = _columns("decisions", "person", "when", "verdict", "score", "rule", "signals")


def speaker(host: Host, context: Context) -> Say:
    """Says sentences to whoever asked."""
    return lambda wanted: host.catalogue.say(wanted, context.locale)


def signal(say: Say, name: str) -> str:
    """What a signal is called: the sentence ``signal.<name>`` of its plugin, else its name."""
    return words if (words := say(text(f"signal.{name}"))) != f"signal.{name}" else name


def verdict(of: Verdict | Then) -> Text:
    """What a verdict is called."""
    return text(f"risk.verdict.{of}")


def _tag(of: Judgement) -> Cell:
    return {"value": verdict(of.verdict), "tone": TONES[of.verdict]}


def week(counts: Mapping[str, int], became: Mapping[str, int]) -> Text:
    """The last seven days in a sentence, with what became of those that were asked for more."""
    outcomes = {each.value: became.get(each, 0) for each in Outcome}
    name = "lead_became" if became else "lead"
    return text(f"risk.decisions.{name}", **{each.value: counts.get(each, 0) for each in Verdict}, **outcomes)


def outcome(of: Outcome | None) -> Text | str:
    """What became of a step-up; nothing where nothing is known."""
    return text(f"risk.outcome.{of}") if of else ""


def tabs(base: str, current: str) -> list[dict[str, Any]]:
    """All decisions, or those of a verdict."""
    entries: list[tuple[str, Text]] = [
        ("", text("risk.decisions.all")),
        *((one.value, verdict(one)) for one in Verdict),
    ]
    return [
        {"label": label, "href": f"{base}?verdict={name}" if name else base, "current": name == current}
        for name, label in entries
    ]


def decision_row(one: Decided, person: User | None, href: str, say: Say, became: Outcome | None) -> list[Cell]:
    """One line of the list."""
    raised = [signal(say, name) for name, seen in one.sign_in.signals.items() if seen.score >= RAISED]
    return [
        {"value": _name(one, person), "href": href},
        {"value": "", "when": one.at},
        _tag(one.judgement) | {"note": outcome(became)},
        {"value": str(one.judgement.score)},
        {"value": one.judgement.rule or text("risk.no_rule")},
        {"value": ", ".join(raised) or "–"},
    ]


def decision(one: Decided, person: User | None, href: str, say: Say, became: Outcome | None) -> dict[str, Any]:
    """Everything about one decision."""
    said = one.judgement
    then = [{"label": text("risk.decision.became"), "value": outcome(became)}] if became else []
    return {
        "lead": text("risk.decision.lead"),
        "facts": [
            {"label": text("risk.decision.person"), "value": _name(one, person), "href": href},
            {"label": text("risk.decisions.column.when"), "value": "", "when": one.at},
            {"label": text("risk.decisions.column.verdict"), **_tag(said)},
            *then,
            {"label": text("risk.decision.address"), "value": one.address or "–"},
            {"label": text("risk.decision.browser"), "value": one.browser.replace("/", " · ") or "–"},
            {"label": text("risk.decisions.column.score"), "value": f"{said.score} / 100"},
            {"label": text("risk.decisions.column.rule"), "value": said.rule or text("risk.no_rule")},
            {"label": text("risk.decision.application"), "value": one.sign_in.application or "–"},
            {"label": text("risk.decision.roles"), "value": ", ".join(one.sign_in.roles) or "–"},
        ],
        "parts": [
            {
                "title": text("risk.decision.signals"),
                "lead": text("risk.decision.signals_lead"),
                "columns": _columns("decision", "signal", "score", "reason", "facts"),
                "rows": [
                    [
                        {"value": signal(say, name)},
                        {"value": f"{seen.score:.2f}"},
                        {"value": seen.reason if seen.score else "–"},
                        {"value": ", ".join(fact(say, name, *each) for each in seen.facts.items()) or "–"},
                    ]
                    for name, seen in one.sign_in.signals.items()
                ],
            }
        ],
    }


def fact(say: Say, signal: str, key: str, value: str | float | bool) -> str:
    """A fact by the sentence ``fact.<signal>.<key>`` of its plugin, for a yes or no ``fact.<signal>.<key>.yes``; else as it is."""
    answer = {True: ".yes", False: ".no"}[value] if isinstance(value, bool) else ""
    id_ = f"fact.{signal}.{key}{answer}"
    words = say(text(id_, value=value, **_numbers(value)))
    return words if words != id_ else f"{key}: {value}"


def _numbers(value: str | float | bool) -> dict[str, Any]:
    """A number as plurals take it, and as it is read in every language: its thousands apart (ISO 80000-1)."""
    return {} if isinstance(value, str) else {"count": value, "number": f"{value:,}".replace(",", "\u202f")}


def _name(one: Decided, person: User | None) -> str:
    return person.name if person else str(one.user_id)


def policy(of: RiskSettings, say: Say, *, is_draft: bool, base: str) -> dict[str, Any]:
    """The table of rules, and what can be done with it."""
    work = [
        {"label": text("risk.policy.publish"), "href": f"{base}/publish"},
        {"label": text("risk.policy.replay"), "href": f"{base}/replay"},
    ]
    last = len(of.rules) - 1
    weights = {"label": text("risk.weights.title"), "href": f"{base}/weights"}
    return {
        "lead": text("risk.policy.draft_lead") if is_draft else text("risk.policy.lead"),
        "actions": [*(work if is_draft else work[1:]), weights],
        "discard": f"{base}/discard" if is_draft else "",
        "add": f"{base}/rules/{len(of.rules)}",
        "rules": [
            _rule(rule, say, f"{base}/rules/{at}", first=at == 0, last=at == last) for at, rule in enumerate(of.rules)
        ],
    }


def _rule(rule: Rule, say: Say, href: str, *, first: bool, last: bool) -> dict[str, Any]:
    return {
        "name": rule.name,
        "href": href,
        "when": _conditions(rule, say),
        "then": verdict(rule.then),
        "tone": TONES[Verdict(rule.then)],
        "up": "" if first else f"{href}/up",
        "down": "" if last else f"{href}/down",
        "remove": f"{href}/remove",
    }


def _conditions(rule: Rule, say: Say) -> Text:
    """What a rule asks for, in one line: a table that is read, not decoded."""
    named = {
        "signals": tuple(signal(say, name) for name in rule.signals),
        "applications": rule.applications,
        "roles": rule.roles,
    }
    parts = [text("risk.rule.when.score", score=rule.score)] if rule.score else []
    parts += [text(f"risk.rule.when.{what}", names=", ".join(names)) for what, names in named.items() if names]
    return literal(" · ".join(map(say, parts))) if parts else text("risk.rule.always")


def report(of: Report, *, base: str, is_draft: bool) -> dict[str, Any]:
    """What a replay found."""
    return {
        "lead": text("risk.replay.lead" if is_draft else "risk.replay.same_lead", count=of.count),
        "facts": [
            {"label": text("risk.replay.changed"), "value": str(of.changed)},
            {"label": text("risk.replay.people"), "value": str(len(of.people))},
            *({"label": verdict(one), "value": _compared(of, one)} for one in Verdict),
        ],
        "parts": [
            {
                "title": text("risk.replay.examples"),
                "lead": text("risk.replay.examples_lead"),
                "columns": _columns("replay", "sign_in", "was", "now", "rule"),
                "rows": [_difference(one, f"{base}/decisions/{one.id}") for one in of.examples],
            }
        ],
        "actions": [{"label": text("risk.policy.title"), "href": f"{base}/policy"}],
    }


def _compared(of: Report, one: Verdict) -> Text:
    return text("risk.replay.share", was=of.was[one], now=of.now[one], percent=f"{of.share(one):.1f}")


def _difference(one: Difference, href: str) -> list[Cell]:
    return [
        {"value": str(one.id)[:8], "href": href},
        _tag(one.was),
        _tag(one.now),
        {"value": one.now.rule or text("risk.no_rule")},
    ]
