"""One of several serving processes: ``python -m xenia.serving.child SOCKET WORD``, started by ``xenia serve``.

The parent owns the socket, the database and Valkey, and hands their addresses down in the environment.
"""

from __future__ import annotations

import os
import socket
import sys

from xenia.errors import SetupError
from xenia.serving.installation import Installation
from xenia.serving.loops import run
from xenia.serving.serve import serve_one
from xenia.serving.signals import REFUSED, ending, with_parent
from xenia.serving.word import take_word


async def child(installation: Installation, descriptor: int) -> None:
    """Serve on the parent's socket until asked to end, or until the parent is gone."""
    with socket.socket(fileno=descriptor) as listening, ending() as asked, with_parent(asked):
        await serve_one(installation, listening, asked)


def main() -> int:
    """The exit code."""
    listening, word = map(int, sys.argv[1:])
    try:
        installation = Installation(os.environ)
        installation.address = installation.settings.database_url.reveal()
        run(child(installation, listening))
    except SetupError as problem:
        if take_word(word):
            sys.stderr.write(f"xenia: {problem.detail}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
