"""The policy: scores add up as doubts do, the first matching rule decides, and the same input gives the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.api import Verdict, literal
from xenia_risk.models import Seen, SignIn
from xenia_risk.policy import WEIGHTS, judge, score_of
from xenia_risk.rules import moved, put, without
from xenia_risk.settings import RiskSettings, Rule, Then, Weight

NAMES = [*WEIGHTS, "of_another_plugin"]


def a_sign_in(application: str = "", roles: tuple[str, ...] = (), **scores: float) -> SignIn:
    return seeing(scores, application, roles)


def seeing(scores: Mapping[str, float], application: str = "", roles: tuple[str, ...] = ()) -> SignIn:
    seen = {name: Seen(score=score, reason=literal(name)) for name, score in scores.items()}
    return SignIn(signals=seen, application=application, roles=roles)


def a_rule(name: str = "it", then: Then = Then.DENY, **asked: Any) -> Rule:
    return msgspec.convert({"name": name, "then": then, **asked}, Rule)


def says(sign_in: SignIn, *rules: Rule) -> tuple[Verdict, str]:
    said = judge(RiskSettings(rules=rules), sign_in)
    return said.verdict, said.rule


def test_what_is_as_always_is_allowed() -> None:
    assert judge(RiskSettings(), a_sign_in(new_device=0, new_country=0)).verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    ("raised", "verdict"),
    [
        (("new_device", "velocity"), Verdict.ALLOW),  # somebody who tries it out, in window after window
        (("new_country", "new_provider", "unusual_hour"), Verdict.ALLOW),  # a journey with the usual laptop
        (("new_country", "new_device"), Verdict.STEP_UP),
        (("impossible_travel",), Verdict.STEP_UP),
        (("listed_address",), Verdict.STEP_UP),
    ],
)
def test_the_rules_at_the_start_ask_for_more_when_it_looks_odd_and_not_before(
    raised: tuple[str, ...], verdict: Verdict
) -> None:
    assert judge(RiskSettings(), seeing(dict.fromkeys(raised, 1.0))).verdict is verdict


def test_doubts_add_up_and_never_beyond_certainty() -> None:
    assert score_of(RiskSettings(), a_sign_in(new_country=1)) == 40
    assert score_of(RiskSettings(), a_sign_in(new_country=1, new_device=1)) == 61
    assert score_of(RiskSettings(), seeing(dict.fromkeys(NAMES, 1.0))) <= 100


def test_weights_are_the_tenant_s() -> None:
    policy = RiskSettings(weights=(Weight(signal="new_country", percent=0), Weight(signal="mine", percent=90)))
    assert score_of(policy, a_sign_in(new_country=1)) == 0
    assert score_of(policy, a_sign_in(mine=1)) == 90


def test_a_score_out_of_bounds_counts_as_the_bound() -> None:
    assert score_of(RiskSettings(), a_sign_in(new_country=7)) == 40
    assert score_of(RiskSettings(), a_sign_in(new_country=-7)) == 0


def test_the_first_rule_that_matches_decides() -> None:
    sign_in = a_sign_in(new_country=1)
    assert says(sign_in, a_rule("one", Then.ALLOW, score=30), a_rule("two", Then.DENY)) == (Verdict.ALLOW, "one")
    assert says(sign_in, a_rule("one", Then.ALLOW, score=50), a_rule("two", Then.DENY)) == (Verdict.DENY, "two")
    assert says(sign_in) == (Verdict.ALLOW, "")


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ({"signals": ["new_country"]}, True),
        ({"signals": ["new_country", "new_device"]}, False),
        ({"signals": ["unheard_of"]}, False),
        ({"applications": ["shop"]}, True),
        ({"applications": ["bank"]}, False),
        ({"roles": ["clerk", "chief"]}, True),
        ({"roles": ["nobody"]}, False),
        ({"applications": ["shop"], "roles": ["nobody"]}, False),
    ],
)
def test_everything_that_a_rule_names_must_be_so(asked: dict[str, Any], matches: bool) -> None:
    sign_in = a_sign_in("shop", ("chief",), new_country=1, new_device=0.4)
    assert (says(sign_in, a_rule(**asked))[0] is Verdict.DENY) is matches


scores = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1))


@given(scores)
def test_the_score_is_within_bounds(given_scores: dict[str, float]) -> None:
    assert 0 <= score_of(RiskSettings(), seeing(given_scores)) <= 100


@given(scores, st.sampled_from(NAMES))
def test_a_further_doubt_never_calms(given_scores: dict[str, float], name: str) -> None:
    less = score_of(RiskSettings(), seeing({**given_scores, name: 0.0}))
    assert score_of(RiskSettings(), seeing({**given_scores, name: 1.0})) >= less


@given(scores)
def test_what_was_kept_is_judged_as_what_was_seen(given_scores: dict[str, float]) -> None:
    sign_in = seeing(given_scores, "shop", ("chief",))
    kept = msgspec.json.decode(msgspec.json.encode(sign_in), type=SignIn)
    assert judge(RiskSettings(), kept) == judge(RiskSettings(), sign_in)


def names(policy: RiskSettings) -> list[str]:
    return [rule.name for rule in policy.rules]


def test_rules_are_put_moved_and_taken_out() -> None:
    policy = RiskSettings(rules=(a_rule("a"), a_rule("b")))
    assert names(put(policy, 2, a_rule("c"))) == ["a", "b", "c"]
    assert names(put(policy, 0, a_rule("a", Then.ALLOW))) == ["a", "b"]
    assert names(without(policy, 0)) == ["b"]
    assert names(moved(policy, 0, 1)) == names(moved(policy, 1, -1)) == ["b", "a"]
    assert names(moved(policy, 0, -1)) == names(moved(policy, 1, 1)) == ["a", "b"]


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        RiskSettings(rules=(a_rule("a"), a_rule("a")))
