"""Every page of the console below a tenant, by noun."""

from __future__ import annotations

from xenia_admin.pages.applications import applications
from xenia_admin.pages.audit import audit
from xenia_admin.pages.audit_export import audit_export
from xenia_admin.pages.code import code
from xenia_admin.pages.factors import factors
from xenia_admin.pages.keys import keys
from xenia_admin.pages.overview import overview
from xenia_admin.pages.people import people
from xenia_admin.pages.person import person
from xenia_admin.pages.person_changes import changes
from xenia_admin.pages.person_help import helping
from xenia_admin.pages.plugins import plugins
from xenia_admin.pages.secrets import secrets
from xenia_admin.pages.sessions import sessions
from xenia_admin.pages.settings import settings
from xenia_admin.pages.tenant import tenant
from xenia_admin.section import Declared, Section

SECTIONS: tuple[Section, ...] = (
    overview, people, person, changes, helping, sessions, factors, applications, secrets, plugins, audit, audit_export,
    keys, settings, tenant, code,
)  # fmt: skip
PAGES: tuple[Declared, ...] = tuple(page for section in SECTIONS for page in section.pages)
