"""Sealed values open in their own place, under their own key, unaltered; otherwise not at all."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.errors import SetupError
from xenia.security.sealing import Associated, DataKey, DataKeys, MasterKey, Sealer, SealError

HERE = Associated("totp", "acme", "row-1")
KEY = DataKey(b"\0\0\0\1", b"k" * 32)
texts = st.text(max_size=8)


class Rows:
    """Wrapped keys in memory, with a pause before each answer so that callers interleave."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], bytes] = {}
        self.loads = 0

    async def load(self, tenant: str) -> Sequence[tuple[int, bytes]]:
        self.loads += 1
        await asyncio.sleep(0)
        return [(number, wrapped) for (owner, number), wrapped in self.rows.items() if owner == tenant]

    async def add(self, tenant: str, generation: int, wrapped: bytes) -> bool:
        await asyncio.sleep(0)
        return self.rows.setdefault((tenant, generation), wrapped) is wrapped


@pytest.fixture
def master() -> MasterKey:
    return MasterKey(b"m" * 32)


@settings(max_examples=50)
@given(st.binary(max_size=200), texts, texts, texts)
def test_what_is_sealed_opens_in_its_own_place(plaintext: bytes, purpose: str, tenant: str, row: str) -> None:
    place = Associated(purpose, tenant, row)
    sealed = Sealer(KEY).seal(plaintext, place)
    assert Sealer(KEY).open(sealed, place) == plaintext
    assert len(sealed) == len(plaintext) + 33


@pytest.mark.parametrize(
    "elsewhere",
    [
        Associated("totp", "acme", "row-2"),
        Associated("totp", "other", "row-1"),
        Associated("smtp", "acme", "row-1"),
        Associated("totpa", "cme", "row-1"),
        Associated("totp", "acmerow", "-1"),
        Associated("", "totpacme", "row-1"),
    ],
)
def test_a_moved_value_does_not_open(elsewhere: Associated) -> None:
    with pytest.raises(SealError):
        Sealer(KEY).open(Sealer(KEY).seal(b"seed", HERE), elsewhere)


def test_no_altered_bit_goes_unnoticed() -> None:
    sealed = Sealer(KEY).seal(b"seed", HERE)
    for place in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[place // 8] ^= 1 << place % 8
        with pytest.raises(SealError):
            Sealer(KEY).open(bytes(altered), HERE)


def test_no_cut_or_lengthened_value_opens() -> None:
    sealed = Sealer(KEY).seal(b"seed", HERE)
    for wrong in [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0", b"\0" + sealed]:
        with pytest.raises(SealError):
            Sealer(KEY).open(wrong, HERE)


def test_a_renamed_key_does_not_open() -> None:
    twin = DataKey(b"\0\0\0\2", KEY.key)
    sealed = Sealer(KEY).seal(b"seed", HERE)
    with pytest.raises(SealError):
        Sealer(KEY, twin).open(sealed[:1] + twin.id + sealed[5:], HERE)


def test_the_newest_key_seals_and_all_keys_open() -> None:
    newer = DataKey(b"\0\0\0\2", b"n" * 32)
    old = Sealer(KEY).seal(b"seed", HERE)
    both = Sealer(newer, KEY)
    new = both.seal(b"seed", HERE)
    assert both.open(old, HERE) == both.open(new, HERE) == b"seed"
    assert both.is_current(new)
    assert not both.is_current(old)
    with pytest.raises(SealError):
        Sealer(KEY).open(new, HERE)


def test_the_same_value_never_seals_the_same_way_twice() -> None:
    assert len({Sealer(KEY).seal(b"seed", HERE) for _ in range(100)}) == 100


def test_keys_show_nothing_of_themselves(master: MasterKey) -> None:
    assert "6b6b" not in repr(KEY)
    assert "kkk" not in repr(KEY)
    assert repr(master) == f"<MasterKey {master.id}>"


def test_a_master_key_file_is_private_and_survives_reading(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    made = MasterKey.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MasterKey.load(path).id == made.id
    assert MasterKey.load(path).derive("a") == made.derive("a")
    assert [one.name for one in tmp_path.iterdir()] == ["master.key"]


def test_a_master_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    kept = MasterKey.create(path).id
    with pytest.raises(SetupError, match="never overwritten"):
        MasterKey.create(path)
    assert MasterKey.load(path).id == kept
    assert [one.name for one in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_master_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    MasterKey.create(path)
    path.chmod(mode)
    with pytest.raises(SetupError, match="chmod 600"):
        MasterKey.load(path)


@pytest.mark.parametrize("content", [b"", b"xyz\n", b"ab" * 31, b"ab" * 33, b"\xff" * 64])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(SetupError):
        MasterKey.load(path)


def test_a_missing_key_or_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="No such file"):
        MasterKey.load(tmp_path / "none.key")
    with pytest.raises(SetupError, match="can't be written"):
        MasterKey.create(tmp_path / "none" / "master.key")
    with pytest.raises(SetupError, match="can't be read"):
        MasterKey.load(tmp_path)


def test_derived_keys_differ_by_purpose_and_are_not_the_key(master: MasterKey) -> None:
    assert len({master.derive("a"), master.derive("b"), b"m" * 32}) == 3


async def test_a_tenant_gets_one_data_key_however_many_ask_at_once(master: MasterKey) -> None:
    rows = Rows()
    processes = [DataKeys(master, rows) for _ in range(10)]
    sealed = await asyncio.gather(*(one.seal(b"seed", HERE) for one in processes))
    assert list(rows.rows) == [("acme", 1)]
    assert [await processes[0].open(one, HERE) for one in sealed] == [b"seed"] * 10


async def test_a_data_key_is_stored_only_wrapped_and_read_once(master: MasterKey) -> None:
    rows = Rows()
    keys = DataKeys(master, rows)
    sealed = await keys.seal(b"seed", HERE)
    loads = rows.loads
    assert await keys.open(sealed, HERE) == b"seed"
    assert rows.loads == loads
    with pytest.raises(SealError):
        await DataKeys(MasterKey(b"w" * 32), rows).open(sealed, HERE)


async def test_one_tenant_can_not_open_what_another_sealed(master: MasterKey) -> None:
    rows = Rows()
    keys = DataKeys(master, rows)
    sealed = await keys.seal(b"seed", HERE)
    with pytest.raises(SealError):
        await keys.open(sealed, Associated("totp", "other", "row-1"))


async def test_a_wrapped_key_copied_to_another_tenant_does_not_unwrap(master: MasterKey) -> None:
    rows = Rows()
    await DataKeys(master, rows).seal(b"seed", HERE)
    rows.rows["other", 1] = rows.rows["acme", 1]
    with pytest.raises(SealError):
        await DataKeys(master, rows).seal(b"seed", Associated("totp", "other", "row-1"))


async def test_rotation_in_one_process_is_noticed_by_another(master: MasterKey) -> None:
    rows = Rows()
    here, there = DataKeys(master, rows), DataKeys(master, rows)
    old = await here.seal(b"old", HERE)
    assert await there.open(old, HERE) == b"old"
    assert await here.rotate("acme") == 2
    new = await here.seal(b"new", HERE)
    assert new[1:5] == b"\0\0\0\2"
    assert await there.open(new, HERE) == b"new"
    assert await here.open(old, HERE) == b"old"


async def test_a_changed_master_key_still_unwraps_what_the_retired_one_wrapped(master: MasterKey) -> None:
    rows = Rows()
    old = await DataKeys(master, rows).seal(b"seed", HERE)
    successor = DataKeys(MasterKey(b"s" * 32), rows, retired=[master])
    await successor.rotate("acme")
    new = await successor.seal(b"seed", HERE)
    assert await successor.open(old, HERE) == await successor.open(new, HERE) == b"seed"


async def test_the_cache_is_bounded(master: MasterKey) -> None:
    rows = Rows()
    keys = DataKeys(master, rows, capacity=2)
    places = [Associated("totp", tenant, "1") for tenant in "abc"]
    sealed = [await keys.seal(b"seed", place) for place in places]
    assert len(keys._cache) == 2
    assert await keys.open(sealed[0], places[0]) == b"seed"
