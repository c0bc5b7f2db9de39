"""A virtual environment of its own, the commands of ``xenia`` in it, and a person's browser over real HTTP."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2

from tests.core.serving.processes import PATIENCE, Running
from tests.core.serving.processes import environment as variables
from xenia.testing.app import form_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "xenia_picture_pin"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
HTML = {"accept": "text/html", "sec-fetch-site": "same-origin"}


class Environment:
    """A virtual environment. What is installed where the tests run can be imported in it; what it installs stays in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"

    @classmethod
    def created(cls, folder: Path) -> Environment:
        """A new one, without the network."""
        venv.create(folder, with_pip=False, symlinks=True)
        [packages] = folder.glob("lib/python*/site-packages")
        outer = sysconfig.get_paths()["purelib"]
        # By addsitedir, so that the editable install of this checkout is seen too.
        (packages / "outer.pth").write_text(f"import site; site.addsitedir({outer!r})\n", "utf-8")
        return cls(folder)

    def install(self, project: Path) -> None:
        """Build a project's wheel and install it from there, as anybody would who got it as a file."""
        wheels = self.folder / "wheels"
        _done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels), cwd=project)
        [wheel] = wheels.glob("*.whl")
        offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
        _done(sys.executable, "-m", "pip", "--python", str(self.python), "install", *offline, str(wheel), cwd=project)


def _done(*command: str, cwd: Path) -> None:
    ended = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


class Installation:
    """Xenia in an environment: its commands, and its server."""

    def __init__(self, environment: Environment, folder: Path, settings: Mapping[str, str]) -> None:
        self._python = str(environment.python)
        self._folder = folder
        self._variables = variables(**settings)
        self._browsers = ExitStack()
        self.url = settings["public_url"]

    def run(self, *arguments: str, **more: str) -> str:
        """Run a command to its end; what it said."""
        ended = subprocess.run(
            [self._python, "-m", "xenia.cli", *arguments],
            env={**self._variables, **more},
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def apply(self, document: str, **more: str) -> None:
        """Make a tenant what a document says."""
        place = self._folder / "tenant.toml"
        place.write_text(document, "utf-8")
        self.run("apply", str(place), **more)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve for the while."""
        command = [self._python, "-m", "xenia.cli", "serve"]
        process = subprocess.Popen(
            command, env=self._variables, cwd=self._folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stderr
        try:
            Running(process, process.stderr).until(" serving ")
            yield
        finally:
            self._browsers.close()
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def browser(self, tenant: str) -> Browser:
        """A browser of its own, at one tenant."""
        made = Browser(f"{self.url}/t/{tenant}")
        self._browsers.enter_context(made.client)
        return made


class Browser:
    """A person's browser without script."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.client = httpx2.Client(headers=HTML, follow_redirects=True, trust_env=False, timeout=PATIENCE)

    def get(self, path: str) -> httpx2.Response:
        """Open a page of the tenant."""
        return self.client.get(f"{self.base}{path}")

    def submit(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fill in the form that has these fields, and send it."""
        action, hidden = form_of(page, fields)
        return self.client.post(urljoin(str(page.url), action), data={**hidden, **fields})

    def press(self, page: httpx2.Response, *actions: str) -> httpx2.Response:
        """Press one button after the other, each on the page that the one before led to; ``""`` is the main one."""
        for action in actions:
            target, hidden = _form_with(page, f'value="{action}"' if action else "btn-brand")
            page = self.client.post(urljoin(str(page.url), target), data={**hidden, "action": action})
        return page

    def answers(self, path: str) -> dict[str, int]:
        """The status of every method at a path."""
        return {method: self.client.request(method, f"{self.base}{path}").status_code for method in METHODS}

    def until(self, path: str, status: int) -> httpx2.Response:
        """The page, as soon as it answers so: other processes hear of a change within a second or so."""
        while (page := self.get(path)).status_code != status:
            pass
        return page


def _form_with(page: httpx2.Response, words: str) -> tuple[str, dict[str, str]]:
    """Where the form with these words goes, and its hidden values."""
    for target, inner in re.findall(r"<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", page.text, re.DOTALL):
        if words in inner:
            hidden = re.findall(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"", inner)
            return unescape(target) or str(page.url), {name: unescape(value) for name, value in hidden}
    raise AssertionError(f"no form with {words} on {page.url}: {page.status_code}\n{page.text}")
