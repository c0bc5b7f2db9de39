"""Who asks. An unknown application gets a page: there is no address yet that an answer could safely go to."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import page


async def check_client(inquiry: Inquiry) -> None:
    """Settle ``client`` and narrow the context to it."""
    client_id = inquiry.parameters.get("client_id")
    client = await inquiry.provider.client(inquiry.context, client_id) if client_id else None
    if client is None:
        raise page("client")
    if "authorization_code" not in client.settings.grant_types:
        raise page("client_grant")
    inquiry.client = client
    inquiry.context = inquiry.context.for_application(client.id)
