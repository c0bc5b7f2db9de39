"""The operator's files: places, and lists of addresses."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plugins.risk.files import HOME, LISTED, PARIS
from xenia_risk.health import can_be_read
from xenia_risk.places import Place, Shelf
from xenia_risk.reputation import Listed, build


def test_an_address_has_a_place(files: Path) -> None:
    shelf = Shelf(files / "risk")
    assert shelf.place(HOME) == Place(country="DE", latitude=52.5, longitude=13.4, provider=64500)
    assert shelf.place("192.0.2.1") == Place()


@pytest.mark.parametrize("address", ["", "somewhere", "2001:db8::1", "1.2.3", "\0"])
def test_what_is_no_known_address_has_none(files: Path, address: str) -> None:
    assert Shelf(files / "risk").place(address) == Place()


def test_without_files_nothing_is_known(tmp_path: Path) -> None:
    assert Shelf(tmp_path).place(HOME) == Place()
    assert HOME not in Listed(tmp_path / "listed.bin")


def test_a_replaced_file_is_taken(files: Path) -> None:
    shelf = Shelf(files / "risk")
    assert shelf.place(PARIS).country == "FR"
    (files / "risk" / "city.mmdb").unlink()
    assert shelf.place(PARIS).country == ""


def listed(folder: Path, *lines: str) -> Listed:
    (folder / "list.txt").write_text("\n".join(lines))
    build([folder / "list.txt"], folder / "listed.bin")
    return Listed(folder / "listed.bin")


def test_lists_hold_addresses_and_networks_of_both_kinds(tmp_path: Path) -> None:
    found = listed(tmp_path, "# bad ones", "192.0.2.4", "198.51.100.0/25 # half of it", "", "2001:db8::/32")
    assert all(one in found for one in ("192.0.2.4", "198.51.100.0", "198.51.100.127", "2001:db8:ffff::1"))
    assert not any(one in found for one in ("192.0.2.5", "198.51.100.128", "2001:db9::", "::", "nonsense", ""))
    assert "::ffff:192.0.2.4" in found


def test_a_new_list_is_taken_at_once(tmp_path: Path) -> None:
    found = listed(tmp_path, "192.0.2.4")
    assert "192.0.2.4" in found
    listed(tmp_path, "192.0.2.9")
    assert "192.0.2.4" not in found
    assert "192.0.2.9" in found


def test_a_line_that_is_no_network_is_named_and_the_file_stays(tmp_path: Path) -> None:
    found = listed(tmp_path, "192.0.2.4")
    with pytest.raises(ValueError, match=r"list\.txt, line 2"):
        listed(tmp_path, "192.0.2.9", "300.1.1.1")
    assert "192.0.2.4" in found


networks = st.lists(st.ip_addresses(v=4).map(lambda one: ipaddress.ip_network((one, 24), strict=False)), max_size=20)


@given(networks, st.ip_addresses(v=4))
def test_a_list_holds_what_its_networks_hold(
    tmp_path_factory: pytest.TempPathFactory,
    given_networks: list[ipaddress.IPv4Network],
    address: ipaddress.IPv4Address,
) -> None:
    found = listed(tmp_path_factory.mktemp("lists"), *map(str, given_networks))
    for one in (address, *(network[7] for network in given_networks)):
        assert (str(one) in found) == any(one in network for network in given_networks)


async def test_health_says_what_to_mend(files: Path) -> None:
    shelf, found = Shelf(files / "risk"), Listed(files / "risk" / "listed.bin")
    assert await can_be_read(shelf, found) is None
    (files / "risk" / "listed.bin").write_bytes(b"short")
    assert "xenia risk lists" in str(await can_be_read(shelf, found))
    (files / "risk" / "city.mmdb").write_bytes(b"nothing of the kind")
    assert "MaxMind" in str(await can_be_read(shelf, found))
    assert LISTED
