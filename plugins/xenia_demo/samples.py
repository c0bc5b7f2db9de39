"""The two sample applications as the command knows them: their addresses, sockets and secrets."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import msgspec

from xenia.api import Program, SetupError

NAMES = ("shop", "club")


class Sample(msgspec.Struct, frozen=True):
    """One sample application, its socket bound already."""

    name: str
    listening: socket.socket
    secret: str

    @property
    def url(self) -> str:
        """Where people reach it."""
        return f"http://localhost:{self.listening.getsockname()[1]}"

    def environ(self) -> Mapping[str, str]:
        """What the tenant's document asks for of it."""
        name = self.name.upper()
        return {
            f"{name}_SECRET": self.secret,
            f"{name}_URL": self.url,
            f"{name}_HOME": f"{self.url}/",
            f"{name}_CALLBACK": f"{self.url}/callback",
            f"{name}_BACK_CHANNEL": f"{self.url}/back-channel-logout",
        }

    def program(self, issuer: str) -> Program:
        """The process that serves it."""
        descriptor = self.listening.fileno()
        environment = {"DEMO_ISSUER": issuer, "DEMO_SECRET": self.secret, "DEMO_URL": self.url}
        return Program(
            name=self.name,
            command=("-m", "xenia_demo.application", self.name, str(descriptor)),
            environment=environment,
            descriptors=(descriptor,),
        )


def bind(name: str, port: int, secret: str) -> Sample:
    """A sample with its socket. Raises ``SetupError`` where the port is taken."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
    except OSError as problem:
        listening.close()
        raise SetupError(
            f"the sample application {name} can't listen on port {port} ({problem.strerror}): say `xenia demo --{name} PORT`"
        ) from problem
    return Sample(name, listening, secret)
