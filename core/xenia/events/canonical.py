"""The bytes that are hashed and signed: one exact form for a stored event and one for a batch.

**A row** is fourteen texts in the order of :data:`COLUMNS`, as PostgreSQL gives them: identifiers in their canonical spelling, ``at`` in UTC with six
digits of a second (``2026-11-22T09:30:00.000000+00:00``), JSON columns as ``jsonb`` prints itself, ``personal`` in base64, absent values as empty
texts. Each text is its length in UTF-8 (four bytes, big-endian) followed by the text. No place is part of a row: the place is the leaf's in the tree.

**The tree** is that of RFC 6962 section 2.1: ``SHA-256(0x00 || row)`` for a leaf, ``SHA-256(0x01 || left || right)`` for a node.

**A batch** is ``SHA-256(0x02 || texts)`` over tenant, number, first and last position, root, the previous batch's hash (both in hexadecimal) and its
time, in the same length-prefixed form; the signature covers :data:`SIGNED` followed by that hash.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from xenia.events.models import Batch
from xenia.security.secrets import joined

COLUMNS = (
    "tenant_id", "id", "transaction", "type", "at", "actor", "object_kind", "object_id", "application", "result", "request_id", "data", "person",
    "personal",
)  # fmt: skip
SIGNED = b"xenia audit batch v1\n"
GENESIS = bytes(32)
"""What stands for "the batch before" in a tenant's first batch."""

Texts = Mapping[str, str]
"""A row's columns as texts, as they stand in an export."""


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """The columns of a stored row as texts."""
    return {name: _text(row[name]) for name in COLUMNS}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return b64encode(value).decode("ascii")
        case datetime():
            return moment(value)
        case _:
            return str(value)


def moment(at: datetime) -> str:
    """A time as it is hashed: UTC, six digits of a second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def leaf(row: Texts) -> bytes:
    """The hash of one row."""
    return hashlib.sha256(b"\x00" + joined(*(row.get(name, "") for name in COLUMNS))).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of one leaf or more: split at the largest power of two below their number (RFC 6962 section 2.1)."""
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def batch_hash(batch: Batch) -> bytes:
    """The hash of one batch, by which the next is chained to it."""
    numbers = (str(number) for number in (batch.number, batch.first_position, batch.last_position))
    texts = joined(batch.tenant, *numbers, batch.root.hex(), batch.previous.hex(), moment(batch.at))
    return hashlib.sha256(b"\x02" + texts).digest()
