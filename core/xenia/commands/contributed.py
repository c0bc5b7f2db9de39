"""Commands of plugins: ``xenia <plugin> <command>``. A command named after its plugin is reached by the plugin's name alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.frame import with_installation
from xenia.errors import SetupError
from xenia.plugin.manifest import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from xenia.pages import Command
    from xenia.serving.installation import Installation


def plugin_names() -> frozenset[str]:
    """The names of what is installed, without loading any of it."""
    return frozenset(point.name for point in entry_points(group=ENTRY_POINT_GROUP))


def run_contributed(plugin: str, tokens: Sequence[str]) -> int:
    """Run a plugin's command with the rest of the command line."""

    async def work(installation: Installation) -> int | None:
        kernel = await installation.kernel()
        mine = [command for owner, command in kernel.registry.commands.owned() if owner == plugin]
        if not mine:
            raise SetupError(f"the plugin {plugin} has no commands")
        result: Any = await _app(plugin, mine, installation).run_async(tokens, exit_on_error=False, result_action="return_value")
        return result if isinstance(result, int) else None

    return with_installation(work)


def _app(plugin: str, commands: Sequence[Command], installation: Installation) -> App:
    app = App(name=f"xenia {plugin}", help=f"Commands of the plugin {plugin}.", version_flags=())
    for command in commands:
        call = partial(command.run, installation)
        if command.name == plugin:
            app.default(call)
        else:
            app.command(call, name=command.name)
    return app
