"""What can go wrong when another company is asked.

::

    XeniaError
    └── Unavailable
        └── CantTell    nobody knows now whether it was a person
"""

from __future__ import annotations

from xenia.api import Unavailable


class CantTell(Unavailable):
    """Nobody knows now whether it was a person: no answer, none that can be read, or our own configuration is wrong."""
