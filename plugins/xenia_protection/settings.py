"""What a tenant may decide about its protection: section ``[plugins.protection]`` of its document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from xenia.api import Secret

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Minutes = Annotated[int, Meta(ge=1, le=1440)]
Seconds = Annotated[int, Meta(ge=1, le=300)]
Bits = Annotated[int, Meta(ge=1, le=24)]
Days = Annotated[int, Meta(ge=1, le=30)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Key = Annotated[str, Meta(max_length=200, pattern=r"\A[\w.-]*\Z")]
Url = Annotated[str, Meta(max_length=200, pattern=r"\A(?:https?://[^\s?#]+)?\Z")]


class Provider(StrEnum):
    """Who tells people from robots."""

    OWN = "own"
    HCAPTCHA = "hcaptcha"
    TURNSTILE = "turnstile"


class ProtectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When more is asked before a guess, who asks it, and what follows on an attack."""

    network_free: Annotated[
        Count, Meta(description="Wrong guesses from one network within the window before a puzzle comes first.")
    ] = 20
    network_most: Annotated[
        Count, Meta(description="Wrong guesses from one network within the window before more are refused. 0: never.")
    ] = 300
    tenant_free: Annotated[
        Count, Meta(description="Wrong guesses at all accounts within the window before a puzzle comes first.")
    ] = 200
    tenant_most: Annotated[
        Count,
        Meta(description="Wrong guesses at all accounts within the window before more are refused. 0: never."),
    ] = 0
    window_minutes: Annotated[Minutes, Meta(description="The window in which wrong guesses are counted.")] = 15
    sign_ups: Annotated[bool, Meta(description="A puzzle before each new account, whatever is going on.")] = False
    bits: Annotated[
        Bits, Meta(description="How hard a puzzle is at first: each bit doubles the work. It grows with the pressure.")
    ] = 17
    wait_seconds: Annotated[
        Seconds, Meta(description="How long somebody waits whose browser can't do the puzzle. It grows too.")
    ] = 20
    provider: Annotated[Provider, Meta(description="Whose puzzle it is: our own, or another company's.")] = Provider.OWN
    site_key: Annotated[Key, Meta(description="The site key that the other company gave out.")] = ""
    secret: Annotated[Secret, Meta(description="The secret that belongs to the site key.")] = Secret()
    verify_url: Annotated[
        Url, Meta(description="Where its answers are verified. Empty: where that company does it for everybody.")
    ] = ""
    fail_open: Annotated[
        bool, Meta(description="Whether people get through while the other company can't be asked.")
    ] = False
    stuffing_accounts: Annotated[
        Count, Meta(description="So many accounts, few guesses at each, from one network are an attack.")
    ] = 20
    stuffing_percent: Annotated[
        Percent, Meta(description="How many of the guesses must be wrong for that, out of 100.")
    ] = 80
    quiet_minutes: Annotated[Minutes, Meta(description="An attack is over when it was quiet for so long.")] = 10
    block: Annotated[bool, Meta(description="Block the network that an attack comes from.")] = True
    block_minutes: Annotated[Minutes, Meta(description="For how long it is blocked.")] = 30
    step_up: Annotated[
        bool, Meta(description="Ask for a second factor while an attack runs, but on known devices.")
    ] = False
    end_sessions: Annotated[
        bool, Meta(description="End the sessions that began in an attacking network during the attack.")
    ] = False
    end_copied_sessions: Annotated[
        bool, Meta(description="End a session that turns up in another kind of browser and another network.")
    ] = True
    tell_new_devices: Annotated[bool, Meta(description="Tell people of a sign-in on a device that isn't known.")] = True
    disown_days: Annotated[Days, Meta(description="For how many days “This wasn’t me” works in a notice.")] = 7

    def __post_init__(self) -> None:
        if 0 < self.network_most < self.network_free or 0 < self.tenant_most < self.tenant_free:
            raise ValueError("what is refused must not be less than what is free")
        if self.provider is not Provider.OWN and not self.site_key:
            raise ValueError("another company's puzzle needs its site_key")
