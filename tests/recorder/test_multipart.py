"""Bodies of uploads and of logins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gradlink.recorder.multipart import Part, fields_of, files_of

KIND = 'multipart/form-data; boundary="b0undary"'


def body_of(*parts: tuple[str, bytes]) -> bytes:
    lines = [
        b'--b0undary\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n'
        b"Content-Type: text/plain\r\n\r\n%b\r\n" % (name.encode(), content)
        for name, content in parts
    ]
    return b"".join(lines) + b"--b0undary--\r\n"


def test_files_come_in_their_order_with_the_names_that_the_browser_gives() -> None:
    body = body_of(("a b.txt", b"one\r\n"), ("q%22uote.bin", b"\x00\xff"))
    assert files_of(body, KIND) == [Part("a b.txt", b"one\r\n"), Part('q"uote.bin', b"\x00\xff")]


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_contents_are_what_was_sent(contents: list[bytes]) -> None:
    contents = [content for content in contents if b"--b0undary" not in content]
    body = body_of(*((f"{place}.bin", content) for place, content in enumerate(contents)))
    assert [part.content for part in files_of(body, KIND)] == contents


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_bytes_are_read(body: bytes, kind: str) -> None:
    assert isinstance(files_of(body, kind), list)
    assert isinstance(fields_of(body, kind), dict)


def test_a_login_is_read_in_both_forms() -> None:
    assert fields_of(b"username=me&password=a%26b", "application/x-www-form-urlencoded") == {
        "username": "me",
        "password": "a&b",
    }
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nme\r\n--x--\r\n'
    assert fields_of(body, "multipart/form-data; boundary=x") == {"username": "me"}
