"""What ``xenia doctor`` says of a plugin's own check."""

from __future__ import annotations

import pytest

from xenia.errors import SetupError
from xenia.pages import HealthCheck
from xenia.serving.checks import contributed


async def test_a_check_that_fails_is_a_finding_and_no_end_of_the_others() -> None:
    async def check() -> str | None:
        raise RuntimeError("nobody home")

    with pytest.raises(SetupError, match="nobody home"):
        await contributed(HealthCheck(name="tiny", check=check))
