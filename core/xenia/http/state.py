"""What the front found out about a request, kept in ``scope["state"]`` under the names below.

=================  ==========================================================================================
``tenant``         the :class:`Tenant`
``tenant_title``   its title
``base``           the path prefix that was stripped: ``""`` or ``/t/<tenant>``
``context``        the :class:`Context`
``browser``        the browser's cookie secret, or ``""``
``csrf``           a masked token bound to the browser, for forms
``session``        the :class:`Session`, once somebody asked for it
``user``           the :class:`User` whom a ``signed_in`` guard let through, ``who`` their name as pages show it
``form_action``    origins, besides our own, that a form of the answer may lead to
``lets_in``        what the answer's policy lets in besides our own, by directive; missing where it is nothing
``cookies``        ``Set-Cookie`` values that the answer must carry
=================  ==========================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection

from xenia.context import Context
from xenia.tenants.models import Tenant

if TYPE_CHECKING:
    from xenia.app import Kernel

Connection = ASGIConnection[Any, Any, Any, Any]


def state_of(connection: Connection) -> dict[str, Any]:
    """The request's own state."""
    state: dict[str, Any] = connection.scope["state"]
    return state


def context_of(connection: Connection) -> Context:
    """The request's context."""
    found: Context = state_of(connection)["context"]
    return found


def tenant_of(connection: Connection) -> Tenant:
    """The request's tenant."""
    found: Tenant = state_of(connection)["tenant"]
    return found


def kernel_of(connection: Connection) -> Kernel:
    """The running system."""
    kernel: Kernel = connection.app.state.kernel
    return kernel


def path_below(connection: Connection, path: str) -> str:
    """``path`` below the tenant's base, for links and redirects within the tenant."""
    return f"{state_of(connection)['base']}{path}"
