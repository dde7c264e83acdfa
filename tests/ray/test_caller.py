"""What an actor does with a batch: the calls, the columns of their values or errors, files as bytes or addresses."""

from __future__ import annotations

import io
import json
import socket
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

from gradlink.errors import AppError, ArgumentError, ClientClosedError, ConnectError, EndpointError
from gradlink.ray import Call
from tests.live.servers import Servers
from tests.live.waits import new_key

pytestmark = pytest.mark.live

RED, BLUE = (255, 0, 0), (0, 0, 255)
TEXTS = [f"text {number}" for number in range(20)]


def call(app: str | list[str], api_name: str, **options: Any) -> Any:
    """Return what an actor has, where no other one shares the calls."""
    return Call(app, api_name, max_calls=None, **options)()


def picture() -> bytes:
    """Return an image of two pixels, red and blue."""
    image = Image.new("RGB", (2, 1), RED)
    image.putpixel((1, 0), BLUE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def pixels(content: bytes) -> list[Any]:
    image = Image.open(io.BytesIO(content)).convert("RGB")
    return [image.getpixel((x, 0)) for x in range(image.width)]


def objects(*cells: object) -> Any:
    """Return a column of objects, as Ray makes one of bytes and lists."""
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


@pytest.mark.parametrize(
    "batch", [{"text": np.array(TEXTS)}, pd.DataFrame({"text": TEXTS}), pa.table({"text": TEXTS})]
)
def test_each_row_has_its_value_in_the_format_of_the_batch(server: Servers, batch: Any) -> None:
    made = call(server().url, "/echo", output="said")(batch)
    assert type(made) is type(batch)
    assert list(made["said"].to_pylist() if hasattr(made["said"], "to_pylist") else made["said"]) == TEXTS


def test_one_client_is_kept_for_all_batches(server: Servers) -> None:
    app = server()
    echo = call(app.url, "/echo")
    begin = len(app.requests())
    for _ in range(3):
        echo({"text": np.array(TEXTS[:2])})
    assert [request.path for request in app.requests(begin)].count("/config") == 1
    echo.close()
    echo.close()
    with pytest.raises(ClientClosedError):
        echo({"text": np.array(["x"])})


def test_a_batch_without_rows_asks_nobody() -> None:
    made = call(unused_url(), "/echo", errors="column")(pa.table({"text": pa.array([], pa.string())}))
    assert made.column_names == ["text", "output", "error", "execution"]


def test_columns_are_arguments_by_their_names_or_as_is_said(server: Servers) -> None:
    batch = pa.table({"a": [1, 2], "op": ["add", "sub"], "other": [7, 8]})
    assert call(server().url, "/add")(batch)["output"].to_pylist() == [11, -8]
    named = call(server().url, "/add", inputs={"a": "other"}, arguments={"b": 1})
    assert named(batch)["output"].to_pylist() == [8, 9]


def test_errors_are_raised(server: Servers) -> None:
    with pytest.raises(AppError, match="user error"):
        call(server().url, "/err")({"text": np.array(["a"])})


def test_errors_are_columns(server: Servers) -> None:
    app = server("crowd")
    key = new_key()
    app.open_gate(key, 2)
    work = call(app.url, "/work", errors="column", error="why", execution="ran", arguments={"key": key})
    made = work(pa.table({"number": [1, -1, 2]}))
    assert made["output"].to_pylist() == ["did 1", None, "did 2"]
    assert made["why"].to_pylist()[::2] == made["ran"].to_pylist()[::2] == [None, None]
    assert made["why"].to_pylist()[1] == "AppError: /work: no number is to be negative"
    assert made["ran"].to_pylist()[1] == "failed"


def test_an_app_that_is_not_there_is_an_error_of_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink.ray.caller.PAUSE_SECONDS", 0.01)
    batch = {"text": np.array(["a", "b"])}
    made = call(unused_url(), "/echo", errors="column", retries=0)(batch)
    assert made["execution"].to_pylist() == ["not started"] * 2
    assert all(text.startswith("ConnectError: ") for text in made["error"].to_pylist())
    with pytest.raises(ConnectError):
        call(unused_url(), "/echo", retries=0)(batch)


@pytest.mark.parametrize("errors", ["raise", "column"])
def test_what_is_wrong_for_all_rows_is_raised(server: Servers, errors: Any) -> None:
    app, batch = server().url, pa.table({"words": ["a"]})
    with pytest.raises(EndpointError, match="no endpoint '/nothing'"):
        call(app, "/nothing", errors=errors)(batch)
    with pytest.raises(ArgumentError, match="nothing is given for 'text'; the columns are 'words'"):
        call(app, "/echo", errors=errors)(batch)
    with pytest.raises(ArgumentError, match="no column 'word' is there for 'text'; the columns are 'words'"):
        call(app, "/echo", errors=errors, inputs={"text": "word"})(batch)
    with pytest.raises(ArgumentError, match="no parameter 'txt'; its parameters are 'text'"):
        call(app, "/echo", errors=errors, inputs={"txt": "words"})(batch)
    with pytest.raises(ArgumentError, match="/multi has 3 outputs, and output= names 1 columns"):
        call(app, "/multi", errors=errors, inputs={"text": "words"})(batch)


def test_outputs_have_columns_of_their_own(server: Servers) -> None:
    made = call(server().url, "/multi", output=["said", None, "label"])(pa.table({"text": ["a"]}))
    assert made.column_names == ["text", "said", "label"]
    assert made["said"].to_pylist() == ["a"]
    assert json.loads(made["label"].to_pylist()[0])["label"] == "cat"
    assert call(server().url, "/no_output")(pa.table({"text": ["a"]}))["output"].to_pylist() == [None]


@pytest.mark.parametrize(
    "column",
    [
        objects(picture()),
        np.array([[[RED, BLUE]]], dtype=np.uint8),
        objects({"bytes": picture(), "path": "folder/picture.png"}),
    ],
    ids=["bytes", "array", "struct"],
)
def test_images_go_in_as_data_sets_have_them_and_come_back_as_bytes(server: Servers, column: Any) -> None:
    made = call(server("crowd").url, "/mirrored", inputs={"image": "photo"})({"photo": column})
    (content,) = made["output"].to_pylist()
    assert pixels(content) == [BLUE, RED]


def test_addresses_go_in_and_come_back(server: Servers) -> None:
    app = server("crowd").url
    batch = pa.table({"image": [picture()]})
    (url,) = call(app, "/mirrored", files="url")(batch)["output"].to_pylist()
    assert url.startswith(app)
    again = call(app, "/mirrored")(pa.table({"image": [url]}))
    assert pixels(again["output"].to_pylist()[0]) == [RED, BLUE]


def test_lists_of_files_go_in_and_files_inside_of_values_come_back(server: Servers) -> None:
    app = server().url
    made = call(app, "/files_info")(pa.table({"files": [[b"a\0", b"bb"], [b"c"]]}))
    sizes = [[file["size"] for file in json.loads(text)] for text in made["output"].to_pylist()]
    assert sizes == [[2, 2], [1]]
    (gallery,) = call(app, "/gallery", inputs={"n": "number"})(pa.table({"number": [2]}))[
        "output"
    ].to_pylist()
    assert len(gallery) == 2
    assert all(entry["image"].startswith((b"\x89PNG", b"RIFF", b"\xff\xd8")) for entry in gallery)


def test_a_path_is_no_file_since_the_disk_is_that_of_another_machine(server: Servers) -> None:
    batch = pa.table({"image": ["/etc/hostname", "cat.jpg"]})
    app = server("crowd").url
    with pytest.raises(
        ArgumentError, match=r"the column 'image' has the text '/etc/hostname': actors have files as bytes"
    ):
        call(app, "/mirrored")(batch)
    made = call(app, "/mirrored", errors="column")(batch)
    assert made["execution"].to_pylist() == ["not started"] * 2


def test_copies_of_an_app_share_the_calls(server: Servers) -> None:
    apps = [server().url, server("closed").url]
    echo = call(apps, "/echo", resubmit=True)
    assert echo(pa.table({"text": TEXTS}))["output"].to_pylist() == TEXTS
    assert repr(echo) == f"<Call /echo of {apps[0]}, {apps[1]}>"
    echo.close()


def test_calls_that_may_run_again_are(server: Servers) -> None:
    echo = call(server().url, "/echo", resubmit=True)
    assert echo(pa.table({"text": TEXTS}))["output"].to_pylist() == TEXTS


def test_the_calls_of_a_batch_are_bounded(server: Servers) -> None:
    app = server("crowd")
    key = new_key()
    app.open_gate(key, 12)
    call(app.url, "/work", concurrency=3, arguments={"key": key})(pa.table({"number": range(12)}))
    assert app.counts(key)["started"] == 12
    assert app.counts(key)["most"] <= 3


def unused_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
