"""Values as programs have them: what is sent for them, by the schema of the parameter."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import io
import wave
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from gradlink import ArgumentError, FileData, ProtocolError, handle_file
from gradlink._local.values.converting import converted_arguments
from gradlink._local.values.frames import frame_of
from gradlink._local.values.images import png_of_array, png_of_image
from gradlink._local.values.libraries import is_array, is_frame, is_image, is_missing, loaded, type_name
from gradlink._local.values.sound import wav_of
from gradlink._protocol.filedata import LocalFile
from gradlink._protocol.jsonvalue import MAX_DEPTH
from gradlink._protocol.schema import Endpoint, Parameter

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
FILE = {"type": "object", "properties": {"path": {}, "meta": {}}}
ANY_JSON = {"type": {}, "description": "any valid json"}
ENTRY = {"type": "object", "properties": {"image": FILE, "caption": TEXT}}
FILM = {"type": "object", "properties": {"video": FILE, "caption": TEXT}}
GALLERY = {"type": "array", "items": {"anyOf": [ENTRY, FILM]}}
RED = Image.new("RGB", (3, 2), "red")
DAY = dt.date(2020, 1, 2)


class Colour(enum.Enum):
    RED = "red"
    DAY = DAY


class Shade(enum.StrEnum):
    DARK = "dark"


@dataclasses.dataclass
class Order:
    day: dt.date
    price: Decimal
    items: list[Any]


def sent(value: Any, schema: Any, component: str = "Api", **props: Any) -> Any:
    """Return what is sent for ``value`` where a parameter has this schema."""
    parameter = Parameter(
        "value", "Value", component, "", "", has_default=False, default=None, slot=0, schema=schema
    )
    args, kwargs = converted_arguments(
        Endpoint(0, "/f", (parameter,)), [value], {"value": value}, lambda _: props
    )
    for one, other in zip(args, kwargs.values(), strict=True):
        assert one == other or isinstance(one, FileData)
    return args[0]


def content(value: Any) -> bytes:
    assert isinstance(value, LocalFile)
    with value.source.open() as opened:
        return opened.read()


def pixels(png: bytes) -> Any:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image)


# -- what is sent --------------------------------------------------------------------------------------

SENT: list[tuple[Any, Any, str, Any]] = [
    (DAY, TEXT, "Api", "2020-01-02"),
    (DAY, {"anyOf": [NUMBER, TEXT]}, "Api", "2020-01-02"),
    (DAY, {"enum": ["2020-01-02", 5]}, "Dropdown", "2020-01-02"),
    (DAY, {"allOf": [TEXT, {"minLength": 1}]}, "Api", "2020-01-02"),
    (DAY, ANY_JSON, "JSON", "2020-01-02"),
    (DAY, None, "Textbox", "2020-01-02"),
    (dt.datetime.fromisoformat("2020-01-02T03:04:05.000006"), TEXT, "Api", "2020-01-02T03:04:05.000006"),
    (pd.Timestamp("2020-01-02 03:04:05.000000006"), TEXT, "Api", "2020-01-02T03:04:05"),
    (np.datetime64("2020-01"), TEXT, "Api", "2020-01-01"),
    (np.datetime64("2020-01-02T03", "ns"), TEXT, "Api", "2020-01-02T03:00:00"),
    (pd.NaT, TEXT, "Api", None),
    (pd.NA, NUMBER, "Api", None),
    (np.datetime64("NaT", "s"), TEXT, "Api", None),
    (Decimal("1.50"), NUMBER, "Api", 1.5),
    (Decimal("2.0"), NUMBER, "Api", 2),
    (Decimal("2.0"), WHOLE, "Api", 2),
    (Decimal("1e400"), NUMBER, "Api", float("inf")),
    (Decimal("1.50"), TEXT, "Api", "1.50"),
    (Decimal("1.50"), {"anyOf": [TEXT, NUMBER]}, "Api", 1.5),
    (Decimal("1.50"), {"enum": ["1.50"]}, "Dropdown", "1.50"),
    (Decimal("1.50"), None, "Number", 1.5),
    (Colour.RED, TEXT, "Api", "red"),
    (Colour.DAY, TEXT, "Api", "2020-01-02"),
    (Shade.DARK, TEXT, "Api", "dark"),
    (np.float32(0.5), NUMBER, "Api", 0.5),
    (np.bool_(True), {"type": "boolean"}, "Api", True),
    (np.str_("a"), TEXT, "Api", "a"),
    (np.array(5), NUMBER, "Api", 5),
    (np.array([1.5, 2]), {"type": "array", "items": NUMBER}, "Api", [1.5, 2.0]),
    (np.array(["2020-01-02"], "M8[D]"), {"type": "array", "items": TEXT}, "Api", ["2020-01-02"]),
    (pd.Series(["a"]), {"type": "array", "items": TEXT}, "CheckboxGroup", ["a"]),
    (pl.Series([DAY]), {"type": "array", "items": TEXT}, "Api", ["2020-01-02"]),
    (Order(DAY, Decimal(3), [Colour.RED]), ANY_JSON, "JSON", {"day": "2020-01-02", "price": 3, "items": ["red"]}),
    (
        {"a": (DAY, Decimal(1))},
        {"type": "object", "additionalProperties": {"type": "array", "prefixItems": [TEXT, NUMBER]}},
        "Api",
        {"a": ["2020-01-02", 1]},
    ),
    (
        [Decimal(1), DAY],
        {"type": "array", "prefixItems": [NUMBER], "items": TEXT},
        "Api",
        [1, "2020-01-02"],
    ),
    # Each key by its own schema.
    (
        {"n": Decimal(1), "t": Decimal(1)},
        {"type": "object", "properties": {"n": NUMBER, "t": TEXT}},
        "Api",
        {"n": 1, "t": "1"},
    ),
    (pd.DataFrame({"a": [1], "b": [np.nan]}), None, "Dataframe", {"headers": ["a", "b"], "data": [[1, None]], "metadata": None}),
    (pd.DataFrame({"a": []}), None, "Dataframe", {"headers": ["a"], "data": [], "metadata": None}),
    (
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        None,
        "Dataframe",
        {"headers": ["a", "a"], "data": [[1, 2]], "metadata": None},
    ),
    (
        pd.DataFrame({1: [np.float32("nan"), Decimal(2), Colour.RED]}, dtype=object),
        None,
        "Dataframe",
        {"headers": ["1"], "data": [[None], [2], ["red"]], "metadata": None},
    ),
    (
        pl.DataFrame({"a": [float("nan"), None], "b": [[1, 2], []]}),
        None,
        "Dataframe",
        {"headers": ["a", "b"], "data": [[None, [1, 2]], [None, []]], "metadata": None},
    ),
    (np.array([[1, 2]]), None, "Dataframe", {"headers": ["1", "2"], "data": [[1, 2]], "metadata": None}),
    (np.array([1, 2]), None, "Dataframe", {"headers": ["1"], "data": [[1], [2]], "metadata": None}),
    (pd.Series([1], name="n"), None, "Dataframe", {"headers": ["n"], "data": [[1]], "metadata": None}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "schema", "component", "expected"), SENT)
def test_a_value_is_sent_as_the_schema_wants_it(
    value: Any, schema: Any, component: str, expected: Any
) -> None:
    assert sent(value, schema, component) == expected


DATES: list[tuple[Any, dict[str, Any], str]] = [
    (DAY, {}, "2020-01-02"),
    (DAY, {"include_time": True}, "2020-01-02 00:00:00"),
    (
        dt.datetime.fromisoformat("2020-01-02T03:04:05.000006"),
        {"include_time": True},
        "2020-01-02 03:04:05",
    ),
    (dt.datetime.fromisoformat("2020-01-02T03:00:00"), {"include_time": False}, "2020-01-02"),
    (dt.datetime.fromisoformat("0001-02-03T04:00:00"), {"include_time": True}, "0001-02-03 04:00:00"),
    (
        dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC),
        {"include_time": True, "timezone": "Asia/Tokyo"},
        "2020-01-02 12:00:00",
    ),
    (
        pd.Timestamp("2020-01-02 23:00", tz="UTC"),
        {"include_time": False, "timezone": "Asia/Tokyo"},
        "2020-01-03",
    ),
]


@pytest.mark.parametrize(("value", "props", "expected"), DATES)
def test_a_date_has_the_form_that_the_component_reads(
    value: Any, props: dict[str, Any], expected: str
) -> None:
    assert sent(value, TEXT, "Datetime", **props) == expected


def test_a_component_of_unknown_props_says_in_words_whether_it_has_a_time() -> None:
    described = {**TEXT, "description": "Formatted as YYYY-MM-DD HH:MM:SS"}
    assert sent(DAY, described, "Datetime") == "2020-01-02 00:00:00"


@given(st.datetimes(timezones=st.none() | st.just(dt.UTC)))
def test_any_date_can_be_read_back(value: dt.datetime) -> None:
    assert dt.datetime.fromisoformat(sent(value, TEXT)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_any_decimal_is_text_or_the_nearest_number(value: Decimal) -> None:
    assert Decimal(sent(value, TEXT)) == value
    assert float(sent(value, NUMBER)) == float(value)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    JSON_VALUES,
    st.sampled_from([TEXT, NUMBER, FILE, ANY_JSON, None]),
    st.sampled_from(["Image", "Dataframe", "Api"]),
)
def test_json_is_left_as_it_is(value: Any, schema: Any, component: str) -> None:
    (given_value,), named = converted_arguments(
        Endpoint(0, "/f", (Parameter("value", "", component, "", "", False, None, 0, schema=schema),)),
        [value],
        {"other": value},
        lambda _: {},
    )
    assert given_value is value
    assert named["other"] is value


def test_what_bind_knows_itself_is_left_as_it_is(tmp_path: Path) -> None:
    opened = io.BytesIO(b"x")
    for value in (tmp_path, b"x", opened, handle_file(b"x"), FileData(path="/a"), object(), {1, 2}):
        assert sent(value, FILE, "File") is value


def test_what_is_inside_itself_is_left_to_bind() -> None:
    value: list[Any] = [DAY]
    value += [value, value]
    assert sent_as_is(value)
    deep: Any = DAY
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    assert sent_as_is(deep)


def sent_as_is(value: Any) -> bool:
    parameter = Parameter("value", "", "Json", "", "", has_default=False, default=None, slot=0)
    args, _ = converted_arguments(Endpoint(0, "/f", (parameter,)), [value], {}, lambda _: {})
    return args[0] is value


def test_arguments_that_the_endpoint_does_not_have_are_left_to_bind() -> None:
    args, kwargs = converted_arguments(Endpoint(0, "/f"), [DAY], {"a": DAY}, lambda _: {})
    assert (list(args), kwargs) == ([DAY], {"a": DAY})


# -- files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "schema"),
    [("Image", FILE), ("Image", TEXT), ("Image", None), ("File", FILE), ("Api", FILE)],
)
def test_an_image_is_a_png_where_a_file_is_wanted(component: str, schema: Any) -> None:
    file = sent(RED, schema, component)
    assert file["orig_name"] == "image.png"
    assert pixels(content(file)).tolist() == [[[255, 0, 0]] * 3] * 2


def test_images_go_into_lists_and_objects() -> None:
    files = sent([RED, b"x"], {"type": "array", "items": FILE}, "File")
    assert content(files[0]).startswith(b"\x89PNG")
    assert files[1] == b"x"
    message = {"type": "object", "properties": {"text": TEXT, "files": {"type": "array", "items": FILE}}}
    found = sent({"text": "a", "files": (RED,)}, message, "Multimodaltextbox")
    assert found["text"] == "a"
    assert isinstance(found["files"][0], LocalFile)


def test_the_entries_of_a_gallery_are_made(tmp_path: Path) -> None:
    film, other = handle_file(b"", name="film.mp4"), handle_file(b"", name="a.txt")
    on_server = FileData(path="/srv/a.png")
    array = np.zeros((2, 3), np.uint8)
    path = tmp_path / "photo.jpg"
    found = sent([RED, (array, "grey"), film, on_server, path, other, "text"], GALLERY, "Gallery")
    assert [sorted(entry) for entry in found[:5]] == [
        ["caption", "image"],
        ["caption", "image"],
        ["caption", "video"],
        ["caption", "image"],
        ["caption", "image"],
    ]
    assert [entry["caption"] for entry in found[:5]] == [None, "grey", None, None, None]
    assert found[2]["video"] is film
    assert found[3]["image"] is on_server
    assert found[4]["image"] == path
    assert found[5:] == [other, "text"]
    assert sent([{"image": on_server, "caption": "a"}], GALLERY, "Gallery") == [
        {"image": on_server, "caption": "a"}
    ]


def test_sound_is_a_wav() -> None:
    for rate in (8000, np.int64(8000)):
        file = sent((rate, np.array([0, 1], np.int16)), FILE, "Audio")
        assert file["orig_name"] == "audio.wav"
        with wave.open(io.BytesIO(content(file))) as opened:
            assert (opened.getframerate(), opened.getnchannels(), opened.readframes(9)) == (
                8000,
                1,
                b"\0\0\1\0",
            )


def test_a_pair_of_a_number_and_an_array_is_json_where_json_is_wanted() -> None:
    assert sent((1, np.array([2])), ANY_JSON, "JSON") == [1, [2]]


# -- what is refused -----------------------------------------------------------------------------------

REFUSED: list[tuple[Any, Any, str, str]] = [
    (DAY, NUMBER, "Number", r"^/f: value takes float \(number\), and a datetime\.date cannot be made into that$"),
    (DAY, {"enum": [1, 2]}, "Radio", r"takes Literal\[1, 2\] \(radio\)"),
    (DAY, None, "Api", r"takes Any, .*; the app does not say what it takes: convert the value$"),
    (dt.datetime(2020, 1, 2, tzinfo=dt.UTC), TEXT, "Datetime", r"; it has a time zone, and the component has none;"),
    (np.datetime64("30000-01-01"), TEXT, "Api", r"; it is none of the years 1 to 9999$"),
    (Decimal("1.5"), WHOLE, "Api", r"; 1\.5 is no whole number$"),
    (Decimal("1.5"), {"type": "boolean"}, "Checkbox", r"a decimal\.Decimal cannot"),
    (Order(DAY, Decimal(1), []), TEXT, "Textbox", r"a \w+\.Order cannot|a tests\.Order cannot|Order cannot"),
    (RED, TEXT, "Textbox", r"takes str \(textbox\), and a PIL\.Image cannot be made into that$"),
    (RED, ANY_JSON, "JSON", r"a PIL\.Image cannot"),
    (RED, {"type": "array", "items": FILE}, "File", r"; give a list$"),
    (RED.convert("F"), FILE, "Image", r"; its pixels are floats of any size; image\.convert\('L'\)"),
    (np.zeros((2, 2)), TEXT, "Textbox", r"a numpy\.ndarray cannot be made into that$"),
    (np.zeros((2, 2), np.uint8), FILE, "File", r"; PIL\.Image\.fromarray\(array\) says that it is an image$"),
    (np.zeros((2, 2, 2), np.uint8), FILE, "Image", r"; its shape is \(2, 2, 2\); an image has height x width"),
    (np.zeros((0, 2), np.uint8), FILE, "Image", r"; its shape is \(0, 2\)"),
    (np.zeros((2, 2), np.int32), FILE, "Image", r"; its type is int32; an image has uint8, or floats from 0 to 1$"),
    (np.array([[0.5, np.nan]]), FILE, "Image", r"; its floats go from nan to nan; those of an image from 0 to 1$"),
    (np.zeros(3), FILE, "Audio", r"; sound is a pair \(rate, samples\)$"),
    ((8000, np.zeros(3)), FILE, "Image", r"a tuple cannot be made into that$"),
    ((0, np.zeros(3)), FILE, "Audio", r"; its rate is 0; a rate is a whole number of samples per second$"),
    ((8000, np.zeros((2, 99))), FILE, "Audio", r"; the shape of its samples is \(2, 99\); sound has samples"),
    ((8000, np.zeros(3, np.int64)), FILE, "Audio", r"; the type of its samples is int64; sound has int16,"),
    ((8000, np.array([2.0])), FILE, "Audio", r"; its samples go from 2 to 2; floats of sound go from -1 to 1$"),
    (pd.DataFrame({"a": [1]}), FILE, "File", r"a pandas\.DataFrame cannot"),
    (pl.DataFrame({"a": [1]}), ANY_JSON, "JSON", r"a polars\.DataFrame cannot .*; give its rows, such as"),
    (pd.DataFrame({"a": [b"x"]}), None, "Dataframe", r"a bytes cannot .*; a cell of a table is a text, a number,"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "schema", "component", "says"), REFUSED)
def test_what_does_not_fit_is_refused_with_what_would(
    value: Any, schema: Any, component: str, says: str
) -> None:
    with pytest.raises(ArgumentError, match=says):
        sent(value, schema, component)


def test_a_time_zone_that_this_machine_does_not_know_is_named() -> None:
    moment = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
    with pytest.raises(ArgumentError, match=r"the component's time zone 'Mars/Olympus' is not known to this"):
        sent(moment, TEXT, "Datetime", timezone="Mars/Olympus")


def test_an_image_whose_file_is_broken_is_refused(tmp_path: Path) -> None:
    RED.save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    with (
        Image.open(io.BytesIO(whole[:-30])) as image,
        pytest.raises(ArgumentError, match=r"cannot be made into"),
    ):
        sent(image, FILE, "Image")


# -- pixels and samples --------------------------------------------------------------------------------


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=6)))
def test_grey_arrays_are_the_same_when_read_back(array: Any) -> None:
    assert pixels(png_of_array(array)).tolist() == array.tolist()


@given(
    st.sampled_from([3, 4]).flatmap(
        lambda n: arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(n)))
    )
)
def test_coloured_arrays_are_the_same_when_read_back(array: Any) -> None:
    assert pixels(png_of_array(array)).tolist() == array.tolist()
    assert pixels(png_of_array(array / 255)).tolist() == array.tolist()
    assert pixels(png_of_array(array[::-1, ::-1])).tolist() == array[::-1, ::-1].tolist()


def test_arrays_of_other_kinds_are_images_too() -> None:
    assert pixels(png_of_array(np.array([[True, False]]))).tolist() == [[255, 0]]
    assert pixels(png_of_array(np.array([[[7]]], np.uint8))).tolist() == [[7]]
    assert pixels(png_of_array(np.array([[0.5]], np.float16))).tolist() == [[128]]


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "I", "I;16", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB"]
)
def test_images_of_every_mode_are_png(mode: str) -> None:
    # Not from a colour: some modes can only be made from themselves.
    with Image.open(io.BytesIO(png_of_image(Image.new(mode, (3, 2))))) as image:
        assert (image.format, image.size) == ("PNG", (3, 2))
        assert image.has_transparency_data == (mode in {"LA", "PA", "RGBA"})


def test_nothing_of_exif_data_is_sent() -> None:
    exif = Image.Exif()
    exif[0x010F] = "the maker"
    for form in ("JPEG", "PNG", "TIFF", "WEBP"):
        file = io.BytesIO()
        RED.save(file, form, exif=exif)
        with Image.open(file) as image:
            assert image.getexif()
            png = png_of_image(image)
        assert b"the maker" not in png
        with Image.open(io.BytesIO(png)) as image:
            assert not image.getexif()


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(-1, 1)))
def test_samples_are_the_same_to_one_step_when_read_back(samples: Any) -> None:
    with wave.open(io.BytesIO(wav_of(44100, samples))) as opened:
        read = np.frombuffer(opened.readframes(99), "<i2") / 32767
    assert np.allclose(read, samples, atol=1 / 32767)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.array([-32768, 5], np.int16), [-32768, 5]),
        (np.array([-32768, 5], ">i2"), [-32768, 5]),
        (np.array([-(2**31), 5 << 16], np.int32), [-32768, 5]),
        (np.array([0, 128, 255], np.uint8), [-32768, 0, 32512]),
        (np.array([[1.0, -1.0]], np.float32), [32767, -32767]),
    ],
)
def test_samples_of_every_kind_are_sixteen_bits(samples: Any, expected: list[int]) -> None:
    with wave.open(io.BytesIO(wav_of(8000, samples))) as opened:
        assert opened.getnchannels() == (1 if samples.ndim == 1 else samples.shape[1])
        assert np.frombuffer(opened.readframes(99), "<i2").tolist() == expected


# -- frames --------------------------------------------------------------------------------------------

TABLE = {
    "headers": ["n", "x", "t", "b"],
    "data": [[1, 0.5, "a", True], [2, None, None, False]],
    "metadata": None,
}


def test_a_table_is_a_frame_of_pandas() -> None:
    frame: Any = frame_of(TABLE, "pandas")
    assert list(frame.columns) == ["n", "x", "t", "b"]
    assert [frame[name].dtype.kind for name in ("n", "x", "b")] == ["i", "f", "b"]
    assert frame["n"].tolist() == [1, 2]
    assert np.isnan(frame["x"][1])
    assert pd.isna(frame["t"][1])


def test_a_table_is_a_frame_of_polars() -> None:
    frame: Any = frame_of(TABLE, "polars")
    assert frame.schema == {"n": pl.Int64, "x": pl.Float64, "t": pl.String, "b": pl.Boolean}
    assert frame.rows() == [(1, 0.5, "a", True), (2, None, None, False)]


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ({"headers": ["a", "a", "a_2"], "data": [[1, 2, 3]]}, {"a": [1], "a_2": [2], "a_2_2": [3]}),
        ({"headers": [], "data": [[1, 2]]}, {"1": [1], "2": [2]}),
        ({"headers": ["a"], "data": [[1, 2]]}, {"a": [1], "2": [2]}),
        ({"headers": ["a", "b"], "data": []}, {"a": [], "b": []}),
        ({"headers": ["a"], "data": [[]]}, {"a": []}),
        ({"headers": None, "data": [[1]]}, {"1": [1]}),
        ({"data": [[1, 0.5], [0.5, 1]]}, {"1": [1, 0.5], "2": [0.5, 1]}),
    ],
)
def test_a_table_of_any_shape_is_a_frame(library: Any, table: Any, columns: Any) -> None:
    frame: Any = frame_of(table, library)
    assert {name: list(frame[name]) for name in frame.columns} == columns


def test_a_column_of_polars_with_values_of_several_types_is_text() -> None:
    frame: Any = frame_of({"headers": ["a"], "data": [[1], ["x"], [None]]}, "polars")
    assert frame["a"].to_list() == ["1", "x", None]


@pytest.mark.parametrize("value", [None, "text", {"data": "text"}, [1]])
def test_what_is_no_table_stays_as_it_is(value: Any) -> None:
    assert frame_of(value, "pandas") is value


@given(
    st.lists(
        st.tuples(st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(), st.booleans()),
        max_size=5,
    )
)
def test_a_frame_that_is_sent_comes_back(rows: list[Any]) -> None:
    frame = pd.DataFrame(rows, columns=["n", "x", "t", "b"])
    table = sent(frame, None, "Dataframe")
    assert [tuple(row) for row in table["data"]] == rows
    back: Any = frame_of(table, "pandas")
    assert [tuple(row) for row in back.itertuples(index=False)] == rows


# -- the libraries -------------------------------------------------------------------------------------


def test_no_library_is_looked_for_that_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIL.Image", "numpy", "pandas", "polars"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
        assert loaded(name) is None
    assert not any(ask(object()) for ask in (is_image, is_array, is_frame, is_missing))
    assert sent({"a": DAY}, ANY_JSON, "JSON") == {"a": "2020-01-02"}


def test_the_names_of_types_are_short() -> None:
    assert [type_name(value) for value in (b"", DAY, RED, np.zeros(1))] == [
        "bytes",
        "datetime.date",
        "PIL.Image",
        "numpy.ndarray",
    ]


def test_columns_of_one_name_are_numbered_in_little_time() -> None:
    width = 20_000
    frame: Any = frame_of({"headers": ["a"] * width, "data": [[0] * width]}, "pandas")
    assert list(frame.columns[:3]) == ["a", "a_2", "a_3"]
    assert frame.columns[-1] == f"a_{width}"
    few: Any = frame_of({"headers": ["a", "a_2", "a"], "data": []}, "pandas")
    assert list(few.columns) == ["a", "a_2", "a_3"]


def test_rows_of_very_different_lengths_are_refused() -> None:
    table: dict[str, Any] = {"headers": [], "data": [[0] * 20_000, *[[0]] * 20_000]}
    with pytest.raises(ProtocolError, match=r"40,000 cells.* 400,020,000"):
        frame_of(table, "pandas")
    ragged: Any = frame_of({"headers": [], "data": [[1, 2], [3]]}, "pandas")
    assert ragged.shape == (2, 2)
