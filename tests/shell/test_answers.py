"""How large an answer may be."""

from __future__ import annotations

import pytest

from gradlink import FileTooLargeError
from gradlink._shell.answers import check_download

URL = "http://me:secret@h:1/a?token=secret"
SHOWN = "http://h:1/a"


def test_a_file_that_is_too_large_is_told() -> None:
    check_download(5, 5, URL)
    check_download(5, None, URL)
    with pytest.raises(FileTooLargeError) as e:
        check_download(1001, 1000, URL)
    assert str(e.value) == f"the file {SHOWN} has more than max_download=1,000 bytes"
