"""What a tenant may decide about approvals in its app: section ``[plugins.push]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from xenia.api import Secret

Address = Annotated[str, Meta(max_length=500, pattern=r"\A(?:https?://[^\s#]+)?\Z")]
AppleApp = Annotated[str, Meta(pattern=r"\A[A-Z0-9]{10}\.[A-Za-z0-9.-]{1,155}\Z")]
AndroidApp = Annotated[str, Meta(pattern=r"\A[A-Za-z][A-Za-z0-9_.]{0,199} (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\Z")]
Devices = Annotated[int, Meta(ge=1, le=10)]
Requests = Annotated[int, Meta(ge=3, le=20)]


class PushSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where in a sign-in an approval may stand, how often one is asked for, and what wakes the app."""

    first: Annotated[
        bool,
        Meta(
            description="As the first proof too. Whoever knows an address can then make its owner's phone ring, within the limits."
        ),
    ] = False
    requests: Annotated[
        Requests, Meta(description="How many approvals of one person may be asked for within an hour.")
    ] = 6
    devices: Annotated[Devices, Meta(description="How many devices a person may have.")] = 5
    relay_url: Annotated[
        Address, Meta(description="What is called to wake a device. Empty: the app asks by itself while it is open.")
    ] = ""
    relay_secret: Annotated[Secret, Meta(description="What the relay knows us by: sent to it as a bearer token.")] = (
        Secret()
    )
    apple_apps: Annotated[
        tuple[AppleApp, ...],
        Meta(max_length=10, description="Apps for iOS that open the picture's link, as `TEAMID1234.com.acme.app`."),
    ] = ()
    android_apps: Annotated[
        tuple[AndroidApp, ...],
        Meta(
            max_length=10, description="Apps for Android that do: package, a blank, SHA-256 of the signing certificate."
        ),
    ] = ()
