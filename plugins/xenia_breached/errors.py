"""What can go wrong when a password is looked up or a file is built.

::

    XeniaError
    ├── Unavailable
    │   └── CantTell         nobody knows now whether a password leaked
    └── SetupError
        └── BuildRefused     a file can't be built from this source, or there
"""

from __future__ import annotations

from xenia.api import SetupError, Unavailable


class CantTell(Unavailable):
    """Nobody knows now whether a password leaked: no answer, or none that can be read."""


class BuildRefused(SetupError):
    """A file of hashes can't be built from this source, or in this place."""
