"""The account that a server runs under: our own, or one of its own when we are root.

PostgreSQL refuses to run as root, and no server here has any need of it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xenia.embedded.errors import EmbeddedError

NAME = "xenia-pg"


@dataclass(frozen=True)
class Account:
    """A user and group id, and whether a process must change to them."""

    uid: int
    gid: int
    switches: bool

    def process_options(self) -> dict[str, Any]:
        """The arguments of :class:`subprocess.Popen` that start a process under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def can_reach(self, path: Path) -> bool:
        """Whether this account may pass through every folder above `path`; those that don't exist yet don't count."""
        above = path.resolve().parents
        return not self.switches or all(self._may_enter(folder.stat()) for folder in above if folder.exists())

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)

    def make_private(self, folder: Path) -> Path:
        """Make `folder`, or take it as it is when it is a real folder of this account's; mode 0700 either way.

        It gets its name when it is this account's already: of two processes that start at once, neither sees a folder of somebody else's.
        """
        if not os.path.lexists(folder):
            draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            if self.switches:
                os.chown(draft, self.uid, self.gid)
            try:
                draft.rename(folder)
            except OSError:  # the other one was first, and has put something into it
                draft.rmdir()
        self._claim(folder)
        return folder

    def _claim(self, folder: Path) -> None:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != self.uid:
            raise EmbeddedError(f"{folder} belongs to somebody else; remove it or set another data_dir")
        if stat.S_IMODE(status.st_mode) != 0o700:
            folder.chmod(0o700)


def account_for(data: Path) -> Account:
    """The account to run under: as root, the one that owns `data`, else one of its own, made if missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switches=False)
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switches=True)
    entry = _entry() or _make()
    return Account(entry.pw_uid, entry.pw_gid, switches=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _make() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    if useradd := shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        subprocess.run([useradd, *command[1:], "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False)
    entry = _entry()
    if entry is None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the user {NAME} can't be made here; "
            "run Xenia as an ordinary user or set database_url"
        )
    return entry
