"""A private server of Debian's PostgreSQL 15, the oldest that Xenia supports, on a port of its own.

python -m tests.interop.postgresql_15 COMMAND...    runs a command with ``XENIA_TEST_DATABASE`` set to such a server
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.core.serving.processes import free_port
from tests.programs import require
from xenia.testing.database import EXTERNAL, FAST

ACCOUNT = "postgres"
"""The account of Debian's package, under which the server runs where we are root."""

PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """A data folder, and the programs that work on it."""

    programs: Path
    folder: Path

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.folder / "data"

    def make(self, password: str) -> None:
        """Lay the data folder out; its administrator is ``xenia``."""
        given = self.folder / "password"
        given.write_text(password)
        own(given)
        # The password goes over loopback as it is: SCRAM's thousands of rounds would cost our side more than most tests.
        access = ["--username=xenia", f"--pwfile={given}", "--auth=password"]
        self._run("initdb", *access, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")

    def start(self, port: int) -> None:
        """Start, and come back when sessions are let in. TCP alone, since a socket's folder would be one thing more."""
        options = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", **FAST}
        words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'data' / 'log'}", f"--options={words}")

    def stop(self) -> None:
        """Stop at once: nothing in it is kept."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        account = ACCOUNT if os.geteuid() == 0 else None
        command = [str(self.programs / program), f"--pgdata={self.data}", *arguments]
        # The server inherits what it writes to, and a pipe would keep us waiting for its end.
        with (self.folder / "said").open("w+") as said:
            ended = subprocess.run(
                command,
                cwd=self.folder,
                stdout=said,
                stderr=said,
                timeout=PATIENCE,
                check=False,
                user=account,
                group=account,
            )
        assert ended.returncode == 0, (self.folder / "said").read_text()


def own(path: Path) -> None:
    """Give a file or folder to the server's account, where that isn't ours."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def postgresql_15() -> Iterator[str]:
    """The administrator's address of a running server, which is gone afterwards."""
    programs = Path(require("postgresql")).parent
    folder = Path(tempfile.mkdtemp(prefix="xenia-postgresql-15-"))
    own(folder)
    try:
        server, password, port = Server(programs, folder), secrets.token_hex(16), free_port()
        server.make(password)
        server.start(port)
        try:
            yield f"postgresql://xenia:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def main(command: Sequence[str]) -> int:
    """Run the command on a server of its own; the command's exit code."""
    with postgresql_15() as address:
        return subprocess.run(command, env={**os.environ, EXTERNAL: address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
