"""Why a device's message is not taken. What isn't proven to come from a device is told nothing.

::

    BadRequest
    └── NotUnderstood    400  invalid_message   not a message of this protocol
    Forbidden
    ├── NotTheDevice     403  unknown_device    no such device, or not signed by it: they answer alike
    └── NotOfNow         403  stale_message     its time is too far from ours, or it came before
    NotFound
    └── NotOpen          404  not_open          used, over, replaced, somebody else's or never there: they answer alike
"""

from __future__ import annotations

from xenia.api import BadRequest, Forbidden, NotFound


class NotUnderstood(BadRequest):
    """It is no message of this protocol."""

    code, sentence = "invalid_message", "push.error.not_understood"


class NotTheDevice(Forbidden):
    """There is no such device, or it didn't sign this."""

    code, sentence = "unknown_device", "push.error.not_the_device"


class NotOfNow(Forbidden):
    """A device's own message, made at another time or told before."""

    code, sentence = "stale_message", "push.error.not_of_now"


class NotOpen(NotFound):
    """What it is about was used, is over, or was never there."""

    code, sentence = "not_open", "push.error.not_open"
