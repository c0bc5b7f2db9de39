"""The image that the ``Containerfile`` describes, built and run without an engine: namespaces of Linux, and this machine as its base.

The base image is this machine's ``/usr``, ``/etc`` and Python, seen read-only; everything else of the root is the image's
own, so what isn't copied or installed into it isn't there. A command runs as process 1 in namespaces of its own.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import psutil
import pytest

from tests.core.serving.processes import PATIENCE, Running
from tests.interop.containerfile import Copy, Instruction, Stage, assigned, copied, stages

ROOT = Path(__file__).parents[2]
INTERPRETER = Path(sys.base_prefix)
PYTHON = INTERPRETER / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
SEEN = ("/usr", "/etc", *(() if INTERPRETER.is_relative_to("/usr") else (str(INTERPRETER),)))
DEVICES = ("null", "zero", "full", "random", "urandom")
BUILD_SECONDS = 900
_KNOWN = {"CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER", "VOLUME"}


@cache
def namespaces() -> tuple[str, ...]:
    """The options of ``unshare`` that work here: as root, or with a user namespace. None at all fails CI and skips elsewhere."""
    plain = ("--mount", "--pid", "--fork", "--kill-child")
    for options in (plain, ("--user", "--map-root-user", *plain)):
        if (
            shutil.which("unshare")
            and not subprocess.run(
                ["unshare", *options, "mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True, check=False
            ).returncode
        ):
            return options
    reason = "no mount namespaces here, neither as root nor by `unshare --user`: the container's layout can't be tried"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def is_root() -> bool:
    """Whether accounts can be changed; else a user namespace shows the only one there is under another number."""
    return "--user" not in namespaces()


@dataclass
class Image:
    """A built stage: its root, and what it says about running."""

    root: Path
    stage: Stage
    variables: dict[str, str] = field(default_factory=dict)
    folder: str = "/"

    @property
    def user(self) -> str:
        """``uid:gid`` of who runs in it."""
        return self.stage.last("USER") or "0:0"

    @property
    def volume(self) -> str:
        """Where the data lie."""
        return self.stage.last("VOLUME")

    def command(self, *arguments: str) -> list[str]:
        """The entry point with arguments, or with the image's own."""
        return [*json.loads(self.stage.last("ENTRYPOINT")), *(arguments or json.loads(self.stage.last("CMD")))]

    def check(self) -> list[str]:
        """The command of the health check."""
        return [str(word) for word in json.loads(self.stage.last("HEALTHCHECK").partition("CMD ")[2])]

    def stop_signal(self) -> signal.Signals:
        """What asks it to end."""
        return signal.Signals[self.stage.last("STOPSIGNAL")]


def build(file: Path, folder: Path) -> Image:
    """Follow the file, one instruction after the other; the last stage's image."""
    made: dict[str, Image] = {}
    *_, last = found = stages(file.read_text("utf-8"))
    for number, stage in enumerate(found):
        image = Image(_base(folder / f"stage-{number}"), stage, {"PATH": f"/base/bin:{os.defpath}"})
        arguments: dict[str, str] = {}
        for instruction in stage.instructions:
            _follow(image, instruction, arguments, made)
        made[stage.name or str(number)] = image
    return made[last.name or str(len(found) - 1)]


def _base(root: Path) -> Path:
    """A root with nothing in it but places for what is seen of this machine."""
    for place in (*SEEN, "/proc", "/dev", "/tmp", "/base/bin"):
        (root / place[1:]).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path(f"/{name}").is_symlink():
            (root / name).symlink_to(Path(f"/{name}").readlink())
    (root / "tmp").chmod(0o1777)
    for name in ("python", "python3"):
        (root / "base" / "bin" / name).symlink_to(PYTHON)
    return root


def _follow(image: Image, one: Instruction, arguments: dict[str, str], made: Mapping[str, Image]) -> None:
    match one.word:
        case "ARG":
            arguments |= assigned(one.text, image.variables)
        case "ENV":
            image.variables |= assigned(one.text, image.variables | arguments)
        case "WORKDIR":
            image.folder = one.text
            (image.root / one.text[1:]).mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copy(image, copied(one.text), made)
        case "RUN":
            _run(image, one.text, arguments)
        case word:
            assert word in _KNOWN, f"{word}: nobody here knows how"


def _copy(image: Image, copy: Copy, made: Mapping[str, Image]) -> None:
    target = image.root / str(Path(image.folder, copy.target))[1:]
    for name in copy.sources:
        source = (made[copy.stage].root if copy.stage else ROOT) / name.lstrip("/")
        if source.is_dir():
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=left_out)
        else:
            shutil.copy2(source, target)
    if copy.owner and is_root():
        owner, group = map(int, copy.owner.split(":"))
        for path in (target, *target.rglob("*")):
            os.chown(path, owner, group)


def _run(image: Image, text: str, arguments: Mapping[str, str]) -> None:
    # How this machine reaches packages is no part of the image, as it is none with an engine.
    outside = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.endswith("_proxy")}
    command = _boxed(image, ["/bin/sh", "-c", text], {**outside, **image.variables, **arguments}, user="0:0")
    ended = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert ended.returncode == 0, f"RUN {text}\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}"


@dataclass(frozen=True)
class Container:
    """An image with its volume, its settings and no way to write elsewhere: ``--read-only --tmpfs /tmp --cap-drop all``."""

    image: Image
    volume: Path
    settings: Mapping[str, str]

    def finished(self, *arguments: str, given: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """``podman run --rm xenia ...`` to its end, with ``more`` variables; a file may be given as ``/tmp/given``."""
        return replace(self, settings={**self.settings, **more})._ended(self.image.command(*arguments), given)

    def healthy(self, port: int) -> bool:
        """What the image's health check says, at the port that is used here."""
        command = [word.replace(":8000/", f":{port}/") for word in self.image.check()]
        return self._ended(command).returncode == 0

    @contextmanager
    def running(self) -> Iterator[Running]:
        """``podman run xenia`` for the while."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(self._boxed(self.image.command()), stdout=pipe, stderr=pipe, text=True)
        assert process.stderr
        try:
            yield Running(process, process.stderr)
        finally:
            for first in _first(process):  # by itself: a change of account cuts its bond to the parent
                first.kill()
            process.communicate(timeout=PATIENCE)

    def stop(self, running: Running) -> int:
        """``podman stop``: the image's signal to its process 1; the exit code."""
        [first] = _first(running.process)
        first.send_signal(self.image.stop_signal())
        return running.process.wait(PATIENCE)

    def _ended(self, command: Sequence[str], given: Path | None = None) -> subprocess.CompletedProcess[str]:
        boxed = self._boxed(command, given)
        return subprocess.run(boxed, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def _boxed(self, command: Sequence[str], given: Path | None = None) -> list[str]:
        variables = {**self.image.variables, **self.settings}
        return _boxed(self.image, command, variables, user=self.image.user, volume=self.volume, given=given)


def _first(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Process 1 of the namespaces that a process made, while it lives."""
    return psutil.Process(process.pid).children() if process.poll() is None else []


def _boxed(
    image: Image,
    command: Sequence[str],
    variables: Mapping[str, str],
    *,
    user: str,
    volume: Path | None = None,
    given: Path | None = None,
) -> list[str]:
    """The command line that runs a command in an image; with a volume the root can't be written."""
    steps = [*_seen(image.root), *(_closed(image, volume, given) if volume else ())]
    inside = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *_as(user), *command]
    enter = (
        f"cd {_quoted(image.root)} && pivot_root . . && umount -l . && cd {image.folder} && exec {shlex.join(inside)}"
    )
    return ["unshare", *namespaces(), "/bin/sh", "-euc", "\n".join([*steps, enter])]


def _seen(root: Path) -> Iterator[str]:
    """Mounts of what belongs to this machine."""
    yield f"mount --bind {_quoted(root)} {_quoted(root)}"
    for place in SEEN:
        target = _quoted(root / place[1:])
        yield f"mount --rbind {shlex.quote(place)} {target} && mount -o remount,bind,ro {target}"
    yield f"mount -t proc proc {_quoted(root / 'proc')} || mount --rbind /proc {_quoted(root / 'proc')}"
    yield f"mount -t tmpfs none {_quoted(root / 'dev')}"
    for name in DEVICES:
        target = _quoted(root / "dev" / name)
        yield f"touch {target} && mount --bind /dev/{name} {target}"


def _closed(image: Image, volume: Path, given: Path | None) -> Iterator[str]:
    """The root read-only, but for ``/tmp`` and the volume."""
    temporary = image.root / "tmp"
    yield f"mount -t tmpfs -o mode=1777 none {_quoted(temporary)}"
    if given:
        target = _quoted(temporary / "given")
        yield f"touch {target} && mount --bind {_quoted(given)} {target}"
    yield f"mount --bind {_quoted(volume)} {_quoted(image.root / image.volume[1:])}"
    yield f"mount -o remount,bind,ro {_quoted(image.root / 'dev')}"
    yield f"mount -o remount,bind,ro {_quoted(image.root)}"


def _as(user: str) -> list[str]:
    """Become somebody whom no list of accounts knows, without any privilege."""
    if user == "0:0":
        return []
    owner, group = user.split(":")
    bare = ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
    if is_root():
        return ["setpriv", f"--reuid={owner}", f"--regid={group}", "--clear-groups", *bare, "--"]
    return ["unshare", "--user", f"--map-user={owner}", f"--map-group={group}", "setpriv", bare[0], "--"]


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
