"""Serving: in this process, or in several that share one socket, with other programs beside where a command asks for them."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from xenia.errors import SetupError, Unavailable
from xenia.log import log
from xenia.serving.signals import ending
from xenia.serving.sockets import bind, spoken
from xenia.serving.word import one_word

if TYPE_CHECKING:
    from xenia.embedded.server import EmbeddedServer
    from xenia.plugin.programs import Program
    from xenia.serving.installation import Installation

CHILD = "xenia.serving.child"


async def serve(installation: Installation, beside: Sequence[Program], bound: Callable[[], None]) -> int:
    """Serve until asked to end; the exit code. Raises ``SetupError`` with one line where that can't be done."""
    with ending() as asked, bind(installation.settings.listen) as listening:
        bound()
        if installation.settings.workers == 1 and not beside:
            await serve_one(installation, listening, asked)
            return 0
        return await _supervise(installation, listening, beside, asked)


async def serve_one(installation: Installation, listening: socket.socket, asked: asyncio.Event) -> None:
    """Serve in this process until ``asked`` is set."""
    from xenia.app import front_of
    from xenia.serving.gate import Gate
    from xenia.serving.keys import check_key, master_key
    from xenia.serving.logs import bridge_libraries
    from xenia.serving.server import serve_here

    bridge_libraries()
    settings, address = installation.settings, installation.address
    await _refuse_empty(installation)
    key = await master_key(settings, address)

    async def examine() -> None:
        await installation.check_version()
        await check_key(key, settings, address)

    kernel = await installation.kernel(live=True)
    front = front_of(kernel)
    keep_for_good()
    await serve_here(Gate(front, examine), listening, asked)


def keep_for_good() -> None:
    """What the start made stays as long as the process: the collector needn't look through it again and again, during somebody's
    sign-in.
    """
    gc.collect()
    gc.freeze()


async def _refuse_empty(installation: Installation) -> None:
    """Where no key is there yet, the schema is looked at first: a key is made by ``migrate``, and never for a refused start."""
    if not installation.settings.master_key_file.exists():
        with suppress(Unavailable):  # whoever needs the key says it better
            await installation.check_version()


async def work(installation: Installation) -> int:
    """The work in the background and nothing else, until asked to end."""
    with ending() as asked:
        await _refuse_empty(installation)
        async with (await installation.kernel(live=True)).running():
            log.info("working")
            await asked.wait()
    log.info("stopped")
    return 0


async def _supervise(
    installation: Installation, listening: socket.socket, beside: Sequence[Program], asked: asyncio.Event
) -> int:
    """The parent: it loads neither plugins nor framework, so that it costs little. What is wrong, a worker says."""
    from xenia.serving.keeper import keep_running
    from xenia.serving.supervisor import Supervisor

    with ExitStack() as stack:
        environment = {"XENIA_DATABASE_URL": installation.address}
        server: EmbeddedServer | None = None
        if installation.settings.workers > 1:
            environment["XENIA_VALKEY_URL"], server = await asyncio.to_thread(_valkey, installation, stack)
        log.info("serving", listen=spoken(listening), workers=installation.settings.workers)
        descriptors = (listening.fileno(), stack.enter_context(one_word()))
        programs = [*_workers(installation, descriptors, environment), *beside]
        keeping = asyncio.create_task(keep_running(server, asked)) if server else None
        try:
            return await Supervisor(programs, installation.environ, asked).run()
        finally:
            asked.set()
            if keeping:
                await keeping


def _valkey(installation: Installation, stack: ExitStack) -> tuple[str, EmbeddedServer | None]:
    """The address of Valkey, and the server where it is ours to look after."""
    from xenia.embedded import EmbeddedError, EmbeddedValkey

    if installation.settings.valkey_url:
        return installation.settings.valkey_url.reveal(), None
    try:
        server = stack.enter_context(EmbeddedValkey(installation.settings.data_dir))
        return server.address, server
    except EmbeddedError as problem:
        workers = installation.settings.workers
        raise SetupError(
            f"{workers} workers need Valkey: set valkey_url, or workers = 1 ({problem.detail})"
        ) from problem


def _workers(
    installation: Installation, descriptors: tuple[int, int], environment: dict[str, str]
) -> Sequence[Program]:
    from xenia.plugin.programs import Program

    return [
        Program(
            name=f"worker {number}",
            command=("-m", CHILD, *map(str, descriptors)),
            environment=environment,
            descriptors=descriptors,
        )
        for number in range(1, installation.settings.workers + 1)
    ]
