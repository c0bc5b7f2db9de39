"""Clocks tell aware time, and a frozen one moves only when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from xenia.clock import FrozenClock, SystemClock

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_the_system_clock_is_aware_and_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_frozen_clock_moves_only_when_told_to() -> None:
    clock = FrozenClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(minutes=5))
    assert clock.now() == NOON + timedelta(minutes=5)
    assert clock.monotonic() == 300


def test_setting_the_time_back_leaves_durations_alone() -> None:
    clock = FrozenClock(NOON)
    clock.advance(timedelta(seconds=10))
    clock.advance(timedelta(hours=-1))
    assert clock.now() == NOON + timedelta(seconds=10, hours=-1)
    assert clock.monotonic() == 10


def test_a_frozen_clock_answers_in_utc_and_refuses_naive_time() -> None:
    assert FrozenClock(NOON.astimezone(timezone(timedelta(hours=3)))).now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        FrozenClock(NOON.replace(tzinfo=None))
