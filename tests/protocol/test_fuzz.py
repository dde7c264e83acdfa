"""What a server may send: nothing makes the readers fail with another error than ProtocolError, or work without bound."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, pairwise
from types import FrameType
from typing import Any, get_args

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._describe.describe import describe
from gradlink._describe.jsonschema import MAX_LENGTH
from gradlink._describe.signature import signature
from gradlink._describe.typehints import entry_type, python_type
from gradlink._protocol.dialect import PROTOCOLS, dialect_of
from gradlink._protocol.diff import apply_edits
from gradlink._protocol.job import JobTracker
from gradlink._protocol.messages import Message, decode_message
from gradlink._protocol.outputs import OutputWalk
from gradlink._protocol.schema import read_app
from gradlink._protocol.text import TextWalk
from gradlink._protocol.version import AppVersion
from gradlink._shell.eventstream import EventStream
from gradlink.codegen.typescript_types import typescript_type
from tests.unit import examples

# Any schema


KINDS = ["string", "number", "integer", "boolean", "null", "object", "array", "novelty"]
# Into the document, to the root itself, to nothing, and out of it.
PLACES = [
    "#",
    "#/$defs/a",
    "#/properties/a",
    "#/anyOf/0",
    "#/items",
    "#/allOf/1/anyOf/0",
    "other.json#/a",
    "",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas that say what they may say, mostly in the right form."""
    several = st.lists(inner, max_size=3)
    named = st.dictionaries(st.sampled_from(["a", "path", "meta", "not a name"]), inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(KINDS) | st.lists(st.sampled_from(KINDS), max_size=3) | inner,
            "enum": st.lists(SCALARS, max_size=3),
            "const": SCALARS,
            "$ref": st.sampled_from(PLACES),
            "$defs": named,
            "anyOf": several,
            "oneOf": several,
            "allOf": several,
            "items": inner | several,
            "prefixItems": several,
            "properties": named,
            "additionalProperties": inner,
            "additionalItems": inner,
            "patternProperties": named,
            "nullable": st.booleans(),
            "description": st.sampled_from(["any valid json", "", "a file"]),
        },
    )


SCHEMAS = st.recursive(st.booleans() | SCALARS, keywords, max_leaves=30)
MANY = settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(schema=SCHEMAS)
def test_any_schema_gives_a_type_text(schema: Any) -> None:
    text = python_type(schema)
    assert 0 < len(text) <= MAX_LENGTH
    assert text == text.strip()


@MANY
@given(schemas=st.lists(SCHEMAS, min_size=1, max_size=3), names=st.lists(st.text(max_size=8), max_size=3))
def test_an_app_with_any_schemas_is_read_and_described(schemas: list[Any], names: list[str]) -> None:
    entries = [
        {
            "type": schema,
            "label": name,
            "parameter_name": name,
            "python_type": {"type": "x", "description": name},
        }
        for schema, name in zip(schemas, [*names, "a", "b", "c"], strict=False)
    ]
    info = {"named_endpoints": {"/f": {"parameters": entries, "returns": entries}}, "unnamed_endpoints": {}}
    assert all(entry_type(entry) for entry in entries)
    assert "/f" in describe(info)
    ids = list(range(len(entries)))
    config = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "components": [{"id": number, "type": "textbox", "props": {}} for number in ids],
        "dependencies": [{"id": 0, "api_name": "f", "inputs": ids, "outputs": ids, "backend_fn": True}],
    }
    (endpoint,) = read_app(config, info).endpoints.values()
    assert len(signature(endpoint.parameters).parameters) == len(entries)


# Any bytes on the stream


def events_of(chunks: list[bytes]) -> Iterator[str]:
    """Yield the data of the events in the body of an answer that comes in these pieces."""
    response = httpx2.Response(
        200,
        headers={"content-type": "text/event-stream; charset=utf-8"},
        content=iter(chunks),
        request=httpx2.Request("GET", "http://h/"),
    )
    yield from chain.from_iterable(EventStream(response, max_bytes=1 << 24))


LINES = st.sampled_from(
    [
        b"data: ", b"data:", b"event: message", b"id: 7", b"retry: x", b": comment", b"\n", b"\r", b"\r\n", b"\n\n",
        b'{"msg": "process_completed", "event_id": "e", "output": {"data": ["x"]}, "success": true}',
        b'{"msg": "estimation", "rank": 1e400, "rank_eta": -1, "event_id": "e"}', b'{"msg": "log", "log": [1]}',
        b'{"msg": ', b"}", b"[" * 300, b"1" * 5000, b"\xf0\x9f", b"\x8e\x88", b"\xff", b"\x00", b"\xef\xbb\xbf",
    ]
)  # fmt: skip
BODIES = st.lists(LINES | st.binary(max_size=8), max_size=20).map(b"".join)


@MANY
@given(body=BODIES, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_any_bytes_are_messages_or_a_protocol_error(body: bytes, cuts: list[int]) -> None:
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    chunks = [body[start:end] for start, end in pairwise(places)]
    data = list(events_of(chunks))
    assert data == list(events_of([body] if body else []))  # wherever it was cut
    for text in data:
        with suppress(ProtocolError):
            assert isinstance(decode_message(text), get_args(Message))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**400) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
EDITS = st.tuples(
    st.sampled_from(["replace", "append", "add", "delete", "novelty"]),
    st.lists(st.sampled_from([0, 1, -1, "a", ""]), max_size=2),
    VALUES,
).map(list)
OUTPUTS = st.fixed_dictionaries(
    {},
    optional={"data": st.lists(VALUES | st.lists(EDITS, max_size=3), max_size=2) | VALUES, "error": VALUES},
)
MESSAGES = st.fixed_dictionaries(
    {
        "msg": st.sampled_from(
            [
                "process_generating", "process_generating", "process_streaming", "process_completed", "estimation",
                "process_starts", "progress", "log", "unexpected_error", "queue_full", "send_data", "novelty",
            ]
        )
    },
    optional={
        "output": OUTPUTS, "success": VALUES, "title": VALUES, "rank": VALUES, "rank_eta": VALUES, "eta": VALUES,
        "progress_data": VALUES, "log": VALUES, "level": VALUES, "message": VALUES, "event_id": VALUES,
    },
)  # fmt: skip


@MANY
@given(
    messages=st.lists(MESSAGES, max_size=8),
    protocol=st.sampled_from(PROTOCOLS),
    version=st.sampled_from(["3.50.2", "4.44.1", "6.31.0"]),
    generator=st.booleans(),
)
def test_any_messages_bring_a_job_to_values_and_an_end(
    messages: list[Any], protocol: str, version: str, generator: bool
) -> None:
    job = JobTracker(api_name="/f", generator=generator, dialect=dialect_of(protocol, AppVersion(version)))
    for raw in messages:
        job.receive(decode_message(json.dumps(raw)))
    values, texts = OutputWalk(), TextWalk()
    for update in job.updates:
        with suppress(ProtocolError):
            output = values.advance(update)
            if output is not None:
                assert isinstance(texts.advance(output), str)
    assert job.phase.ended is (job.outcome is not None)


# Bounded work


def steps(function: Callable[[], object]) -> int:
    """Return how many lines of the readers, and of the library that splits the stream, are executed by a call."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        name = frame.f_code.co_filename
        if event == "call" and not ("gradlink" in name or "httpx2" in name):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def peak(function: Callable[[], object]) -> int:
    """Return the most bytes that are held at once during a call."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


TEXT = {"type": "string"}


def nested(keyword: str, size: int) -> Any:
    schema: Any = TEXT
    for _ in range(size):
        schema = {keyword: [schema] if keyword in {"anyOf", "allOf", "prefixItems"} else schema}
    return schema


def tree(keyword: str, size: int) -> Any:
    """Return definitions of which each holds the next one three times: 3 ** size leaves."""
    definitions: dict[str, Any] = {
        f"d{level}": {keyword: [{"$ref": f"#/$defs/d{level + 1}"}] * 3} for level in range(size)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**definitions, f"d{size}": TEXT}}


def ring(size: int) -> Any:
    """Return definitions that refer to one another in a circle, and each to the root."""
    return {
        "$ref": "#/$defs/d0",
        "$defs": {
            f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{(n + 1) % size}"}, {"$ref": "#"}]} for n in range(size)
        },
    }


def refer_often(schema: Any) -> Any:
    """Return a schema that refers as often to another one as may be read."""
    return {"prefixItems": [{"$ref": "#/$defs/it"}] * 1_000, "$defs": {"it": schema}}


SCHEMA_FAMILIES: dict[str, Callable[[int], Any]] = {
    "deep unions": lambda size: nested("anyOf", size),
    "deep intersections": lambda size: nested("allOf", size),
    "deep lists": lambda size: nested("items", size),
    "deep tuples": lambda size: nested("prefixItems", size),
    "deep objects": lambda size: nested("additionalProperties", size),
    "a wide union": lambda size: {"anyOf": [{"const": number} for number in range(size)]},
    "a wide union of one type": lambda size: {"anyOf": [TEXT] * size},
    "a wide enum": lambda size: {"enum": [f"choice {number}" for number in range(size)]},
    "a wide enum of one value": lambda size: {"enum": [None] * size},
    "a wide object": lambda size: {"properties": {f"key {number}": TEXT for number in range(size)}},
    "wide patterns": lambda size: {"patternProperties": {f"^{number}": TEXT for number in range(size)}},
    "a wide tuple": lambda size: {"prefixItems": [TEXT] * size},
    "a wide intersection": lambda size: {"allOf": [{"properties": {f"k{n}": TEXT}} for n in range(size)]},
    "many types": lambda size: {"type": ["string", "null"] * size},
    "a tree of unions": lambda size: tree("anyOf", size),
    "a tree of intersections": lambda size: tree("allOf", size),
    "a tree of tuples": lambda size: tree("prefixItems", size),
    "a ring of references": ring,
    "a reference to itself": lambda size: {"anyOf": [{"$ref": "#"}] * size},
    "a long reference": lambda size: {"$ref": "#" + "/a" * size},
    "many long references": lambda size: {"anyOf": [{"$ref": "#" + "/a" * 100}] * size},
    "references to a wide enum": lambda size: refer_often({"enum": [f"{n}" for n in range(size)]}),
    "references to a wide enum of objects": lambda size: refer_often({"enum": [{}] * size}),
    "references to a wide enum of long texts": lambda size: refer_often({"enum": ["x" * 300] * size}),
    "references to many requirements": lambda size: refer_often(
        {"properties": {"a": TEXT}, "required": [f"{n}" for n in range(size)]}
    ),
    "references to a wide object": lambda size: refer_often(
        {"properties": {f"k{n}": TEXT for n in range(size)}}
    ),
    "references to a wide union": lambda size: refer_often({"anyOf": [{"$ref": "#/$defs/none"}] * size}),
    "a long name": lambda size: {"properties": {"k" * size: TEXT}},
    "a long choice": lambda size: {"const": "x" * size},
}
SIZES = [25, 50, 100, 200, 400, 800, 1600, 3200]
# What is read of a schema is bounded by the length of its type text, whatever its size.
MOST_STEPS = 500_000


def typescript(schema: Any) -> str:
    return typescript_type(schema, file="File", sent=True)


@pytest.mark.slow("counts the work on inputs that grow")
@pytest.mark.parametrize("reader", [python_type, typescript])
@pytest.mark.parametrize("family", SCHEMA_FAMILIES)
def test_the_work_on_a_schema_grows_no_faster_than_the_schema(
    family: str, reader: Callable[[Any], str]
) -> None:
    schemas = [SCHEMA_FAMILIES[family](size) for size in SIZES]
    counts = [steps(lambda schema=schema: reader(schema)) for schema in schemas]  # type: ignore[misc]
    for before, after in pairwise(counts):
        assert after <= 2.2 * before + 200, counts
    assert 0 < max(counts) <= MOST_STEPS, counts


@pytest.mark.slow("measures the memory for inputs that grow")
@pytest.mark.parametrize("family", SCHEMA_FAMILIES)
def test_the_memory_for_a_schema_is_bounded(family: str) -> None:
    schemas = [SCHEMA_FAMILIES[family](size) for size in (3_000, 30_000)]
    assert max(peak(lambda schema=schema: python_type(schema)) for schema in schemas) < 2_000_000  # type: ignore[misc]


def message(size: int, **fields: Any) -> bytes:
    raw = {"msg": "process_generating", "event_id": "e", "success": True, "output": {"data": []}, **fields}
    raw["more"] = "x" * size
    return json.dumps(raw).encode()


def split(data: bytes, piece: int) -> list[bytes]:
    return [data[start : start + piece] for start in range(0, len(data), piece)]


def read_all(chunks: list[bytes]) -> list[Message]:
    return [decode_message(text) for text in events_of(chunks)]


BODY_FAMILIES: dict[str, Callable[[int], list[bytes]]] = {
    "one long message": lambda size: [b"data: " + message(100 * size) + b"\n\n"],
    "a long message in small pieces": lambda size: split(b"data: " + message(7 * size) + b"\n\n", 7),
    "many messages at once": lambda size: [(b"data: " + message(0) + b"\n\n") * size],
    "many messages in pieces": lambda size: split((b"data: " + message(0) + b"\n\n") * size, 64),
    "a message of many lines": lambda size: [
        b"data: {\n" + b"data: \n" * size + b'data: "msg": "heartbeat"}\n\n'
    ],
    "many empty lines": lambda size: [b"\n" * size],
    "many empty pieces": lambda size: [b":"] + [b"\r", b"\n"] * size,
    "many comments": lambda size: [b": comment\n" * size],
    "no end of a line": lambda size: [b"data"] * size,
    "cut characters": lambda size: split(b"data: " + message(0, title="ä€🎈" * (size // 4)) + b"\n\n", 1),
    "progress of many bars": lambda size: [
        b"data: " + message(0, msg="progress", progress_data=[{"index": 1}] * size) + b"\n\n"
    ],
}


@pytest.mark.slow("counts the work on inputs that grow")
@pytest.mark.parametrize("family", BODY_FAMILIES)
def test_the_work_on_a_stream_grows_no_faster_than_the_stream(family: str) -> None:
    bodies = [BODY_FAMILIES[family](size) for size in SIZES[:6]]
    counts = [steps(lambda body=body: read_all(body)) for body in bodies]  # type: ignore[misc]
    for before, after in pairwise(counts):
        assert 0 < after <= 2.2 * before + 200, counts


@pytest.mark.slow("measures the memory for inputs that grow")
@pytest.mark.parametrize("family", BODY_FAMILIES)
def test_the_memory_for_a_stream_grows_no_faster_than_the_stream(family: str) -> None:
    bodies = [BODY_FAMILIES[family](size) for size in (2_000, 4_000, 8_000)]
    peaks = [peak(lambda body=body: read_all(body)) for body in bodies]  # type: ignore[misc]
    for before, after in pairwise(peaks):
        assert after <= 2.2 * before + 100_000, peaks


@pytest.mark.slow("counts the work on inputs that grow")
def test_the_work_on_edits_grows_no_faster_than_their_number() -> None:
    edits = [[["append", ["a"], "x"], ["add", ["l", 0], 1], ["delete", ["l", 0], None]] * n for n in SIZES]
    counts = [steps(lambda some=some: apply_edits({"a": "", "l": []}, some)) for some in edits]  # type: ignore[misc]
    for before, after in pairwise(counts):
        assert 0 < after <= 2.2 * before + 200, counts


@pytest.mark.calm("compares processor times: the copies are CPython's own, and no counter of ours sees them")
def test_a_text_that_is_lengthened_often_is_not_copied_each_time() -> None:
    edits: list[Any] = [["append", [0], "x"]] * 5_000

    def seconds(text: str) -> float:
        before = time.process_time()
        lengthened = apply_edits([text], edits)
        after = time.process_time()
        assert lengthened == [text + "x" * 5_000]
        return after - before

    short = min(seconds("a") for _ in range(5))
    long = min(seconds("a" * 4_000_000) for _ in range(5))
    assert long < 20 * short  # it was 100 times as much, and grew with the text
