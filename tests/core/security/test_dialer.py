"""A canary listens on loopback; nothing that a stranger may write reaches it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xenia.security.dialer import AnswerTooLarge, Dialer, DialRefused, OutgoingFailed, OutgoingTimeout
from xenia.security.outgoing import GuardedClient

LOOPBACK = "127.0.0.1"
ANY = "0.0.0.0"  # noqa: S104  dialled, never bound
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True)
class Listed:
    network: IPv4Network | IPv6Network
    port: int


@dataclass
class Server:
    """A server that keeps what it was sent and answers each connection with fixed bytes."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)


@asynccontextmanager
async def serving(
    answer: bytes | Callable[[bytes], bytes] = OK, host: str = LOOPBACK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    seen = Server()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            seen.requests.append(head)
            writer.write(answer(head) if callable(answer) else answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, host, 0, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    async with server:
        yield seen


@pytest.fixture
async def canary() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


def resolving(*addresses: str) -> Callable[[str, int], object]:
    """A resolver for which every name whatever leads to the same addresses."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def dialer(*addresses: str, allow: Sequence[Listed] = (), development: bool = False) -> Dialer:
    return Dialer(allow, development=development, resolver=resolving(*(addresses or (LOOPBACK,))))  # type: ignore[arg-type]


def listed(port: int, network: str = "127.0.0.1/32") -> list[Listed]:
    return [Listed(ip_network(network), port)]


HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0X7F.0X1", "017700000001",
    "0177.0.0.1", "0177.0.0.01", "127.0.0.1.", "127.0.0.01", "0", ANY, "0x0", "00", "127.127.127.127",
    "10.0.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "192.168.0.1", "100.64.0.1", "172.16.0.1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[fe80::1]",
    "[fd00::1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::1]",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "127.0.0.1.nip.example", "metadata.internal",
    "rebind.example", "a.example.", "a..example", "-a.example", "a_.example", "xn--a.example",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "127\uff0e0.0.1",
    "loc\u00adalhost", "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3", "%6c%6f%63%61%6c%68%6f%73%74", "a b",
    "127.0.0.1%2f", "127.0.0.1%00", "a\\b", "user@127.0.0.1", "8.8.8.8@127.0.0.1", "127.0.0.1#@8.8.8.8", "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", HOSTS)
async def test_no_spelling_of_a_host_reaches_the_canary(canary: Server, host: str, scheme: str) -> None:
    async with dialer().http_client(plain_http=True) as client:
        with pytest.raises(OutgoingFailed):
            await client.get(f"{scheme}://{host}:{canary.port}/")
    assert canary.connections == 0


@pytest.mark.parametrize("host", [*(host.strip("[]") for host in HOSTS), "", " ", "\x00", "a\nb", "::1%lo", "*", "%"])
async def test_no_spelling_of_a_host_opens_a_socket_to_the_canary(canary: Server, host: str) -> None:
    with pytest.raises(OutgoingFailed):
        await dialer().open_socket(host, canary.port)
    with pytest.raises(OutgoingFailed):
        await dialer().connect(host, canary.port)
    assert canary.connections == 0


@pytest.mark.parametrize(
    "answer",
    [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], [ANY], ["::"], ["fe80::1%lo"], ["10.0.0.1"],
     ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"], ["64:ff9b::7f00:1"]],
)  # fmt: skip
async def test_a_name_with_one_private_address_is_refused_whole(answer: list[str]) -> None:
    with pytest.raises(DialRefused, match="not public"):
        await dialer(*answer).resolve("a.example", 443)


async def test_public_addresses_are_given_once_and_unwrapped() -> None:
    found = await dialer("8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1").resolve("a.example", 443)
    assert found == [ip_address("8.8.8.8"), ip_address("2606:4700::1")]
    assert await dialer().resolve("1.1.1.1", 443) == [ip_address("1.1.1.1")]


@pytest.mark.parametrize("port", [0, -1, 65536, 1 << 40])
async def test_an_impossible_port_is_refused(port: int) -> None:
    with pytest.raises(DialRefused):
        await dialer("8.8.8.8").resolve("a.example", port)


async def test_a_name_that_does_not_resolve_is_an_outgoing_failure() -> None:
    async def failing(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(OutgoingFailed, match="can't be resolved"):
        await Dialer(resolver=failing).resolve("a.example", 443)
    with pytest.raises(OutgoingFailed, match="no address"):
        await Dialer(resolver=resolving()).resolve("a.example", 443)  # type: ignore[arg-type]


async def test_development_reaches_loopback_and_nothing_else_private(canary: Server) -> None:
    developing = dialer(development=True)
    async with developing.http_client() as client:
        assert (await client.get(f"http://localhost:{canary.port}/")).text == "ok"
    for private in ("10.0.0.1", "169.254.169.254", "fd00::1", ANY):
        with pytest.raises(DialRefused):
            await dialer(private, development=True).resolve("a.example", 80)


async def test_what_the_operator_listed_is_reached_on_that_port_alone(canary: Server) -> None:
    reader, writer = await dialer(allow=listed(canary.port)).connect("ldap.internal", canary.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await reader.read()).endswith(b"ok")
    writer.close()
    with pytest.raises(DialRefused):
        await dialer(allow=listed(canary.port + 1)).open_socket("ldap.internal", canary.port)
    with pytest.raises(DialRefused):
        await dialer(allow=listed(canary.port, "127.0.0.2/32")).open_socket("ldap.internal", canary.port)


async def test_a_name_that_changes_its_mind_gains_nothing(canary: Server) -> None:
    answers = iter([["127.0.0.2"], [LOOPBACK], [LOOPBACK]])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    fickle = Dialer(listed(canary.port, "127.0.0.2/32"), resolver=rebinding)
    with pytest.raises(OutgoingFailed):
        await fickle.open_socket("a.example", canary.port)
    assert canary.connections == 0
    with pytest.raises(DialRefused):
        await fickle.open_socket("a.example", canary.port)
    assert canary.connections == 0


async def test_the_environment_offers_no_way_around(canary: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with dialer(development=True, allow=[]).http_client() as client:
        with pytest.raises(OutgoingFailed):
            await client.get("http://10.0.0.1/")
    assert canary.connections == 0


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


@asynccontextmanager
async def allowed_client(server: Server, max_body: int = 4096) -> AsyncIterator[GuardedClient]:
    """A client that may reach one listed server by plain http."""
    async with dialer(allow=listed(server.port)).http_client(plain_http=True, max_body=max_body) as client:
        yield client


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_unless_asked(status: int) -> None:
    async with serving(redirect("http://127.0.0.1:1/", status)) as server, allowed_client(server) as client:
        assert (await client.get(f"http://a.example:{server.port}/")).status_code == status
        assert server.connections == 1


async def test_each_redirect_is_judged_anew(canary: Server) -> None:
    port = canary.port
    for target in (
        f"http://127.0.0.1:{port}/", f"//localhost:{port}/", f"http://[::1]:{port}/", f"http://x@a.example:{port}/",
        "file:///etc/passwd", "gopher://127.0.0.1/", "http://[",
    ):  # fmt: skip
        async with serving(redirect(target)) as server, allowed_client(server) as client:
            with pytest.raises(OutgoingFailed):
                await client.get(f"http://a.example:{server.port}/", follow=3)
    assert canary.connections == 0


async def test_redirects_are_followed_only_so_far() -> None:
    async with serving(redirect("/again")) as server, allowed_client(server) as client:
        assert (await client.get(f"http://a.example:{server.port}/", follow=3)).status_code == 302
        assert server.connections == 4


async def test_a_redirect_never_repeats_a_post() -> None:
    async with serving(redirect("/again", 307)) as server, allowed_client(server) as client:
        answer = await client.request("POST", f"http://a.example:{server.port}/", content=b"x", follow=3)
        assert answer.status_code == 307
        assert server.connections == 1


async def test_a_redirect_to_another_origin_leaves_credentials_behind() -> None:
    def answer(head: bytes) -> bytes:
        return redirect(f"http://b.example:{server.port}/") if b"a.example" in head else OK

    async with serving(answer) as server, allowed_client(server) as client:
        url = f"http://a.example:{server.port}/"
        await client.get(url, headers={"authorization": "Bearer x", "cookie": "a=b", "accept": "y/z"}, follow=1)
    first, second = (request.lower() for request in server.requests)
    assert b"authorization: bearer x" in first
    assert b"authorization" not in second
    assert b"cookie" not in second
    assert b"accept: y/z" in second
    assert b"host: b.example" in second


async def test_cookies_of_one_answer_are_not_sent_with_the_next_request() -> None:
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with serving(answer) as server, allowed_client(server) as client:
        for _ in range(2):
            await client.get(f"http://a.example:{server.port}/")
    assert len(server.requests) == 2
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n" + b"x" * 4097,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"800\r\n" + b"x" * 2048 + b"\r\n" + b"801\r\n"
        + b"x" * 2049 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
    ],
)  # fmt: skip
async def test_an_answer_over_the_limit_is_cut_off(answer: bytes) -> None:
    async with serving(answer) as server, allowed_client(server) as client:
        with pytest.raises(AnswerTooLarge):
            await client.get(f"http://a.example:{server.port}/")


async def test_an_answer_at_the_limit_is_read_whole() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n" + b"x" * 4096
    async with serving(answer) as server, allowed_client(server) as client:
        assert (await client.get(f"http://a.example:{server.port}/")).content == b"x" * 4096


async def test_a_silent_server_ends_in_a_timeout() -> None:
    release = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
        await release.wait()
        writer.close()

    server = await asyncio.start_server(hold, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    client = GuardedClient(dialer(development=True), timeout=0.05, max_body=100, plain_http=True)
    async with server, client:
        with pytest.raises(OutgoingTimeout):
            await client.get(f"http://a.example:{port}/")
        release.set()


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"HTTP/9 x\r\n\r\n"]
)
async def test_a_broken_answer_is_an_outgoing_failure(answer: bytes) -> None:
    async with serving(answer) as server, allowed_client(server) as client:
        with pytest.raises(OutgoingFailed):
            await client.get(f"http://a.example:{server.port}/")


@pytest.mark.parametrize(
    "url",
    ["", "x", "//a", "http://", "ftp://a.example/", "file:///etc/passwd", "https://[", "unix:/x", "data:,x",
     "https://a.example:99999/", "https://u:p@a.example/", "http://a.example/"],
)  # fmt: skip
async def test_anything_but_plain_https_is_refused(url: str) -> None:
    async with dialer("8.8.8.8").http_client() as client:
        with pytest.raises(OutgoingFailed):
            await client.get(url)


async def test_headers_can_not_be_smuggled(canary: Server) -> None:
    async with allowed_client(canary) as client:
        with pytest.raises(OutgoingFailed):
            await client.get(f"http://a.example:{canary.port}/", headers={"x": "a\r\nHost: b"})
    assert all(b"\r\nHost: b\r\n" not in request for request in canary.requests)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for ``pinned.example`` with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pinned.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("pinned.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@asynccontextmanager
async def serving_tls(certificate: Path) -> AsyncIterator[tuple[Server, list[str | None]]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _object, name, _context: names.append(name)
    async with serving(tls=context) as server:
        yield server, names


async def test_the_address_is_pinned_and_the_name_stays_in_host_and_tls(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with serving_tls(certificate) as (server, names):
        client = GuardedClient(dialer(allow=listed(server.port)), timeout=5, max_body=100, ssl_context=trusting)
        async with client:
            assert (await client.get(f"https://pinned.example:{server.port}/x")).text == "ok"
            assert names == ["pinned.example"]
            assert f"host: pinned.example:{server.port}".encode() in server.requests[0].lower()
            with pytest.raises(OutgoingFailed, match="certificate"):
                await client.get(f"https://other.example:{server.port}/x")


async def test_a_stream_checks_the_certificate_against_the_name(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with serving_tls(certificate) as (server, names):
        guarded = dialer(allow=listed(server.port))
        _, writer = await guarded.connect("pinned.example", server.port, ssl=trusting)
        writer.close()
        assert names == ["pinned.example"]
        with pytest.raises(OutgoingFailed, match="certificate"):
            await guarded.connect("other.example", server.port, ssl=trusting)


async def test_an_untrusted_certificate_is_refused(certificate: Path) -> None:
    async with serving_tls(certificate) as (server, _), allowed_client(server) as client:
        with pytest.raises(OutgoingFailed, match="certificate"):
            await client.get(f"https://pinned.example:{server.port}/")
        assert server.requests == []


async def test_the_library_still_takes_its_pool_from_where_we_put_ours() -> None:
    async with dialer().http_client() as client:
        transport = client._client._transport
        assert isinstance(transport, httpx2.AsyncHTTPTransport)
        assert type(transport._pool._network_backend).__name__ == "_GuardedBackend"
