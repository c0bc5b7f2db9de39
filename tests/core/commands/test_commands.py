"""Commands on a real database."""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.commands.conftest import Xenia
from tests.core.serving.processes import started


def test_a_tenant_is_created_listed_suspended_and_resumed(xenia: Xenia, settings: dict[str, str]) -> None:
    def said(*tokens: str) -> str:
        ended = xenia("tenants", *tokens)
        assert ended.code == 0, ended.err
        return ended.out

    assert (
        said("create", "acme", "--title", "Acme Stores")
        == "The tenant acme is served at http://localhost:8000/t/acme\n"
    )
    said("suspend", "acme")
    rows = {row["id"]: row for row in json.loads(said("list", "--json"))}
    assert rows["acme"]["status"] == "suspended"
    assert rows["system"]["status"] == "active"
    said("resume", "acme")
    again = xenia("tenants", "create", "acme")
    assert again.code == 1
    assert again.err.count("\n") == 1


def test_an_administrator_is_invited_by_a_link(xenia: Xenia, settings: dict[str, str]) -> None:
    invited = xenia("admins", "invite", "ada@example.com")
    assert invited.code == 0, invited.err
    assert invited.out.startswith("http://localhost:8000/t/system/")
    shown = xenia("users", "show", "system", "ada@example.com", "--json")
    [user] = json.loads(shown.out)
    assert user["roles"] == ["admin"]
    disabled = xenia("users", "disable", "system", user["id"])
    assert disabled.out == "ada@example.com is disabled.\n"


def test_nobody_is_erased_without_a_yes(xenia: Xenia, settings: dict[str, str]) -> None:
    assert xenia("admins", "invite", "ada@example.com").code == 0
    asked = xenia("users", "erase", "system", "ada@example.com")
    assert (asked.code, asked.err) == (1, "xenia: nobody is here to be asked: say --yes\n")
    erased = xenia("users", "erase", "system", "ada@example.com", "--yes")
    assert erased.code == 0, erased.err
    assert xenia("users", "show", "system", "ada@example.com").code == 1


def test_a_document_is_planned_applied_once_and_exported(
    tmp_path: Path, xenia: Xenia, settings: dict[str, str]
) -> None:
    (tmp_path / "acme.toml").write_text('[tenant]\nid = "acme"\ntitle = "Acme Stores"\nplugins = ["password"]\n')
    planned = xenia("plan", "acme.toml")
    assert "tenant" in planned.out, planned.err
    assert xenia("export", "acme").code == 1
    assert xenia("apply", "acme.toml").code == 0
    assert xenia("apply", "acme.toml").out == "nothing to do\n"
    assert 'title = "Acme Stores"' in xenia("export", "acme").out


def test_every_mistake_of_a_document_has_a_line(tmp_path: Path, xenia: Xenia, settings: dict[str, str]) -> None:
    (tmp_path / "acme.toml").write_text(
        '[tenant]\nid = "acme"\ncolour = "red"\n[plugins.password]\nmin_length = "long"\n'
    )
    ended = xenia("apply", "acme.toml")
    assert ended.code == 1
    assert sorted(line.split()[1] for line in ended.err.splitlines()) == [
        "plugins.password.min_length:",
        "tenant.colour:",
    ]
    for unreadable in ("missing.toml", "."):
        ended = xenia("apply", unreadable)
        assert ended.code == 1
        assert ended.err.startswith(f"xenia: {unreadable} can't be read")


def test_the_doctor_finds_a_sound_set_up_sound(xenia: Xenia, settings: dict[str, str]) -> None:
    ended = xenia("doctor", "--json")
    assert ended.code == 0, ended.out
    found = {row["check"]: row["verdict"] for row in json.loads(ended.out)}
    assert found["database"] == found["schema"] == found["master key"] == found["issuers"] == "well"


def test_the_doctor_says_how_to_mend_what_is_wrong(tmp_path: Path, xenia: Xenia, settings: dict[str, str]) -> None:
    (tmp_path / "master.key").chmod(0o644)
    ended = xenia("doctor")
    assert ended.code == 1
    assert f"run `chmod 600 {tmp_path}/master.key`" in ended.out
    away = xenia("doctor", database_url="postgresql://xenia@127.0.0.1:1/xenia")
    assert away.code == 1
    assert "check database_url" in away.out


def test_the_audit_log_is_verified_and_exported(tmp_path: Path, xenia: Xenia, settings: dict[str, str]) -> None:
    with started("worker", cwd=tmp_path, **settings) as worker:
        worker.until("working")
        exported = ""
        while "checkpoint" not in exported:  # the worker seals what `migrate` recorded
            exported = xenia("audit", "export", "system", "log.jsonl").out
        assert worker.end() == 0
    assert xenia("audit", "verify", "system").code == 0
    assert xenia("audit", "verify", "--file", "log.jsonl").code == 0
    assert xenia("audit", "verify").code == 1


def test_what_was_parked_is_listed_and_tried_again(xenia: Xenia, settings: dict[str, str]) -> None:
    listed = xenia("events", "parked", "--json")
    assert (listed.code, json.loads(listed.out)) == (0, [])
    assert xenia("events", "retry").out == "0 taken, 0 failed again\n"


def test_two_accounts_are_merged_and_parted_again(xenia: Xenia, settings: dict[str, str], tmp_path: Path) -> None:
    document = tmp_path / "acme.toml"
    users = "".join(f'[[users]]\nemail = "{name}@example.com"\n' for name in ("ada", "double"))
    document.write_text(f'[tenant]\nid = "acme"\ntitle = "Acme"\n{users}')
    assert xenia("apply", str(document)).code == 0
    merged = xenia("users", "merge", "acme", "double@example.com", "ada@example.com", "--yes")
    assert merged.code == 0, merged.err
    [found] = json.loads(xenia("users", "show", "acme", "double@example.com", "--json").out)
    assert found["identifiers"] == ["ada@example.com", "double@example.com"]
    undo = merged.out.strip().rpartition("xenia ")[2].split()
    assert xenia(*undo).out == "The accounts are apart again.\n"
    again = xenia(*undo)
    assert (again.code, again.err.count("\n")) == (1, 1)
