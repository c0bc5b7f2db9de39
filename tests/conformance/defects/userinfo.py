"""UserInfo that is wrong, and claims that are lost or given away."""

from __future__ import annotations

from tests.conformance.defects.meddling import USERINFO, answering, changed, form_of, ignoring, same, telling
from tests.conformance.defects.registry import defect

defect(
    "oidcc-userinfo-get",
    "UserInfo is about another person",
    "UserInfo is about another",
    same(telling(USERINFO, changed(sub="another"))),
)
defect(
    "oidcc-userinfo-post-header",
    "UserInfo knows no POST",
    "UserInfo answers 405",
    same(answering(USERINFO, 405, "invalid_request", where=lambda request: request.method == "POST")),
)
defect(
    "oidcc-userinfo-post-body",
    "UserInfo reads no form",
    "UserInfo answers 401",
    same(answering(USERINFO, 401, "invalid_token", where=lambda request: "access_token" in form_of(request))),
)
for scope, claim in (
    ("profile", "family_name"),
    ("email", "email_verified"),
    ("address", "address"),
    ("phone", "phone_number"),
    ("all", "given_name"),
):
    defect(
        f"oidcc-scope-{scope}",
        f"UserInfo leaves out {claim}",
        f"UserInfo says {claim}: None",
        same(telling(USERINFO, changed(**{claim: None}))),
    )
defect(
    "oidcc-scope-email",
    "UserInfo says what no scope asked for",
    "UserInfo says phone_number",
    same(telling(USERINFO, changed(phone_number="+442079460000"))),
)
defect("oidcc-claims-essential", "claims is ignored", "UserInfo doesn't say name", same(ignoring("claims")))
