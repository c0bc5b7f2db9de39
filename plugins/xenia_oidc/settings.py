"""The provider's settings: section ``[plugins.oidc]`` of the tenant document. Times are in seconds."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Seconds = Annotated[int, Meta(ge=1)]


class OidcSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long things live, and what may be asked for."""

    code_seconds: Annotated[Seconds, Meta(le=600, description="The life of an authorization code.")] = 60
    access_token_seconds: Annotated[Seconds, Meta(le=86400, description="The life of an access token.")] = 300
    id_token_seconds: Annotated[Seconds, Meta(le=86400, description="The life of an ID token.")] = 600
    consent_seconds: Annotated[Seconds, Meta(le=3600, description="How long a consent page may be answered.")] = 600
    rotate_confidential: Annotated[
        bool, Meta(description="Rotate refresh tokens of confidential applications too (public ones always rotate).")
    ] = True
