"""The app's origin becomes the proxy's, wherever a body is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.recorder.origins import Rewriter, origin_of, pairs_for, rewritten, spellings

APP, PROXY = "http://10.0.0.1:7860", "http://127.0.0.1:1234"
PAIRS = pairs_for(APP, PROXY)
PIECES = st.sampled_from(
    [*spellings(APP), "/file=a", "\n\n", '"', "http://", APP[:12], ":", ".", "7", "x", "http:\\/\\/10", "%3A"]
)


def in_pieces(body: bytes, cuts: list[int]) -> bytes:
    rewriter = Rewriter(PAIRS)
    places = sorted({cut % (len(body) + 1) for cut in cuts})
    bounds = [0, *places, len(body)]
    chunks = [body[start:end] for start, end in pairwise(bounds)]
    return b"".join(map(rewriter.push, chunks)) + rewriter.end()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"root":"http://10.0.0.1:7860"}', b'{"root":"http://127.0.0.1:1234"}'),
        (b"http://10.0.0.1:7860/a/b?c", b"http://127.0.0.1:1234/a/b?c"),
        (b'"http:\\/\\/10.0.0.1:7860\\/a"', b'"http:\\/\\/127.0.0.1:1234\\/a"'),
        (b"?next=http%3A%2F%2F10.0.0.1%3A7860%2F", b"?next=http%3A%2F%2F127.0.0.1%3A1234%2F"),
        (b"See http://10.0.0.1:7860.", b"See http://127.0.0.1:1234."),
        (b"http://10.0.0.1:7860", b"http://127.0.0.1:1234"),
    ],
)
def test_an_origin_is_replaced_however_it_is_written(body: bytes, expected: bytes) -> None:
    assert rewritten(body, PAIRS) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"http://10.0.0.1:78601/",
        b"http://10.0.0.1:7860.evil.example/",
        b"http://10.0.0.1:7860a",
        b"https://10.0.0.1:7860/",
    ],
)
def test_another_origin_that_begins_alike_is_not(body: bytes) -> None:
    assert rewritten(body, PAIRS) == body


@given(st.lists(PIECES, max_size=12), st.lists(st.integers(0, 400), max_size=8))
def test_where_a_body_is_cut_does_not_matter(pieces: list[str], cuts: list[int]) -> None:
    body = "".join(pieces).encode()
    assert in_pieces(body, cuts) == rewritten(body, PAIRS)


def test_the_end_of_an_event_is_not_held_back() -> None:
    rewriter = Rewriter(PAIRS)
    assert (
        rewriter.push(b'data: {"url":"http://10.0.0.1:7860/x"}\n\n')
        == b'data: {"url":"http://127.0.0.1:1234/x"}\n\n'
    )


def test_an_origin_has_no_login() -> None:
    assert origin_of("https://user:word@host:1/path/") == "https://host:1"
