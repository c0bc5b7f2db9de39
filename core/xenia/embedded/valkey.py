"""An embedded Valkey: reached by a unix socket only, nothing written to disk, nothing dropped under pressure."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from xenia.embedded.account import Account
from xenia.embedded.programs import valkey_program
from xenia.embedded.server import EmbeddedServer


class EmbeddedValkey(EmbeddedServer):
    """The server of one data folder. What it holds may be lost at any time, so it is not kept across a stop."""

    name = "valkey"
    title = "Valkey"
    socket_name = "valkey.sock"
    stop_signal = signal.SIGTERM

    @property
    def socket_path(self) -> Path:
        """The path of the server's socket."""
        return self.sockets / self.socket_name

    @property
    def address(self) -> str:
        """``unix://`` and the path of the socket."""
        return f"unix://{self.socket_path}"

    @property
    def pid_file(self) -> Path:
        """Written by the server when it starts."""
        return self.sockets / "valkey.pid"

    @property
    def mark(self) -> str:
        """The path of the socket stands on the server's command line."""
        return f"--unixsocket {self.socket_path}"

    def prepare(self, account: Account) -> None:
        """Nothing is needed but the folders."""

    def command(self, account: Account) -> list[str]:
        """The server's command line."""
        settings = {
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "port": "0",
            "pidfile": str(self.pid_file),
            "dir": str(self.sockets),
            "daemonize": "no",
            "set-proc-title": "no",
            "save": "",
            "appendonly": "no",
            "maxmemory": "128mb",
            "maxmemory-policy": "noeviction",
        }
        given = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(valkey_program(account)), *given]

    def is_ready(self) -> bool:
        """Whether the socket answers."""
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket_path)) == 0
