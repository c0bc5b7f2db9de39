"""``xenia config …``"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Any

from cyclopts import App

from xenia.commands.output import say, show

if TYPE_CHECKING:
    from xenia.serving.installation import Installation

app = App(name="config", help="The settings of the process: defaults, then xenia.toml, then XENIA_* variables.")


@app.command(name="show")
def show_(*, json: bool = False) -> int:
    """Each setting, its value and where it comes from. Secrets are masked."""
    from xenia.serving.installation import Installation

    installation = Installation()
    in_file = _in_file(installation)
    names = installation.settings.__struct_fields__
    rows = [
        {"key": name, "value": _shown(getattr(installation.settings, name)), "from": _origin(name, in_file)}
        for name in names
    ]
    show(rows, as_json=json)
    return 0


@app.command
def check() -> int:
    """Read the settings and say whether they can be used."""
    from xenia.serving.installation import Installation

    say(f"The settings can be used ({Installation().file or 'no xenia.toml'}).")
    return 0


def _in_file(installation: Installation) -> dict[str, str]:
    if installation.file is None:
        return {}
    return dict.fromkeys(tomllib.loads(installation.file.read_text("utf-8")), str(installation.file))


def _origin(name: str, in_file: dict[str, str]) -> str:
    variable = f"XENIA_{name.upper()}"
    for candidate in (variable, f"{variable}_FILE"):
        if candidate in os.environ:
            return candidate
    return in_file.get(name, "default")


def _shown(value: Any) -> str:
    from xenia.settings import Address, Destination, Log, Secret

    match value:
        case Secret():
            return "***" if value else ""
        case Address():
            return f"[{value.host}]:{value.port}" if ":" in value.host else f"{value.host}:{value.port}"
        case Destination():
            return f"{value.network}:{value.port}"
        case Log():
            return f"{value.form}:{value.level}"
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(map(_shown, value))
    return str(value)
