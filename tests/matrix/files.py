"""Files in and out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gradlink import FileTooLargeError, handle_file
from tests.live.shells import CarriedClient
from tests.matrix.scenarios import Topic

topic = Topic("Files")


def upper(client: Any, folder: Path, name: str = "one.txt") -> Path:
    """Send a file and return the one that came back."""
    path = folder / name
    path.write_text("hello", encoding="utf-8")
    return Path(client.predict(handle_file(path), api_name="/file_upper"))


@topic()
def file_in_and_out(client: Any, folder: Path) -> None:
    result = upper(client, folder, "a b.txt")
    assert result.read_text(encoding="utf-8") == "HELLO"
    assert result.suffix == ".txt"


@topic()
def several_files_in(client: Any, folder: Path) -> None:
    path = folder / "one.txt"
    path.write_bytes(b"12345")
    found = client.predict([path, b"123"], api_name="/files_info")
    assert [entry["size"] for entry in found] == [5, 3]


@topic()
def image_in_and_out(client: Any, folder: Path) -> None:
    image = Image.new("RGB", (2, 1), (255, 0, 0))
    image.putpixel((0, 0), (0, 0, 255))
    image.save(folder / "image.png")
    with Image.open(client.predict(handle_file(folder / "image.png"), api_name="/image_flip")) as flipped:
        assert flipped.size == (2, 1)
        assert [flipped.convert("RGB").getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]


@topic()
def image_of_PIL_or_numpy_in(client: Any, folder: Path) -> None:  # noqa: N802  # the name of the library
    image = Image.new("RGB", (2, 1), (255, 0, 0))
    image.putpixel((0, 0), (0, 0, 255))
    for value in (image, np.asarray(image)):
        with Image.open(client.predict(value, api_name="/image_flip")) as flipped:
            assert [flipped.convert("RGB").getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]


@topic()
def files_in_memory_and_lazy(client: Any, folder: Path) -> None:
    image = Image.new("RGB", (2, 1), (255, 0, 0))
    for endpoint, value in (("/image_flip", image), ("/file_upper", b"abc")):
        held = client.predict(value, files="memory", api_name=endpoint)
        lazy = client.predict(value, files="lazy", api_name=endpoint)
        content = portal_call(client, lazy.bytes)
        assert len(held) > 0
        if endpoint == "/image_flip":
            with Image.open(io.BytesIO(content)) as flipped:
                assert (held.image().size, flipped.size) == ((2, 1), (2, 1))
        else:
            assert held.bytes() == content == b"ABC"


def portal_call(client: Any, method: Any) -> Any:
    return client._call(method) if isinstance(client, CarriedClient) else method()


@topic("tiny", needs="max_file_size")
def file_that_is_too_large(client: Any, folder: Path) -> None:
    with pytest.raises(FileTooLargeError, match="at most 65,536"):
        client.predict(bytes(70_000), api_name="/file_upper")
    assert upper(client, folder).read_text(encoding="utf-8") == "HELLO"


@file_that_is_too_large.without
def no_file_is_too_large(client: Any, folder: Path) -> None:
    path = Path(client.predict(b"a" * 70_000, api_name="/file_upper"))
    assert path.read_bytes() == b"A" * 70_000


# A server behind a proxy believes what the proxy says of its name, and puts it into the URLs of files.
@topic(headers={"x-forwarded-host": "elsewhere.example", "x-forwarded-proto": "https"})
def root_on_another_host(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert upper(client, folder).read_text(encoding="utf-8") == "HELLO"


@topic("root")
def root_with_a_wrong_path(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert upper(client, folder).read_text(encoding="utf-8") == "HELLO"


@topic("mounted")
def sub_path(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
    assert upper(client, folder).read_text(encoding="utf-8") == "HELLO"
