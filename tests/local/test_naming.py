"""Names for files that have none."""

from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

from gradlink._local.filesource import FileSource
from gradlink._local.naming import suffix_of


def wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0")
    return buffer.getvalue()


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (wav(), "file.wav"),
        (b"OggS\0\x02", "file.ogg"),
        (b"fLaC\0", "file.flac"),
        (b"ID3\x04", "file.mp3"),
        (b"\xff\xfb\x90\x44", "file.mp3"),
        (b"\0\0\0\x20ftypM4A \0", "file.m4a"),
        (b"\0\0\0\x20ftypisom", "file.mp4"),
        (b"\x1aE\xdf\xa3\x9f", "file.webm"),
        (b"RIFF\0\0\0\0AVI LIST", "file.avi"),
        (picture("PNG"), "file.png"),
        (picture("JPEG"), "file.jpg"),
        (picture("GIF"), "file.gif"),
        (picture("WEBP"), "file.webp"),
        (b"%PDF-1.7", "file.pdf"),
        (b"RIFF\0\0\0\0what", "file"),
        (b"\xff\xfe\x00", "file"),
        (b"text", "file"),
        (b"", "file"),
    ],
)
def test_the_first_bytes_give_the_suffix(content: bytes, name: str) -> None:
    assert f"file{suffix_of(content[:12])}" == name
    assert FileSource.of(content).name == FileSource.of(bytearray(content)).name == name
    assert FileSource.of(io.BytesIO(content)).name == name


def test_a_name_that_is_given_counts() -> None:
    assert FileSource.of(wav(), "a.bin").name == "a.bin"
    named = io.BytesIO(wav())
    named.name = "own.bin"
    assert FileSource.of(named).name == "own.bin"


def test_a_file_in_memory_is_left_where_it_stands() -> None:
    opened = io.BytesIO(b"head" + wav())
    opened.seek(4)
    assert FileSource.of(opened).name == "file.wav"
    assert opened.tell() == 4
    opened.close()
    assert FileSource.of(opened).name == "file"
