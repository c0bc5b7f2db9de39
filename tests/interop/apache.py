"""Debian's Apache with mod_auth_openidc before a page: an independent relying party, made of configuration alone."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import rmtree

from tests.core.serving.processes import PATIENCE, free_port
from tests.programs import require

PAGE = '<!--#echo var="REMOTE_USER" --> <!--#echo var="OIDC_CLAIM_sub" --> <!--#echo var="OIDC_CLAIM_given_name" -->'
"""What the page says of who reads it, by server-side includes."""

PASSPHRASE = "only-for-the-cookies-of-a-test"

CONFIGURATION = """\
ServerRoot {folder}
PidFile {folder}/httpd.pid
ServerName localhost:{port}
Listen 127.0.0.1:{port}
Mutex file:{folder}/run default
ErrorLog {folder}/error.log
{modules}
User www-data
Group www-data
TypesConfig /etc/mime.types
DocumentRoot {folder}/pages
<Directory {folder}/pages>
    Options +Includes
    SetOutputFilter INCLUDES
    Require all granted
</Directory>
<Location /members>
    AuthType openid-connect
    Require valid-user
</Location>
OIDCRedirectURI http://localhost:{port}/members/back
OIDCCryptoPassphrase {passphrase}
OIDCCacheType shm
OIDCPassClaimsAs environment
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim email
{settings}
"""

MODULES = ("mpm_prefork", "authn_core", "authz_core", "authz_user", "mime", "dir", "env", "include", "auth_openidc")


class Apache:
    """A server that is about to run, or runs. `/members/` is for people who signed in, `/out.html` for everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.members = f"{self.address}/members/"
        self.back = f"{self.address}/members/back"

    @asynccontextmanager
    async def running(self, settings: Mapping[str, str]) -> AsyncIterator[None]:
        """Serve with these directives of mod_auth_openidc, until the block ends."""
        program, module = require("apache2"), Path(require("mod_auth_openidc"))
        self._lay_out(module.parent, settings)
        command = [program, "-f", str(self.folder / "httpd.conf"), "-D", "FOREGROUND"]
        with (self.folder / "said").open("w") as said:
            # A session of its own: as it ends, it ends its whole group.
            process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        try:
            await self._until_it_listens(process)
            yield
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, PATIENCE)

    def _lay_out(self, modules: Path, settings: Mapping[str, str]) -> None:
        loaded = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in MODULES)
        given = "\n".join(f'{name} "{value}"' for name, value in settings.items())
        words = {"folder": self.folder, "port": self.port, "modules": loaded, "passphrase": PASSPHRASE}
        (self.folder / "httpd.conf").write_text(CONFIGURATION.format(**words, settings=given))
        (self.folder / "pages" / "members").mkdir(parents=True)
        (self.folder / "pages" / "members" / "index.html").write_text(PAGE)
        (self.folder / "pages" / "out.html").write_text("You are out.")
        (self.folder / "run").mkdir()
        (self.folder / "run").chmod(0o777)  # the locks, for the account that it changes to

    async def _until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionRefusedError:
                continue
            writer.close()
            return
        raise AssertionError((self.folder / "said").read_text() + self.log)

    @property
    def log(self) -> str:
        """What it complained of."""
        found = self.folder / "error.log"
        return found.read_text() if found.exists() else ""


@asynccontextmanager
async def apache() -> AsyncIterator[Apache]:
    """A server with a folder of its own, which the account that it changes to can reach."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-apache-"))
    folder.chmod(0o755)
    try:
        yield Apache(folder)
    finally:
        rmtree(folder)
