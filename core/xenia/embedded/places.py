"""Where an embedded server keeps its files and its socket."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from pathlib import Path

from xenia.embedded.account import Account
from xenia.embedded.errors import EmbeddedError

SHARED_ROOT = Path("/var/lib/xenia")
"""Where root puts what a server's account must reach and can't reach in the place asked for."""

SOCKET_PATH_LIMIT = 103
"""The longest path of a unix socket, in bytes: 107 on Linux, 103 on macOS (unix(7), sys/un.h)."""

log = logging.getLogger(__name__)


def home_of(data_dir: Path, name: str, account: Account) -> Path:
    """The folder for the files of the server `name`, made if missing.

    It is ``data_dir/name``, unless `account` can't get there (root's own folders are closed to others): then a folder
    under ``/var/lib/xenia`` named after `data_dir`. Nobody's permissions are changed. Data once made stays where it is.
    """
    wanted, other = data_dir.resolve() / name, _elsewhere(data_dir, name)
    home = wanted
    if not account.can_reach(wanted / "data"):
        _refuse_if_used(wanted)
        log.warning("%s can't be reached by the account of the embedded server; its files are in %s", data_dir, other)
        home = other
    elif not (wanted / "data").exists() and account.switches and (other / "data").exists():
        home = other
    return _made(home, account)


def socket_folder(home: Path, file_name: str, account: Account) -> Path:
    """A folder of mode 0700 for a socket called `file_name`: in `home`, or in a temporary one if that is too long."""
    folder = home / "socket"
    if _fits(folder / file_name):
        return account.make_private(folder)
    folder = Path(tempfile.gettempdir()) / f"xenia-{account.uid}-{_digest(home)}"
    if not _fits(folder / file_name) or not account.can_reach(folder):
        folder = Path("/tmp") / folder.name  # noqa: S108  the name alone opens nothing: owner and mode are checked
    return account.make_private(folder)


def make_folders(folder: Path, mode: int) -> None:
    """Make `folder` and what is missing above it, each with `mode` whatever the umask; others stay as they are."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(mode)


def _made(home: Path, account: Account) -> Path:
    try:
        make_folders(home, 0o711 if account.switches else 0o700)
    except OSError as error:
        raise EmbeddedError(f"{home} can't be made ({error.strerror}); set data_dir to a folder of yours") from None
    return home


def _refuse_if_used(home: Path) -> None:
    if (home / "data").exists():
        raise EmbeddedError(
            f"{home} can no longer be reached by the server's account; open a folder above it to others (o+x)"
        )


def _elsewhere(data_dir: Path, name: str) -> Path:
    return SHARED_ROOT / f"{name}-{_digest(data_dir.resolve())}"


def _digest(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:12]


def _fits(path: Path) -> bool:
    return len(bytes(path)) <= SOCKET_PATH_LIMIT
