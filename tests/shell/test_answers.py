"""How large an answer may be."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from gradlink import FileTooLargeError
from gradlink._shell.answers import AnswerBody, check_download
from gradlink._shell.options import TransportOptions

URL = "http://me:secret@h:1/a?token=secret"
SHOWN = "http://h:1/a"


class Good:
    """The head of a good answer."""

    status_code = 200
    headers: Mapping[str, str] = MappingProxyType({})
    url: object = SHOWN


def test_a_file_that_is_too_large_is_told() -> None:
    check_download(5, 5, URL)
    check_download(5, None, URL)
    with pytest.raises(FileTooLargeError) as e:
        check_download(1001, 1000, URL)
    assert str(e.value) == f"the file {SHOWN} has more than max_download=1,000 bytes"


def test_a_blank_piece_within_a_text_is_kept() -> None:
    body = AnswerBody(TransportOptions(), Good(), "answer")
    for piece in (b'{"text": "a', b"   ", b'b"}'):
        assert body.add(piece)
    assert body.content() == b'{"text": "a   b"}'
