"""What is drawn with is forgotten with the application that drew."""

from __future__ import annotations

import gc
import weakref

from tests.web import samples


def test_a_renderer_that_nobody_holds_is_gone() -> None:
    """Templates call back into Python from memory that the collector doesn't see: a circle through it would last for ever."""
    renderer = samples.renderer()
    seen = weakref.ref(renderer)
    del renderer
    gc.collect()
    assert seen() is None
