"""A data folder that an account other than ours can reach, since the servers don't run as root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xenia.embedded import EmbeddedPostgres


@contextmanager
def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="xenia-embedded-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def pristine() -> Iterator[Path]:
    """A data folder that was started and stopped once; making one takes a second, copying it an instant."""
    with open_folder() as folder:
        with EmbeddedPostgres(folder):
            pass
        yield folder


@pytest.fixture
def used_dir(pristine: Path, data_dir: Path) -> Path:
    """A data folder in which PostgreSQL ran before."""
    subprocess.run(["cp", "-a", f"{pristine}/.", str(data_dir)], check=True)
    return data_dir


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root changes to another account")
