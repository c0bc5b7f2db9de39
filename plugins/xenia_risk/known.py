"""What a rule can name in a tenant: shown beside the form, and what a rule names besides is warned of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from xenia.api import Context, Field, Host, Text, text
from xenia_risk.settings import RiskSettings, Rule

MOST = 200
"""Applications that are looked at. Where there are more, nothing is said about them."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The names that mean something here, in order. ``None``: too many to say."""

    signals: tuple[str, ...]
    applications: tuple[str, ...] | None
    roles: tuple[str, ...]

    def by_field(self) -> Mapping[str, tuple[str, ...] | None]:
        """As a rule calls them."""
        return {"signals": self.signals, "applications": self.applications, "roles": self.roles}


async def known(host: Host, context: Context) -> Known:
    """The tenant's signals, applications and roles."""
    tenant = await host.tenants.get(context.tenant)
    applications = await host.applications.list(context, limit=MOST)
    return Known(
        signals=tuple(sorted(one.name for one in await host.risk_signals(context))),
        applications=tuple(sorted(one.id for one in applications)) if len(applications) < MOST else None,
        roles=tuple(sorted(tenant.roles)) if tenant else (),
    )


def hinted(fields: Sequence[Field], here: Known) -> list[Field]:
    """The fields of a rule, with what can be typed there."""
    names = here.by_field()
    return [
        msgspec.structs.replace(field, hint=_hint(field.name, there))
        if (there := names.get(field.name)) is not None
        else field
        for field in fields
    ]


def _hint(name: str, there: tuple[str, ...]) -> Text:
    return text(f"risk.rule.{name}_here", names=", ".join(there) or "–")


def lacking(policy: RiskSettings, here: Known) -> list[Text]:
    """What rules name that isn't here: most likely misspelt, or gone."""
    return [problem for rule in policy.rules for problem in _lacks(rule, here)]


def _lacks(rule: Rule, here: Known) -> list[Text]:
    return [
        text(f"risk.rule.lacks.{what}", rule=rule.name, name=name)
        for what, there in here.by_field().items()
        if there is not None
        for name in getattr(rule, what)
        if name not in there
    ]
