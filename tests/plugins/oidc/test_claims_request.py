"""The ``claims`` parameter."""

from __future__ import annotations

import pytest

from xenia_oidc.claims_request import ClaimsRequest
from xenia_oidc.errors import OAuthError


def test_claims_are_wished_for_by_name_with_or_without_conditions() -> None:
    found = ClaimsRequest.parse(
        '{"userinfo": {"email": null}, "id_token": {"acr": {"essential": true, "values": ["aal2"]}}}'
    )
    assert not found.userinfo["email"].essential
    assert (found.id_token["acr"].essential, found.id_token["acr"].wanted) == (True, ("aal2",))


def test_a_subject_may_be_demanded() -> None:
    assert ClaimsRequest.parse('{"id_token": {"sub": {"value": "abc"}}}').subject == "abc"


@pytest.mark.parametrize(
    "raw",
    ["{", "[]", '{"userinfo": []}', '{"userinfo": {"a": 1}}', "[" * 5000, '{"id_token": {"acr": {"values": "x"}}}'],
)
def test_what_is_malformed_is_refused(raw: str) -> None:
    with pytest.raises(OAuthError) as refused:
        ClaimsRequest.parse(raw)
    assert refused.value.code == "invalid_request"


def test_no_more_than_fifty_claims_may_be_asked_for() -> None:
    names = ", ".join(f'"c{number}": null' for number in range(51))
    with pytest.raises(OAuthError):
        ClaimsRequest.parse(f'{{"userinfo": {{{names}}}}}')
