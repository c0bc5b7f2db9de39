"""An embedded PostgreSQL 18: reached by a unix socket only, durable, small, and safe against ``kill -9``."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from xenia.embedded import processes
from xenia.embedded.account import Account
from xenia.embedded.errors import EmbeddedError
from xenia.embedded.programs import postgres_programs
from xenia.embedded.server import EmbeddedServer

MAJOR = "18"
OWNER = "xenia"
DATABASE = "xenia"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "xenia",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and their errors may hold personal data: only what ends a session or the server is written down.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    # Small: an idle system should cost little, and the operating system's cache does the rest.
    "shared_buffers": "24MB",
    "max_connections": "100",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    # Nothing is replicated from here, no query is parallel: several idle processes less.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    "huge_pages": "off",
}


class EmbeddedPostgres(EmbeddedServer):
    """The server of one data folder. `options` are server settings on top of ours: ``{"fsync": "off"}`` in tests."""

    name = "postgres"
    title = "PostgreSQL"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # the fast shutdown: sessions are ended, everything committed is kept
    passing_complaint = "is still in use"  # after kill -9 the children take a moment to leave the shared memory

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        super().__init__(data_dir)
        self._options = {**SETTINGS, **(options or {})}

    @property
    def address(self) -> str:
        """``postgresql://`` with the socket's folder as host; the user owns the database."""
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder, bound to its major version."""
        return self.home / "data"

    @property
    def pid_file(self) -> Path:
        """Written by the server; its eighth line tells when it is ready."""
        return self.data / "postmaster.pid"

    @property
    def mark(self) -> str:
        """The data folder stands on the server's command line."""
        return f"-D {self.data}"

    def prepare(self, account: Account) -> None:
        """Make the data folder where there is none, whole or not at all, and say who may connect."""
        if not self.data.exists():
            self._create(account)
        self._check_version()
        _allow_peers(self.data, account)

    def command(self, account: Account) -> list[str]:
        """The server's command line."""
        settings = {**self._options, "unix_socket_directories": str(self.sockets)}
        given = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        return [str(postgres_programs(account) / "postgres"), "-D", str(self.data), *given]

    def is_ready(self) -> bool:
        """Whether recovery is over and sessions are let in."""
        try:
            lines = self.pid_file.read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _create(self, account: Account) -> None:
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        account.make_private(draft)
        programs = postgres_programs(account)
        complaint = processes.run(_initdb(programs, draft), self.home, account)
        complaint = complaint or processes.run(_single_user(programs, draft), self.home, account, _FIRST_STATEMENTS)
        if complaint:
            raise EmbeddedError(f"the embedded PostgreSQL can't make its data folder {self.data}: {complaint}")
        draft.rename(self.data)

    def _check_version(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise EmbeddedError(
                f"{self.data} can't be read ({error.strerror}); run Xenia as its owner or set another data_dir"
            ) from None
        if version != MAJOR:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {version}, this is {MAJOR}; dump it there and restore it here"
            )


_FIRST_STATEMENTS = f"create database {DATABASE} owner {OWNER};\n"


def _initdb(programs: Path, folder: Path) -> list[str]:
    """Texts are compared by code point, the same on every machine and in every release of its C library."""
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["--auth-local=peer", "--auth-host=reject", f"--username={OWNER}", "--no-instructions"]
    return [str(programs / "initdb"), "-D", str(folder), *options, *access]


def _single_user(programs: Path, folder: Path) -> list[str]:
    return [str(programs / "postgres"), "--single", "-D", str(folder), "postgres"]


def _allow_peers(data: Path, account: Account) -> None:
    """Let in, as any role, the accounts that may enter the socket's folder: the server's own, ours, and root."""
    names = {_name(uid) for uid in (account.uid, os.geteuid(), 0)}
    _replace(data / "pg_hba.conf", "local all all peer map=xenia\n", account)
    _replace(data / "pg_ident.conf", "".join(f'xenia "{name}" all\n' for name in sorted(names)), account)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _replace(path: Path, text: str, account: Account) -> None:
    if path.read_text() == text:
        return
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if account.switches:
            os.chown(descriptor, account.uid, account.gid)
    draft.rename(path)
