"""Where a request may go."""

from __future__ import annotations

import pytest

from gradlink import FileError
from gradlink._shell.addresses import check_addresses


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0"])
def test_a_host_with_a_private_address_is_told(address: str) -> None:
    with pytest.raises(FileError) as e:
        check_addresses([(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", (address, 80))], "h")
    assert (
        str(e.value)
        == f"a file is to be fetched from h, which has the private address {address}: not fetched"
    )


def test_a_host_with_public_addresses_is_fetched() -> None:
    found = [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", ("2606:4700::1111", 80, 0, 0))]
    assert check_addresses([*found, found[0]], "h") == ["8.8.8.8", "2606:4700::1111"]
