"""The wrapper against the test vectors of WebAuthn level 3, section 16, and against a software authenticator of somebody else."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from soft_webauthn import SoftWebauthnDevice

from tests.plugins.passkeys.authenticator import Answer, Options, base64url, octets
from tests.plugins.passkeys.person import answer, options_of, sessions_of, with_password
from tests.plugins.passkeys.vectors import ORIGIN, RP_ID, TOP_ORIGIN, Vector, authority
from xenia.testing.app import App
from xenia.users.models import User
from xenia_passkeys.answers import Assertion, Creation, read
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import Attestation, Expected, Made, Shown
from xenia_passkeys.verifier import verify_assertion, verify_creation

NOTHING = Attestation()
ROOT = authority().public_bytes(Encoding.PEM)


def registered(vector: Vector, wanted: Attestation = NOTHING, **differently: Any) -> Made:
    """What is verified of a vector's registration."""
    expected = _expected(vector.challenge, **differently)
    return verify_creation(read(json.dumps(vector.creation), Creation), expected, wanted)


def signed_in(vector: Vector, key: bytes, **differently: Any) -> Shown:
    """What is verified of its sign-in."""
    expected = _expected(vector.get_challenge, **differently)
    return verify_assertion(read(json.dumps(vector.assertion), Assertion), expected, key)


def _expected(issued: bytes, /, **differently: Any) -> Expected:
    usual = Expected(challenge=issued, rp_id=RP_ID, origins=frozenset({ORIGIN}), verification=False)
    return msgspec.structs.replace(usual, **differently)


def reason(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(NotAccepted) as refused:
        call(*arguments, **named)
    return refused.value.reason


# -- that they are the section's


def test_the_vectors_are_those_that_the_standard_prints() -> None:
    assert authority().public_bytes(Encoding.PEM) == ROOT, "signatures are deterministic"
    assert authority().signature.hex().endswith("f5ef2c912d4500b3e2f5b591d0622491e9f220dfd1f9734ec484bb7e90887663")
    printed = {
        Vector("none.ES256"): "8480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
        crossed(): "c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf",
        topped(): "12e101c165db3c8e9957f0c54dd6ca9b56bc3bd2f280bd2faa6c1d02c6e5c171",
        certified(-257): "c3999d4882cc645b776de930756612cdc6dd398160ff02a6",
    }
    for vector, end in printed.items():
        assert vector.signature.hex().endswith(end), vector.name
    long = Vector("none.ES256.long-credential-id", id_octets=1023)
    assert long.attestation.hex().endswith("436d5edc9a75f23999eef9d5950a5c2455514ee1014084720f841a06b828a11")


def crossed() -> Vector:
    return Vector("none.ES256.crossOrigin", cross_origin=True)


def topped() -> Vector:
    return Vector("none.ES256.topOrigin", cross_origin=True, top_origin=TOP_ORIGIN)


def certified(alg: int = -7) -> Vector:
    return Vector("packed.RS256" if alg == -257 else "packed.ES256", alg=alg, attested="certified")


# -- what is made of them


@pytest.mark.parametrize(
    "vector",
    [
        Vector("none.ES256"),
        Vector("packed-self.ES256", attested="self"),
        Vector("none.ES256.long-credential-id", id_octets=1023),
        certified(),
        certified(-257),
    ],
    ids=lambda vector: vector.name,
)
def test_a_vector_is_accepted(vector: Vector) -> None:
    made = registered(vector)
    assert made.id == vector.id
    assert made.aaguid.replace("-", "") == vector.aaguid.hex()
    assert made.eligible == bool(vector.flags & 8)
    shown = signed_in(vector, made.public_key)
    assert shown.counter == 0
    assert shown.eligible == made.eligible
    other = bytes([vector.signature[0], vector.signature[1] ^ 1, *vector.signature[2:]])
    vector.assertion["response"]["signature"] = base64url(other)
    assert reason(signed_in, vector, made.public_key) == "signature"


@pytest.mark.parametrize("vector", [crossed(), topped()], ids=lambda vector: vector.name)
def test_an_answer_out_of_a_frame_is_refused(vector: Vector) -> None:
    assert reason(registered, vector) == "cross_origin"
    assert reason(signed_in, vector, b"") == "cross_origin"


def test_what_is_expected_is_compared() -> None:
    vector = Vector("none.ES256")
    wrong: dict[str, dict[str, Any]] = {
        "challenge": {"challenge": b"another"},
        "origin": {"origins": frozenset({TOP_ORIGIN})},
        "rp_id": {"rp_id": "example.com"},
        "verification": {"verification": True},
    }
    key = registered(vector).public_key
    for expected, differently in wrong.items():
        assert reason(registered, vector, **differently) == expected
        assert reason(signed_in, vector, key, **differently) == expected


# -- the make


def test_a_chain_to_a_trusted_root_proves_the_make() -> None:
    vector = certified()
    wanted = Attestation(True, (ROOT,))
    assert registered(vector, wanted).id == vector.id
    assert registered(vector, Attestation(True, (ROOT,), frozenset({registered(vector).aaguid}))).id == vector.id


def test_no_chain_proves_nothing() -> None:
    wanted = Attestation(True, (ROOT,))
    for vector in (Vector("none.ES256"), Vector("packed-self.ES256", attested="self")):
        assert reason(registered, vector, wanted) == "attestation"
    assert reason(registered, certified(), Attestation(True, ())) == "attestation"
    stranger = vector_of_a_stranger()
    assert reason(registered, certified(), Attestation(True, (stranger,))) == "attestation"
    assert reason(registered, certified(), Attestation(True, (b"no certificate",))) == "attestation"


def vector_of_a_stranger() -> bytes:
    """A certificate that signed nothing: the leaf of the example."""
    leaf = cbor2.loads(certified().attestation)["attStmt"]["x5c"][0]
    return load_der_x509_certificate(leaf).public_bytes(Encoding.PEM)


def test_a_make_that_is_not_on_the_list_is_refused() -> None:
    listed = Attestation(aaguids=frozenset({"d548826e-79b4-db40-a3d8-11116f7e8349"}))
    assert reason(registered, Vector("none.ES256"), listed) == "aaguid"


def test_a_statement_that_was_changed_is_refused() -> None:
    vector = Vector("packed-self.ES256", attested="self")
    changed = bytearray(vector.attestation)
    changed[40] ^= 1
    vector.creation["response"]["attestationObject"] = base64url(bytes(changed))
    assert reason(registered, vector) == "attestation"


# -- somebody else's authenticator


class Token:
    """soft-webauthn, with JSON around it."""

    def __init__(self, origin: str = "http://localhost:8000") -> None:
        self.device, self.origin = SoftWebauthnDevice(), origin

    def create(self, options: Options) -> Answer:
        wanted = {**options, "challenge": octets(options["challenge"]), "attestation": "none"}
        wanted["user"] = {**options["user"], "id": octets(options["user"]["id"])}
        return _as_json(self.device.create({"publicKey": wanted}, self.origin))

    def get(self, options: Options) -> Answer:
        wanted = {**options, "challenge": octets(options["challenge"])}
        return _as_json(self.device.get({"publicKey": wanted}, self.origin))


def _as_json(given: dict[str, Any]) -> Answer:
    named = base64url(given["rawId"])
    response = {name: base64url(value) for name, value in given["response"].items()}
    return {"id": named, "rawId": named, "type": "public-key", "response": response}


async def test_somebody_elses_security_key_is_a_second_factor(app: App, ada: User) -> None:
    token = Token()
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/security_key", {})
    await answer(browser, page, token.create(options_of(page)))
    for _ in range(3):
        browser, page = await with_password(app)
        await answer(browser, page, token.get(options_of(page)))
        assert (await sessions_of(app, ada))[-1][0] == "aal3"
