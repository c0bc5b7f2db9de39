"""Replay: an unchanged policy says what was recorded, and another one differs exactly where a second, independent reading of it says so."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from uuid import UUID

import msgspec
import pytest

from tests.plugins.risk.files import HOME
from xenia.api import Verdict, literal, new_id
from xenia.testing.app import App
from xenia_risk import tables
from xenia_risk.decisions import Decisions
from xenia_risk.models import Seen, SignIn
from xenia_risk.policy import WEIGHTS, judge
from xenia_risk.replay import replay
from xenia_risk.settings import RiskSettings, Rule, Then, Weight

COUNT = 20_000 if os.environ.get("XENIA_FULL") else 600
APPLICATIONS, ROLES = ("shop", "bank", ""), ("clerk", "chief")
IN_FORCE = RiskSettings(
    rules=(
        Rule(name="the bank is careful", then=Then.STEP_UP, score=20, applications=("bank",)),
        Rule(name="listed", then=Then.DENY, signals=("listed_address",)),
        Rule(name="unusual", then=Then.STEP_UP, score=45),
    )
)
EDITED: Sequence[RiskSettings] = (
    RiskSettings(rules=()),
    RiskSettings(rules=IN_FORCE.rules[1:]),
    RiskSettings(rules=IN_FORCE.rules[::-1]),
    RiskSettings(rules=(*IN_FORCE.rules, Rule(name="rest", then=Then.STEP_UP, score=10))),
    RiskSettings(rules=(Rule(name="all", then=Then.DENY),)),
    RiskSettings(rules=(Rule(name="chiefs", then=Then.STEP_UP, roles=("chief",)), *IN_FORCE.rules)),
    RiskSettings(rules=IN_FORCE.rules, weights=(Weight(signal="new_device", percent=90),)),
    RiskSettings(rules=IN_FORCE.rules, weights=(Weight(signal="listed_address", percent=0),)),
    RiskSettings(rules=(Rule(name="both", then=Then.DENY, signals=("new_device", "new_country")), *IN_FORCE.rules)),
    RiskSettings(rules=(Rule(name="let them", then=Then.ALLOW, applications=("shop",)), *IN_FORCE.rules)),
)


def sign_ins(count: int) -> list[SignIn]:
    """Made up, the same each time."""
    chance = random.Random(4)
    names = [*WEIGHTS, "of_another_plugin"]
    return [
        SignIn(
            signals={
                name: Seen(score=round(chance.choice((0, 0, 1, chance.random())), 3), reason=literal(name))
                for name in chance.sample(names, chance.randint(0, len(names)))
            },
            application=chance.choice(APPLICATIONS),
            roles=tuple(role for role in ROLES if chance.random() < 0.3),
        )
        for _ in range(count)
    ]


@pytest.fixture
async def stored(app: App) -> dict[UUID, SignIn]:
    """Sign-ins as they were judged and kept."""
    kept: dict[UUID, SignIn] = {}
    rows = []
    for sign_in in sign_ins(COUNT):
        id_, said = new_id(), judge(IN_FORCE, sign_in)
        kept[id_] = sign_in
        document = msgspec.json.encode(sign_in).decode()
        judged = (said.verdict.value, said.rule, said.score, said.acr)
        rows.append(("acme", id_, new_id(), new_id(), document, *judged, HOME, "Firefox/Linux", "aal1"))
    async with app.kernel.transaction(), app.kernel.store(app.context) as store:
        for row in rows:
            await store.execute(tables.DECIDE, *row)
    return kept


def plainly(policy: RiskSettings, sign_in: SignIn) -> str:
    """What a policy says, read from its documentation and computed in another way."""
    weights = {**WEIGHTS, **{one.signal: one.percent / 100 for one in policy.weights}}
    doubts = [weights.get(name, 0.3) * seen.score for name, seen in sign_in.signals.items()]
    certain = 0.0
    for doubt in doubts:
        certain += doubt - certain * doubt
    raised = {name for name, seen in sign_in.signals.items() if seen.score >= 0.5}
    for rule in policy.rules:
        if (
            round(certain * 100) >= rule.score
            and raised >= set(rule.signals)
            and (not rule.applications or sign_in.application in rule.applications)
            and (not rule.roles or set(rule.roles) & set(sign_in.roles))
        ):
            return rule.then.value
    return "allow"


async def test_the_same_policy_says_what_was_recorded(app: App, stored: dict[UUID, SignIn]) -> None:
    report = await replay(Decisions(app.kernel), app.context, IN_FORCE)
    assert (report.count, report.changed, report.people) == (COUNT, 0, set())
    assert report.was == report.now


async def test_the_verdicts_are_never_looked_at(app: App, stored: dict[UUID, SignIn]) -> None:
    before = (await replay(Decisions(app.kernel), app.context, IN_FORCE)).now
    await app.kernel.database.execute(
        "UPDATE risk_decisions SET verdict = 'deny', rule = 'hidden', score = 0, acr = ''"
    )
    assert (await replay(Decisions(app.kernel), app.context, IN_FORCE)).now == before


@pytest.mark.parametrize("policy", EDITED)
async def test_another_policy_differs_where_an_independent_reading_does(
    app: App, stored: dict[UUID, SignIn], policy: RiskSettings
) -> None:
    report = await replay(Decisions(app.kernel), app.context, policy)
    said = {id_: (judge(IN_FORCE, one).verdict.value, plainly(policy, one)) for id_, one in stored.items()}
    different = {id_ for id_, (was, now) in said.items() if was != now}
    assert report.changed == len(different)
    assert len(report.people) == len(different), "one sign-in each"
    assert {one.id for one in report.examples} <= different
    assert {each.value: report.now[each] for each in Verdict} == {
        each.value: sum(now == each.value for _, now in said.values()) for each in Verdict
    }


async def test_examples_are_the_newest(app: App, stored: dict[UUID, SignIn]) -> None:
    report = await replay(Decisions(app.kernel), app.context, EDITED[4])
    assert [one.id for one in report.examples] == sorted((one.id for one in report.examples), reverse=True)
    assert len(report.examples) == 50
