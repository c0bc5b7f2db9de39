"""Real processes: one, several, and what stops them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from tests.core.serving.processes import database_at, finished, free_port, open_folder, ran, started
from xenia.security.sealing import MasterKey

pytestmark = pytest.mark.slow
MakeDatabase = Callable[[], Coroutine[None, None, str]]


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> dict[str, str]:
    """A set-up on the test's database, migrated."""
    port = free_port()
    values = {
        "data_dir": str(tmp_path),
        "database_url": database_address,
        "listen": f"127.0.0.1:{port}",
        "public_url": f"http://localhost:{port}",
        "development": "true",
    }
    assert ran("migrate", **values) == 0
    return values


def test_serve_answers_with_a_sign_in_page(tmp_path: Path, settings: dict[str, str]) -> None:
    with started("serve", cwd=tmp_path, **settings) as xenia:
        url = xenia.url()
        assert xenia.get(f"{url}/health/live").status_code == 200
        assert xenia.get(f"{url}/health/ready").status_code == 200
        with httpx2.Client(follow_redirects=True, trust_env=False) as browser:
            page = browser.get(f"{url}/t/system/sign-in", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "<form" in page.text
        assert "server" not in page.headers
        assert xenia.end() == 0


def test_ctrl_c_ends_it_in_order(tmp_path: Path, settings: dict[str, str]) -> None:
    with started("serve", cwd=tmp_path, **settings) as xenia:
        xenia.get(f"{xenia.url()}/health/live")
        assert xenia.end(signal.SIGINT) == 0
        xenia.until("stopped")


def test_a_killed_worker_is_started_again_and_the_others_go_on(settings: dict[str, str]) -> None:
    with open_folder() as folder:
        os.link(Path(settings["data_dir"]) / "master.key", folder / "master.key")
        with started("serve", "--workers", "2", cwd=folder, **settings | {"data_dir": str(folder)}) as xenia:
            url = xenia.url()
            assert xenia.get(f"{url}/health/live").status_code == 200
            parent = psutil.Process(xenia.process.pid)
            workers = _workers(parent)
            assert len(workers) == 2
            workers[0].send_signal(signal.SIGKILL)
            xenia.until("process_ended name=worker")
            assert xenia.get(f"{url}/health/live").status_code == 200
            while len(_workers(parent)) < 2:
                xenia.until(" serving ")  # the first word may still be the other worker's own
            children = parent.children(recursive=True)
            assert xenia.end() == 0
            _, left = psutil.wait_procs(children, timeout=30)
            assert not left


def test_workers_end_when_their_parent_is_killed(settings: dict[str, str]) -> None:
    with open_folder() as folder:
        os.link(Path(settings["data_dir"]) / "master.key", folder / "master.key")
        with started("serve", "--workers", "2", cwd=folder, **settings | {"data_dir": str(folder)}) as xenia:
            xenia.get(f"{xenia.url()}/health/live")
            parent = psutil.Process(xenia.process.pid)
            workers, others = _workers(parent), parent.children(recursive=True)
            parent.kill()
            _, left = psutil.wait_procs(workers, timeout=60)
            assert not left
            for other in others:  # the embedded Valkey, which would serve the next start
                if other.is_running():
                    other.terminate()


def test_a_taken_port_is_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = finished("serve", "--listen", f"127.0.0.1:{port}", cwd=tmp_path, **settings)
    assert (
        _one_line(ended)
        == f"xenia: 127.0.0.1:{port} is taken by another program: end that one, or set `listen` to another port"
    )


async def test_a_database_that_is_behind_is_refused(
    tmp_path: Path, settings: dict[str, str], fresh_database: MakeDatabase
) -> None:
    import asyncpg

    behind = await fresh_database()
    connection = await asyncpg.connect(behind)
    await connection.execute("DELETE FROM migration WHERE app_name = 'xenia'")
    await connection.close()
    for several in ((), ("--workers", "2")):
        arguments = settings | {"database_url": behind, "valkey_url": "unix:///nowhere"}
        ended = await asyncio.to_thread(finished, "serve", *several, cwd=tmp_path, **arguments)
        assert "the database is behind" in _one_line(ended)
        assert "xenia migrate" in ended.stderr


def test_a_database_with_data_and_no_key_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    assert ran("tenants", "create", "acme", **settings) == 0
    (tmp_path / "master.key").unlink()
    for command in ("serve", "migrate"):
        assert "master.key is missing" in _one_line(finished(command, cwd=tmp_path, **settings))
    assert not (tmp_path / "master.key").exists()


def test_another_key_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    assert ran("keys", "rotate", "system", **settings) == 0
    (tmp_path / "master.key").unlink()
    MasterKey.create(tmp_path / "master.key")
    assert "is not the key that this database was sealed with" in _one_line(finished("serve", cwd=tmp_path, **settings))


async def test_a_database_that_comes_later_is_waited_for(
    tmp_path: Path, settings: dict[str, str], database_address: str
) -> None:
    port = free_port()
    there = urlsplit(database_address)
    away = f"postgresql://{there.netloc.rpartition('@')[0]}@127.0.0.1:{port}{there.path}"
    with started("serve", cwd=tmp_path, **settings | {"database_url": away}) as xenia:
        url = await asyncio.to_thread(xenia.url)
        answer = await asyncio.to_thread(xenia.get, f"{url}/t/system/sign-in")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert (await asyncio.to_thread(xenia.get, f"{url}/health/live")).status_code == 200
        assert (await asyncio.to_thread(xenia.get, f"{url}/health/ready")).status_code == 503
        async with await _relay(port, database_address):
            while answer.status_code == 503:
                answer = await asyncio.to_thread(xenia.get, f"{url}/t/system/sign-in")
            assert answer.status_code == 303
            assert await asyncio.to_thread(xenia.end) == 0


async def _relay(port: int, address: str) -> asyncio.Server:
    """The database under a port that it didn't have before."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await database_at(address)
        await asyncio.gather(_copy(reader, to_server), _copy(from_server, writer))

    return await asyncio.start_server(serve, "127.0.0.1", port)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    return [child for child in parent.children() if "xenia.serving.child" in " ".join(child.cmdline())]


def _one_line(ended: object) -> str:
    stderr, code = str(getattr(ended, "stderr", "")), getattr(ended, "returncode", None)
    assert code == 1, stderr
    lines = [line for line in stderr.splitlines() if line.startswith("xenia: ")]
    assert len(lines) == 1, stderr
    assert "Traceback" not in stderr
    return lines[0]
