"""Parameters: each once, none empty, none endless."""

from __future__ import annotations

import pytest

from xenia_oidc.errors import OAuthError
from xenia_oidc.parameters import LONGEST, Parameters


def test_an_empty_parameter_counts_as_left_out() -> None:
    assert Parameters.parse(b"state=&scope=openid").values == {"scope": "openid"}


def test_a_repeated_parameter_is_believed_neither_time() -> None:
    found = Parameters.parse(b"state=1&state=1")
    assert found.get("state") == ""
    with pytest.raises(OAuthError, match="invalid_request"):
        found.once()


def test_only_resource_may_be_repeated() -> None:
    found = Parameters.parse(b"resource=https://a.example&resource=https://b.example").once()
    assert found.resources == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"state=%00",
        b"state=%ff%fe",
        b"state=\xff",
        b"state=" + b"x" * (LONGEST + 1),
        b"&".join(b"a%d=1" % number for number in range(200)),
        b"scope=%1b[31m",
    ],
)
def test_what_no_client_would_send_is_refused(raw: bytes) -> None:
    with pytest.raises(OAuthError) as refused:
        Parameters.parse(raw)
    assert refused.value.code == "invalid_request"


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(OAuthError, match="grant_type is missing"):
        Parameters.parse(b"").required("grant_type")
