"""Processes as the operating system shows them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xenia.embedded.account import Account

PROC = Path("/proc")


def written_pid(file: Path) -> int | None:
    """The process id on the first line of `file`; None when there is none."""
    try:
        first = file.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except (FileNotFoundError, PermissionError):
        return None
    return int(first) if first.isdecimal() and int(first) > 0 else None


def exists(pid: int) -> bool:
    """Whether some process has this id, a dead one that nobody has waited for included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """The command line of a living process, arguments parted by blanks; empty for a dead one."""
    if PROC.is_dir():
        try:
            raw = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace")
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout


def is_alive(pid: int) -> bool:
    """Whether a process runs, or is about to: at the moment of its start it has no command line yet."""
    if not PROC.is_dir():
        return bool(command_line(pid))
    try:
        state = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def spawn(command: list[str], folder: Path, log: int, account: Account) -> int:
    """Start `command` in the background with its output in `log`; its process id.

    It is no child of ours, since it may outlive us, and out of reach of the terminal's Ctrl-C.
    """
    started = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *command],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        umask=0o077,
        check=True,
        **account.process_options(),
    )
    return int(started.stdout)


def run(command: list[str], folder: Path, account: Account, given: str = "") -> str:
    """Run `command` to its end with `given` on its standard input; its complaint, or empty when it succeeded."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        input=given.encode(),
        capture_output=True,
        check=False,
        umask=0o077,
        **account.process_options(),
    )
    output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    failed = done.returncode != 0 or any("ERROR:" in line for line in output)
    return (output or [f"exit status {done.returncode}"])[-1] if failed else ""


def environment() -> dict[str, str]:
    """What a server sees of our environment: nothing that could change what it does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def log_file(path: Path, limit: int) -> Iterator[int]:
    """A descriptor that appends to `path`; a file longer than `limit` bytes begins anew."""
    if path.exists() and path.stat().st_size > limit:
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def last_complaint(path: Path, start: int) -> str:
    """The last line of a log, read from byte `start`, that names a failure; else its last line."""
    written = path.read_bytes()[start:].decode(errors="replace") if path.exists() else ""
    lines = [line for line in written.splitlines() if line.strip()]
    failures = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (failures or lines or ["it said nothing"])[-1].strip()
