"""``xenia``: the command line. Errors are one clear line on standard error; 0 = done, 1 = failed, 2 = wrong use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xenia.commands.frame import guarded
from xenia.commands.output import WRONG_USE, complain

if TYPE_CHECKING:
    from cyclopts import App


def main() -> None:
    """The program."""
    sys.exit(run(sys.argv[1:]))


def run(tokens: Sequence[str]) -> int:
    """The exit code of one command line."""
    if list(tokens) == ["serve"]:  # nothing to parse: the first page comes a quarter of a second sooner
        from xenia.commands.running import serve

        return guarded(serve)
    return guarded(lambda: _parsed(tokens))


def _parsed(tokens: Sequence[str]) -> int:
    from cyclopts import CycloptsError

    app = command_line()
    try:
        if tokens and tokens[0] not in app and not tokens[0].startswith("-"):
            return _of_a_plugin(app, tokens)
        result = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as problem:
        complain(f"{' '.join(str(problem).split())} (`xenia --help` shows the commands)")
        return WRONG_USE
    return result if isinstance(result, int) else 0


def _of_a_plugin(app: App, tokens: Sequence[str]) -> int:
    from xenia.commands.contributed import plugin_names, run_contributed

    if tokens[0] in plugin_names():
        return run_contributed(tokens[0], tokens[1:])
    known = sorted(name for name in app if not name.startswith("-"))
    complain(f"there is no command {tokens[0]}; there are {', '.join(known)}, and those of plugins")
    return WRONG_USE


def command_line() -> App:
    """Every command of the core."""
    from cyclopts import App

    from xenia import __version__
    from xenia.commands import admins, audit, config, doctor, documents, events, keys, plugins, running, tenants, users

    app = App(
        name="xenia", help="Customer identity and access management.", version=__version__, help_format="plaintext"
    )
    once: tuple[Callable[..., int], ...] = (running.serve, running.worker, running.migrate, doctor.doctor)
    of_documents: tuple[Callable[..., int], ...] = (documents.plan, documents.apply, documents.export)
    for call in once + of_documents:
        app.command(call)
    for area in (tenants, users, keys, plugins, audit, events, admins, config):
        app.command(area.app)
    app.command(plugins.author)
    return app


if __name__ == "__main__":
    main()
