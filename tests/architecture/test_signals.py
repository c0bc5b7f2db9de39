"""Signals are read by people: each has a name in every language."""

from __future__ import annotations

from xenia.testing.app import MakeApp


async def test_every_signal_of_ours_has_a_name_in_every_language(make_app: MakeApp) -> None:
    kernel = (await make_app()).kernel
    names = {f"signal.{name}" for name in kernel.registry.risk_signals.all()}
    assert names
    assert {locale: names - kernel.catalogue.ids(locale) for locale in ("en", "de")} == {"en": set(), "de": set()}
