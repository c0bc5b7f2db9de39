"""The modules by their official names, and one run of one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from tests.conformance.network import Meddler, Network
from tests.conformance.providers.provider import BASIC, POST, Provider
from tests.conformance.relying_party import RelyingParty
from tests.conformance.visitor import Visitor


class Plan(StrEnum):
    """A plan of the Foundation's suite; the value is its name without ``oidcc-`` and ``-certification-test-plan``."""

    CONFIG = "config"
    BASIC = "basic"
    FORM_POST = "formpost-basic"
    RP_LOGOUT = "rp-initiated-logout"
    BACK_CHANNEL = "backchannel-rp-initiated-logout"


@dataclass
class Run:
    """One run: the provider seen through a network, honest or not, and two relying parties."""

    provider: Provider
    plan: Plan
    meddler: Meddler | None = None
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = self.new_visitor()

    def new_visitor(self) -> Visitor:
        """A browser without any cookie."""
        return Visitor(self.provider.issuer, self._network)

    @cached_property
    def rp(self) -> RelyingParty:
        """The client that shows its secret by Basic."""
        return RelyingParty(self.provider, BASIC, self._network, self._mode)

    @cached_property
    def other(self) -> RelyingParty:
        """The client that posts its secret."""
        return RelyingParty(self.provider, POST, self._network, self._mode)

    @cached_property
    def _network(self) -> Network:
        return Network(self.provider.transport, self.meddler)

    @property
    def _mode(self) -> str:
        return "form_post" if self.plan is Plan.FORM_POST else ""


Check = Callable[[Run], Awaitable[None]]


@dataclass(frozen=True)
class Module:
    """A check: its official name, the plans that it belongs to, what it looks for, and how."""

    name: str
    plans: tuple[Plan, ...]
    says: str
    check: Check


MODULES: dict[str, Module] = {}


def module(name: str, *plans: Plan) -> Callable[[Check], Check]:
    """Register a check under its official name; the docstring says what it looks for. Without plans it is of both basic ones."""

    def register(check: Check) -> Check:
        if name in MODULES:
            raise ValueError(f"there are two modules {name}")
        says = (check.__doc__ or "").strip()
        MODULES[name] = Module(name, plans or (Plan.BASIC, Plan.FORM_POST), says, check)
        return check

    return register
