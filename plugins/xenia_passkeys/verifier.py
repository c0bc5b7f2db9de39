"""The verification procedures of WebAuthn level 3, section 7, on top of py_webauthn: the one module that imports it.

It is loaded with the first answer of an authenticator: the library takes a tenth of a second, which no start waits for.

Each procedure is a list of small checks in the order of the standard. The library parses, verifies signatures and
attestation statements; what it leaves to the relying party, or answers with a sentence only, is checked here first, so
that the audit has one word for each refusal. Nothing here knows of accounts: who owns a credential, whether a challenge
was ours and what a counter means is decided by :mod:`xenia_passkeys.assertions` and
:mod:`xenia_passkeys.registration`.
"""

from __future__ import annotations

from hashlib import sha256

import webauthn
from webauthn.helpers import (
    decode_credential_public_key,
    parse_attestation_object,
    parse_authenticator_data,
    validate_certificate_chain,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import AttestationFormat, AttestationObject, AuthenticatorData

from xenia_passkeys.answers import Assertion, ClientData, Creation, as_json, client_data, octets
from xenia_passkeys.errors import NotAccepted
from xenia_passkeys.models import ALGORITHMS, TRANSPORTS, Attestation, Expected, Made, Purpose, Shown

_OFFERED = [COSEAlgorithmIdentifier(number) for number in ALGORITHMS]
_TYPES = {Purpose.CREATE: "webauthn.create", Purpose.GET: "webauthn.get"}


def verify_creation(answer: Creation, expected: Expected, wanted: Attestation) -> Made:
    """Section 7.1, steps 6 to 25 as far as they need no account. Raises :class:`NotAccepted`."""
    _check_client(client_data(answer), expected, Purpose.CREATE)  # steps 7 to 11
    attested = _attested(answer)  # step 13
    data = attested.auth_data
    _check_authenticator(data, expected)  # steps 14 to 18
    _check_credential(data, octets(answer.id))  # steps 19 and 24
    _check_make(attested, wanted)  # steps 22 and 23
    try:
        made = webauthn.verify_registration_response(
            credential=as_json(answer),
            expected_challenge=expected.challenge,
            expected_rp_id=expected.rp_id,
            expected_origin=sorted(expected.origins),
            require_user_presence=expected.presence,
            require_user_verification=expected.verification,
            supported_pub_key_algs=_OFFERED,
            pem_root_certs_bytes_by_fmt={form: list(wanted.roots) for form in AttestationFormat},
        )  # step 21, and the others once more
    except Exception as problem:
        raise NotAccepted("attestation") from problem
    return Made(
        id=made.credential_id,
        public_key=made.credential_public_key,
        counter=made.sign_count,
        aaguid=made.aaguid,
        transports=tuple(name for name in answer.response.transports[:8] if name in TRANSPORTS),
        verified=made.user_verified,
        eligible=data.flags.be,
        backed_up=data.flags.bs,
    )


def verify_assertion(answer: Assertion, expected: Expected, public_key: bytes) -> Shown:
    """Section 7.2, steps 9 to 21. The counter is reported, not judged. Raises :class:`NotAccepted`."""
    said = client_data(answer)
    _check_client(said, expected, Purpose.GET)  # steps 10 to 14
    data = _authenticator_data(octets(answer.response.authenticator_data))
    _check_authenticator(data, expected)  # steps 15 to 18
    try:
        shown = webauthn.verify_authentication_response(
            credential=as_json(answer),
            expected_challenge=expected.challenge,
            expected_rp_id=expected.rp_id,
            expected_origin=sorted(expected.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=expected.verification,
        )  # steps 20 and 21
    except Exception as problem:
        raise NotAccepted("signature") from problem
    return Shown(
        counter=shown.new_sign_count, verified=shown.user_verified, eligible=data.flags.be, backed_up=data.flags.bs
    )


def _check_client(said: ClientData, expected: Expected, purpose: Purpose) -> None:
    if said.type != _TYPES[purpose]:
        raise NotAccepted("type")
    if octets(said.challenge) != expected.challenge:
        raise NotAccepted("challenge")
    if said.origin not in expected.origins:
        raise NotAccepted("origin")
    # Our pages refuse to be framed, so an answer out of a frame can't be ours.
    if said.cross_origin or said.top_origin is not None:
        raise NotAccepted("cross_origin")


def _check_authenticator(data: AuthenticatorData, expected: Expected) -> None:
    if data.rp_id_hash != sha256(expected.rp_id.encode()).digest():
        raise NotAccepted("rp_id")
    if expected.presence and not data.flags.up:
        raise NotAccepted("presence")
    if expected.verification and not data.flags.uv:
        raise NotAccepted("verification")
    if data.flags.bs and not data.flags.be:
        raise NotAccepted("backup_flags")


def _check_credential(data: AuthenticatorData, id_: bytes) -> None:
    """A credential came with it, the one that the answer names, and its key is of a kind that was offered."""
    credential = data.attested_credential_data
    if credential is None or credential.credential_id != id_:
        raise NotAccepted("malformed")
    try:
        key = decode_credential_public_key(credential.credential_public_key)
    except Exception as problem:
        raise NotAccepted("malformed") from problem
    if key.alg not in ALGORITHMS:
        raise NotAccepted("algorithm")


def _check_make(attested: AttestationObject, wanted: Attestation) -> None:
    """The tenant's policy. Only a chain of certificates proves a make, and only to a root that the tenant trusts."""
    if wanted.direct:
        _check_chain(attested.att_stmt.x5c or [], wanted.roots)
    credential = attested.auth_data.attested_credential_data
    if wanted.aaguids and (credential is None or _uuid(credential.aaguid) not in wanted.aaguids):
        raise NotAccepted("aaguid")


def _check_chain(certificates: list[bytes], roots: tuple[bytes, ...]) -> None:
    if not certificates or not roots:
        raise NotAccepted("attestation")
    try:
        validate_certificate_chain(x5c=certificates, pem_root_certs_bytes=list(roots))
    except Exception as problem:
        raise NotAccepted("attestation") from problem


def _attested(answer: Creation) -> AttestationObject:
    try:
        return parse_attestation_object(octets(answer.response.attestation_object))
    except Exception as problem:
        raise NotAccepted("malformed") from problem


def _authenticator_data(raw: bytes) -> AuthenticatorData:
    try:
        return parse_authenticator_data(raw)
    except Exception as problem:
        raise NotAccepted("malformed") from problem


def _uuid(aaguid: bytes) -> str:
    digits = aaguid.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
