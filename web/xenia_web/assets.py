"""The files that pages ask for: style, script, font, icons.

Each file has an address with a hash of its content (``/static/<hash>/<name>``), so that browsers keep it for ever and
never ask again.
"""

from __future__ import annotations

import gzip
import re
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

import msgspec

from xenia.api import HotAnswer, HotRequest, HotRoute, public

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static"
FOR_EVER = b"public, max-age=31536000, immutable"
TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".woff2": b"font/woff2",
    ".png": b"image/png",
    ".webp": b"image/webp",
}
_PACKED = frozenset({".woff2", ".png", ".webp"})  # compressed in themselves: a second time gains nothing
_REFERENCE = re.compile(r'url\("([^":]+)"\)')


class Asset(msgspec.Struct, frozen=True):
    """One file, ready to be sent. ``zipped`` is empty where compression gains nothing."""

    name: str
    address: str
    media_type: bytes
    body: bytes
    zipped: bytes


class Assets:
    """Every static file of the host and of the plugins, read once.

    ``folders`` maps a prefix of names to a folder: ``{"": host, "totp": .../static}`` gives ``xenia.css`` and
    ``totp/scan.js``.
    """

    def __init__(self, folders: Mapping[str, Path] | None = None, prefix: str = PREFIX) -> None:
        self._prefix = prefix
        self._by_name: dict[str, Asset] = {}
        # Styles name other files by their addresses, so they are read when those are known.
        for name, path in sorted(_files(folders or {"": FOLDER}), key=lambda file: file[1].suffix == ".css"):
            self._by_name[name] = self._read(name, path)
        self._by_path = {asset.address.removeprefix(prefix): asset for asset in self._by_name.values()}

    def __getitem__(self, name: str) -> Asset:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._by_name.values())

    def address(self, name: str) -> str:
        """Where a page finds the file, below the tenant's base. Raises ``KeyError`` for a name that nobody has."""
        return self._by_name[name].address

    def find(self, path: str) -> Asset | None:
        """The file at a path below the prefix (``/<hash>/<name>``), or ``None``."""
        return self._by_path.get(path)

    def _read(self, name: str, path: Path) -> Asset:
        body = path.read_bytes()
        if path.suffix == ".css":
            body = _REFERENCE.sub(lambda found: self._resolved(name, found[1]), body.decode()).encode()
        digest = urlsafe_b64encode(sha256(body).digest())[:12].decode()
        zipped = b"" if path.suffix in _PACKED else gzip.compress(body, 9, mtime=0)
        return Asset(name, f"{self._prefix}/{digest}/{name}", TYPES[path.suffix], body, zipped)

    def _resolved(self, style: str, reference: str) -> str:
        """Addresses in a style are relative to it, so that they hold below any tenant's base."""
        target = self.address(normpath(join(dirname(style), reference))).removeprefix(self._prefix + "/")
        return f'url("{"../" * (style.count("/") + 1)}{target}")'


def _files(folders: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for prefix, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            if path.suffix in TYPES:
                yield join(prefix, path.relative_to(folder).as_posix()), path


def accepts_gzip(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the client takes gzip (RFC 9110 section 12.5.3); a weight of nought says no."""
    offers = headers.get(b"accept-encoding", b"").decode("latin-1").lower()
    for offer in offers.replace(" ", "").split(","):
        coding, _, weight = offer.partition(";q=")
        if coding in ("gzip", "*"):
            return not weight or bool(weight.strip("0."))
    return False


def routes(assets: Assets) -> tuple[HotRoute, ...]:
    """Every file as a route that is served before the framework, from bytes made at start."""
    guard = public("Styles, scripts, fonts and pictures of the pages; no data of anybody.")
    return tuple(
        HotRoute(path=asset.address, methods=frozenset({"GET", "HEAD"}), handler=_handler(asset), guard=guard)
        for asset in assets
    )


def _handler(asset: Asset) -> Callable[[HotRequest], Awaitable[HotAnswer]]:
    plain = HotAnswer(200, _headers(asset, asset.body), asset.body)
    zipped = HotAnswer(200, (*_headers(asset, asset.zipped), (b"content-encoding", b"gzip")), asset.zipped)

    async def serve(request: HotRequest) -> HotAnswer:
        return zipped if asset.zipped and accepts_gzip(request.headers) else plain

    return serve


def _headers(asset: Asset, body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", asset.media_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", FOR_EVER),
        (b"vary", b"accept-encoding"),
    )
