"""The parent of several processes: starts them, starts again what dies, and ends them in order."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence

from xenia.log import log
from xenia.plugin.programs import Program
from xenia.serving.signals import GRACE_SECONDS, REFUSED

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
SETTLED_SECONDS = 30.0


class Supervisor:
    """Keeps programs running until ``asked`` is set, or one of them says that it can't be helped."""

    def __init__(self, programs: Sequence[Program], environ: Mapping[str, str], asked: asyncio.Event) -> None:
        self._programs = tuple(programs)
        self._environ = environ
        self._asked = asked
        self._refused = False

    async def run(self) -> int:
        """The exit code: 1 where a program refused its set-up, else 0."""
        await asyncio.gather(*(self._keep(program) for program in self._programs))
        return 1 if self._refused else 0

    async def _keep(self, program: Program) -> None:
        pause = FIRST_PAUSE
        while not self._asked.is_set():
            started = time.monotonic()
            status = await self._run_once(program)
            if self._asked.is_set():
                return
            if status == REFUSED:
                self._refused = True
                self._asked.set()
                return
            pause = FIRST_PAUSE if time.monotonic() - started > SETTLED_SECONDS else min(pause * 2, LONGEST_PAUSE)
            log.warning("process_ended", name=program.name, status=status, reason=f"started again in {pause:g} s")
            await self._rest(pause)

    async def _run_once(self, program: Program) -> int:
        """Start it and wait: for its end, or for ours."""
        process = await _start(program, self._environ)
        ended = asyncio.create_task(process.wait())
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait((ended, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not ended.done():
            await _end(process, ended)
        return await ended

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._asked.wait(), seconds)
        except TimeoutError:
            return


async def _start(program: Program, environ: Mapping[str, str]) -> Process:
    """A session of its own: a Ctrl-C reaches us alone, and we end our children in order."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program.command,
        stdin=PIPE,
        env=_environment(environ, program.environment),
        pass_fds=program.descriptors,
        start_new_session=True,
    )


async def _end(process: Process, ended: asyncio.Task[int]) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(ended), GRACE_SECONDS + 5)
    except TimeoutError:
        process.kill()


def _environment(environ: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The parent's, with a program's own on top; a value wins over the file that the parent read it from."""
    kept = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in own}
    return {**kept, **own}
