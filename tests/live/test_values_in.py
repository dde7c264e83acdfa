"""Values as programs have them, given to real components: what the functions get, and what is refused before sending."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import io
import subprocess
import sys
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

from gradlink import ArgumentError
from tests.live.servers import Servers
from tests.live.shells import Shell

RED = Image.new("RGB", (3, 2), "red")
CLEAR = Image.new("RGBA", (3, 2), (1, 2, 3, 4))
PIXELS = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)


class Colour(enum.Enum):
    RED = "red"
    RATIO = 1.5


@dataclasses.dataclass
class Order:
    day: dt.date
    price: Decimal
    colour: Colour


def photo() -> Image.Image:
    """Return an image that was opened from a file with EXIF data."""
    exif = Image.Exif()
    exif[0x010F] = "maker"
    file = io.BytesIO()
    RED.save(file, "JPEG", exif=exif)
    opened = Image.open(io.BytesIO(file.getvalue()))
    assert opened.getexif()[0x010F] == "maker"
    return opened


def mode(size: tuple[int, int], name: str, first: list[int]) -> dict[str, Any]:
    return {"mode": name, "size": list(size), "first": first}


# The endpoint, what it is given, what its function gets.
GIVEN: list[tuple[str, Any, Any]] = [
    ("image", RED, mode((3, 2), "RGB", [255, 0, 0])),
    ("image", CLEAR, mode((3, 2), "RGBA", [1, 2, 3, 4])),
    ("image", RED.convert("CMYK"), mode((3, 2), "RGB", [255, 0, 0])),
    ("image", PIXELS, mode((3, 2), "RGB", [0, 1, 2])),
    ("array", RED, {"shape": [2, 3, 3], "type": "uint8", "first": [255, 0, 0, 255, 0, 0, 255, 0]}),
    ("array", PIXELS, {"shape": [2, 3, 3], "type": "uint8", "first": [0, 1, 2, 3, 4, 5, 6, 7]}),
    ("array", PIXELS / 255, {"shape": [2, 3, 3], "type": "uint8", "first": [0, 1, 2, 3, 4, 5, 6, 7]}),
    ("array", PIXELS[:, :, 0], {"shape": [2, 3], "type": "uint8", "first": [0, 3, 6, 9, 12, 15]}),
    ("path", photo, ["PNG", "RGB", [3, 2], []]),
    ("path", PIXELS, ["PNG", "RGB", [3, 2], []]),
    (
        "sound",
        (8000, np.array([0, 1, -1], np.int16)),
        [8000, {"shape": [3], "type": "int16", "first": [0, 1, -1]}],
    ),
    (
        "sound",
        (8000, np.array([[0.0, 1.0], [-1.0, 0.5]])),
        [8000, {"shape": [2, 2], "type": "int16", "first": [0, 32767, -32767, 16384]}],
    ),
    (
        "gallery",
        [RED, (CLEAR, "clear"), PIXELS],
        [
            [mode((3, 2), "RGB", [255, 0, 0]), None],
            [mode((3, 2), "RGBA", [1, 2, 3, 4]), "clear"],
            [mode((3, 2), "RGB", [0, 1, 2]), None],
        ],
    ),
    (
        "gallery",
        [{"image": RED, "caption": "red"}],
        [[mode((3, 2), "RGB", [255, 0, 0]), "red"]],
    ),
    (
        "editor",
        {"background": RED, "layers": [CLEAR], "composite": None},
        {
            "background": mode((3, 2), "RGBA", [255, 0, 0, 255]),
            "layers": [mode((3, 2), "RGBA", [1, 2, 3, 4])],
            "composite": None,
        },
    ),
    ("slider", (RED, PIXELS), [mode((3, 2), "RGB", [255, 0, 0]), mode((3, 2), "RGB", [0, 1, 2])]),
    ("files", [RED, CLEAR], [["PNG", "RGB", [3, 2], []], ["PNG", "RGBA", [3, 2], []]]),
    (
        "message",
        {"text": Colour.RED, "files": [RED]},
        {"text": "red", "files": [["PNG", "RGB", [3, 2], []]]},
    ),
    (
        "frame",
        pd.DataFrame(
            {"n": [1, 2], "x": [0.5, np.nan], "t": pd.to_datetime(["2020-01-02", None]), "s": ["a", None]}
        ),
        {
            "columns": ["n", "x", "t", "s"],
            "data": [[1, 0.5, "2020-01-02T00:00:00", "a"], [2, None, None, None]],
        },
    ),
    (
        "frame",
        pl.DataFrame({"n": [1, None], "t": [dt.date(2020, 1, 2), None]}),
        {"columns": ["n", "t"], "data": [[1, "2020-01-02"], [None, None]]},
    ),
    ("frame", np.array([[1, 2.5], [np.nan, 3]]), {"columns": ["1", "2"], "data": [[1, 2.5], [None, 3]]}),
    ("frame", pd.Series([1, 2], name="n"), {"columns": ["n"], "data": [[1], [2]]}),
    (
        "frame",
        {"headers": ["t"], "data": [[dt.date(2020, 1, 2)], [Decimal("1.5")]]},
        {"columns": ["t"], "data": [["2020-01-02"], [1.5]]},
    ),
    ("moment", dt.datetime.fromisoformat("2020-01-02T03:04:05.000006"), "2020-01-02T03:04:05"),
    ("moment", dt.date(2020, 1, 2), "2020-01-02T00:00:00"),
    ("moment", pd.Timestamp("2020-01-02 03:04"), "2020-01-02T03:04:00"),
    ("moment", np.datetime64("2020-01-02T03:04"), "2020-01-02T03:04:00"),
    ("day", dt.datetime.fromisoformat("2020-01-02T03:04:00"), "2020-01-02"),
    ("day", np.datetime64("2020-01-02"), "2020-01-02"),
    ("paris", dt.datetime(2020, 1, 2, 3, tzinfo=ZoneInfo("UTC")), "2020-01-02T04:00:00+01:00"),
    ("paris", dt.datetime.fromisoformat("2020-01-02T03:00:00"), "2020-01-02T03:00:00+01:00"),
    (
        "json",
        Order(dt.date(2020, 1, 2), Decimal("9.90"), Colour.RED),
        {"day": "2020-01-02", "price": 9.9, "colour": "red"},
    ),
    (
        "json",
        {"a": np.arange(3), "b": (np.float32(0.5), pd.Series(["x"]))},
        {"a": [0, 1, 2], "b": [0.5, ["x"]]},
    ),
    ("number", Decimal("1.25"), 1.25),
    ("number", np.int64(3), 3),
    ("number", Colour.RATIO, 1.5),
    ("text", Decimal("1.10"), "1.10"),
    ("text", dt.date(2020, 1, 2), "2020-01-02"),
    ("choice", Decimal("1.5"), "1.5"),
    ("choices", np.array(["b", "a"]), ["b", "a"]),
]


@pytest.mark.parametrize(
    ("endpoint", "given", "got"),
    GIVEN,
    ids=[f"{number} {endpoint}" for number, (endpoint, _, _) in enumerate(GIVEN)],
)
def test_a_function_gets_what_its_component_makes_of_a_value(
    server: Servers, connect: Shell, endpoint: str, given: Any, got: Any
) -> None:
    with connect(server("values").url) as client:
        value = given() if callable(given) else given
        assert client.predict(value, api_name=f"/{endpoint}") == {"got": got}
        assert client.predict(value=value, api_name=f"/{endpoint}") == {"got": got}


REFUSED: list[tuple[str, Any, str]] = [
    ("text", RED, r"^/text: value takes str \(textbox\), and a PIL\.Image cannot be made into that$"),
    ("json", RED, r"^/json: value takes .* \(json\), and a PIL\.Image cannot be made into that$"),
    ("files", RED, r"^/files: value takes list\[filepath\] \(file\), .*; give a list$"),
    ("files", [PIXELS], r"; PIL\.Image\.fromarray\(array\) says that it is an image$"),
    ("editor", RED, r"; give \{'background': image, 'layers': \[\], 'composite': None\}$"),
    ("array", PIXELS.astype(np.int64), r"; its type is int64; an image has uint8, or floats from 0 to 1$"),
    ("array", PIXELS * 1.0, r"; its floats go from 0 to 17; those of an image from 0 to 1$"),
    ("sound", PIXELS, r"; sound is a pair \(rate, samples\)$"),
    (
        "frame",
        pd.DataFrame({"a": [pd.Timedelta("1s")]}),
        r"a cell of a table is a text, a number, a date or a bool$",
    ),
    ("json", {"a": pd.DataFrame()}, r"; give its rows, such as frame\.to_dict\('records'\)$"),
    ("moment", dt.datetime.now(dt.UTC), r"; it has a time zone, and the component has none; "),
    (
        "number",
        dt.date(2020, 1, 2),
        r"^/number: value takes float \(number\), and a datetime\.date cannot",
    ),
]


@pytest.mark.parametrize(
    ("endpoint", "given", "says"),
    REFUSED,
    ids=[f"{number} {endpoint}" for number, (endpoint, _, _) in enumerate(REFUSED)],
)
def test_what_a_parameter_does_not_take_is_refused_before_anything_is_sent(
    server: Servers, connect: Shell, endpoint: str, given: Any, says: str
) -> None:
    base = server("values")
    with connect(base.url) as client:
        since = len(base.requests())
        with pytest.raises(ArgumentError, match=says) as caught:
            client.submit(given, api_name=f"/{endpoint}")
        assert caught.value.execution == "not started"
        assert base.requests(since) == []


def test_the_types_of_a_function_say_what_is_wanted(server: Servers, connect: Shell) -> None:
    with connect(server("values").url) as client:
        got = client.predict(np.array(["a"]), Decimal("0.5"), Decimal(3), None, api_name="/typed")
        assert got == "(['a'], 0.5, 3, None)"
        with pytest.raises(ArgumentError, match=r"/typed: count takes int, .*; 3\.5 is no whole number$"):
            client.predict([], 1, Decimal("3.5"), None, api_name="/typed")
        with pytest.raises(ArgumentError, match=r"the app does not say what it takes: convert the value$"):
            client.predict([], 1, 1, dt.date(2020, 1, 2), api_name="/typed")


def test_a_text_stays_a_text(server: Servers, connect: Shell) -> None:
    with connect(server("values").url) as client:
        for text in ("2020-01-02", "1.5", "/etc/hostname", "data:image/png;base64,AAAA"):
            assert client.predict(text, api_name="/text") == {"got": text}


def test_what_the_caller_changes_after_the_call_changes_nothing(server: Servers, connect: Shell) -> None:
    array = PIXELS.copy()
    with connect(server("values").url) as client:
        job = client.submit(array, api_name="/array")
        array[:] = 0
        assert job.result()["got"]["first"] == [0, 1, 2, 3, 4, 5, 6, 7]


def test_a_call_imports_none_of_the_libraries(server: Servers) -> None:
    program = f"""
import datetime, decimal, sys
from gradlink import Client, handle_file
with Client({server("values").url!r}, verbose=False) as client:
    client.predict({{"a": datetime.date(2020, 1, 2), "b": decimal.Decimal(1)}}, api_name="/json")
    client.predict(kind="mixed", api_name="/table")
    client.predict([b"x"], api_name="/json")
print(sorted({{"PIL", "numpy", "pandas", "polars"}} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.strip() == "[]"
