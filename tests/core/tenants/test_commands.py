"""``xenia plan``, ``apply`` and ``export`` on a running installation with its real plugins."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from xenia.context import Context
from xenia.errors import Invalid, NotFound, SetupError
from xenia.tenants import commands
from xenia.testing.app import App
from xenia.users.models import IdentifierKind

WORDS = """
[tenant]
id = "initech"
title = "Initech"

[sign_in]
sign_up = "closed"

[[users]]
email = "ada@initech.example"
roles = ["member"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "initech.toml"
    path.write_text(WORDS)
    return path


async def test_a_file_is_planned_applied_and_exported(app: App, file: Path) -> None:
    said: list[str] = []
    assert await commands.plan(app.kernel, file, {}, said.append) == 0
    planned, said = said, []
    assert await commands.apply(app.kernel, file, {}, said.append) == 0
    assert said == planned
    assert said[0].split() == ["create", "tenant", "(initech)"]
    said = []
    await commands.apply(app.kernel, file, {}, said.append, prune=True)
    assert said == ["nothing to do"]
    said = []
    await commands.export(app.kernel, "initech", said.append)
    assert tomllib.loads(said[0])["sign_in"] == {"sign_up": "closed"}
    found = await app.kernel.users.find(Context(tenant="initech"), IdentifierKind.EMAIL, "ada@initech.example")
    assert found is not None
    assert found.roles == ("member",)


async def test_roles_that_the_tenant_doesn_t_name_are_warned_of(app: App, tmp_path: Path) -> None:
    path = tmp_path / "initech.toml"
    path.write_text(
        '[tenant]\nid = "initech"\n[roles.boss]\npermissions = []\n[sign_in]\naal2_roles = ["boss", "bos"]\n'
    )
    for command in (commands.plan, commands.apply, commands.plan):
        said: list[str] = []
        await command(app.kernel, path, {}, said.append)
        [warning] = [line for line in said if line.startswith("warning")]
        assert warning.startswith("warning sign_in.aal2_roles  (This tenant names no role “bos”.")


async def test_a_file_that_cannot_be_used_is_one_clear_mistake(app: App, tmp_path: Path) -> None:
    for name, words in (("missing.toml", None), ("broken.toml", "= 1")):
        path = tmp_path / name
        if words is not None:
            path.write_text(words)
        with pytest.raises(SetupError):
            await commands.plan(app.kernel, path, {}, print)


async def test_a_password_that_no_plugin_stores_is_a_mistake(app: App) -> None:
    data = {"tenant": {"id": "initech"}, "users": [{"email": "a@initech.example", "password": "violet ladders"}]}
    with pytest.raises(Invalid) as caught:
        await commands.apply_document(app.kernel, data, {})
    assert caught.value.fields.keys() == {"users[0].password"}


async def test_what_is_no_tenant_is_not_exported(app: App) -> None:
    with pytest.raises(NotFound):
        await commands.export(app.kernel, "nobody", print)
