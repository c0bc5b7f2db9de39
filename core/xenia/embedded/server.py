"""What every embedded server has in common: one folder, one process, many users, and the last one to leave stops it."""

from __future__ import annotations

import os
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from xenia.embedded import processes
from xenia.embedded.account import Account, account_for
from xenia.embedded.errors import EmbeddedError
from xenia.embedded.locks import PAUSE, Users, starting
from xenia.embedded.places import home_of, socket_folder

START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOG_LIMIT = 1 << 20


class EmbeddedServer(ABC):
    """A server on a unix socket in a folder that only its account may enter.

    ``start`` attaches to a running server or starts one and returns its address; ``stop`` leaves it, and ends it when
    nobody else uses it. Both block for a moment: call them through a thread from asynchronous code. A server whose
    users were all killed stays up, and the next ``start`` attaches to it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    socket_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    passing_complaint: ClassVar[str | None] = None
    """What a start may end with that can succeed a moment later."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._users: Users | None = None
        self._log_start = 0
        self.home = data_dir / self.name
        self.sockets = self.home / "socket"

    def start(self) -> str:
        """Attach to the running server or start it; returns its address.

        Raises :class:`EmbeddedError` with one line when that can't be done.
        """
        deadline = time.monotonic() + START_SECONDS
        account = self._settle()
        with starting(self.home, deadline):
            users = self._users or Users(self.home)
            users.join()
            try:
                self._ensure_running(account, deadline)
            except BaseException:
                users.leave()
                raise
            self._users = users
        return self.address

    def stop(self) -> None:
        """Leave the server; end it when nobody else uses it. Does nothing when not started."""
        if self._users is None:
            return
        with starting(self.home, time.monotonic() + STOP_SECONDS):
            if self._users.leave():
                self._end()
            self._users = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    @abstractmethod
    def address(self) -> str:
        """The server's address as a URL."""

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """The file whose first line is the server's process id."""

    @property
    @abstractmethod
    def mark(self) -> str:
        """What the server's command line holds and no other process's does."""

    @abstractmethod
    def prepare(self, account: Account) -> None:
        """Make what the server needs before it can start."""

    @abstractmethod
    def command(self, account: Account) -> list[str]:
        """The command that runs the server in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether a running server takes connections yet."""

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None: a stale file, or another process under that id."""
        pid = processes.written_pid(self.pid_file)
        return pid if pid is not None and self.mark in processes.command_line(pid) else None

    def _settle(self) -> Account:
        account = account_for(self._data_dir / self.name / "data")
        self.home = home_of(self._data_dir, self.name, account)
        self.sockets = socket_folder(self.home, self.socket_name, account)
        return account

    def _ensure_running(self, account: Account, deadline: float) -> None:
        if self.pid is None:
            self.prepare(account)
            self._launch(account, deadline)
        self._wait_until_ready(deadline)

    def _launch(self, account: Account, deadline: float) -> None:
        """Start the process and wait until its id is written down."""
        while True:
            self._forget_stale()
            spawned = self._spawn(account)
            while processes.is_alive(spawned):
                if self.pid == spawned:
                    return
                _pause(deadline, f"the embedded {self.title} does not start; see {self.log}")
            complaint = self._complaint()
            if not (self.passing_complaint and self.passing_complaint in complaint):
                raise EmbeddedError(f"the embedded {self.title} did not start: {complaint} (see {self.log})")
            _pause(deadline, f"the embedded {self.title} did not start: {complaint}")

    def _wait_until_ready(self, deadline: float) -> None:
        while not self.is_ready():
            if self.pid is None:
                raise EmbeddedError(
                    f"the embedded {self.title} ended while starting: {self._complaint()} (see {self.log})"
                )
            _pause(deadline, f"the embedded {self.title} is not ready after {START_SECONDS:.0f} s; see {self.log}")

    def _spawn(self, account: Account) -> int:
        with processes.log_file(self.log, LOG_LIMIT) as log:
            self._log_start = os.fstat(log).st_size
            return processes.spawn(self.command(account), self.home, log, account)

    def _forget_stale(self) -> None:
        """Remove the files of a server that is gone, if its id lives on as another process: that would stop a start."""
        pid = processes.written_pid(self.pid_file)
        if pid is not None and processes.exists(pid):
            self.pid_file.unlink(missing_ok=True)
            for stale in self.sockets.glob(f"{self.socket_name}*"):
                stale.unlink(missing_ok=True)

    def _end(self) -> None:
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, self.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while self.pid is not None:
            _pause(deadline, f"the embedded {self.title} (process {pid}) does not stop; see {self.log}")

    @property
    def log(self) -> Path:
        """The file that the server writes its complaints to."""
        return self.home / "server.log"

    def _complaint(self) -> str:
        return processes.last_complaint(self.log, self._log_start)


def _pause(deadline: float, otherwise: str) -> None:
    if time.monotonic() > deadline:
        raise EmbeddedError(otherwise)
    time.sleep(PAUSE)
