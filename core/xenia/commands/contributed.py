"""Commands of plugins: ``xenia <plugin> <command>``. A command named after its plugin is reached by the plugin's name alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from cyclopts import App

from xenia.commands.frame import with_installation
from xenia.errors import SetupError
from xenia.plugin.manifest import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from xenia.pages import Command
    from xenia.plugin.operations import Operations


def plugin_names() -> frozenset[str]:
    """The names of what is installed, without loading any of it."""
    return frozenset(point.name for point in entry_points(group=ENTRY_POINT_GROUP))


def run_contributed(plugin: str, tokens: Sequence[str]) -> int:
    """Run a plugin's command with the rest of the command line. Help alone opens no database."""
    app = _app(plugin, _commands(plugin))
    call, bound, _ = app.parse_args(tokens, exit_on_error=False, print_error=False)
    if isinstance(call, partial):
        return with_installation(lambda installation: call.func(installation, *bound.args, **bound.kwargs))
    call(*bound.args, **bound.kwargs)
    return 0


def _commands(plugin: str) -> list[Command]:
    """What the plugin registers with a kernel that is never started, and so needs neither key nor database."""
    import secrets

    from xenia.app import Kernel
    from xenia.db import Database
    from xenia.security.sealing import MasterKey
    from xenia.serving.installation import Installation

    installation = Installation()
    key = MasterKey(secrets.token_bytes(32))
    kernel = Kernel(installation.settings, installation.plugins(), Database(""), key, live=False)
    mine = [command for owner, command in kernel.registry.commands.owned() if owner == plugin]
    if not mine:
        raise SetupError(f"the plugin {plugin} has no commands, or is left out of `plugins`")
    return mine


def _app(plugin: str, commands: Sequence[Command]) -> App:
    title = None if commands[0].name == plugin else f"Commands of the plugin {plugin}."
    app = App(name=f"xenia {plugin}", help=title, version_flags=(), help_format="plaintext")
    later = cast("Operations", None)  # stands for the first argument while the rest is read
    for command in commands:
        call = partial(command.run, later)
        if command.name == plugin:
            app.default(call)
        else:
            app.command(call, name=command.name)
    return app
