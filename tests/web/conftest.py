"""One renderer for all of these tests: it holds no state."""

from __future__ import annotations

import pytest

from tests.web import samples
from xenia_web.renderer import HtmlRenderer


@pytest.fixture(scope="session")
def renderer() -> HtmlRenderer:
    """A renderer as the host makes it."""
    return samples.renderer()
