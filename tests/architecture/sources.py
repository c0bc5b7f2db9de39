"""The sources as syntax trees: which module imports which, outside of ``if TYPE_CHECKING``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("core", "web", "plugins")


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One imported module (``name`` is what was taken from it, if anything); ``late`` = inside a function."""

    importer: str
    module: str
    name: str = ""
    line: int = 0
    late: bool = False

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return f"{self.importer}:{self.line} imports {self.module}{f'.{self.name}' if self.name else ''}"


class Module(msgspec.Struct, frozen=True):
    """A source file under its dotted name."""

    name: str
    path: Path
    imports: tuple[Import, ...]

    @property
    def package(self) -> str:
        """The distribution's package: ``xenia``, ``xenia_totp``."""
        return self.name.partition(".")[0]


@cache
def modules() -> dict[str, Module]:
    """Every module under the source roots."""
    found = (_read(path, ROOT / folder) for folder in SOURCE_ROOTS for path in sorted((ROOT / folder).rglob("*.py")))
    return {module.name: module for module in found}


def of_package(package: str) -> tuple[Module, ...]:
    """The modules of one package."""
    return tuple(module for module in modules().values() if module.package == package)


def plugin_packages() -> tuple[str, ...]:
    """The packages under ``plugins/``."""
    return tuple(sorted(path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")))


def _read(path: Path, root: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    package = name if parts[-1] == "__init__" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text("utf-8"))
    return Module(name, path, tuple(_imports(tree, name, package, late=False)))


def _imports(node: ast.AST, importer: str, package: str, *, late: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            continue
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(importer=importer, module=alias.name, line=child.lineno, late=late)
        elif isinstance(child, ast.ImportFrom):
            base = _base(child, package)
            for alias in child.names:
                yield Import(importer=importer, module=base, name=alias.name, line=child.lineno, late=late)
        else:
            inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, importer, package, late=inside)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def target(found: Import) -> str:
    """The module of ours that is really loaded: a submodule, where the imported name is one."""
    inner = f"{found.module}.{found.name}"
    return inner if found.name and inner in modules() else found.module
