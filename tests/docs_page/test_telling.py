"""What the page is told of a call."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gradlink._async.files import AsyncLazyFile
from gradlink._flows.delivery import ResultFile
from gradlink._protocol.events import DoneEvent, LogEvent, OutputEvent, ProgressEvent, StatusEvent
from gradlink._protocol.filedata import FileData
from gradlink._protocol.status import ProgressUnit, Status
from gradlink.docs_page.telling import MAX_ITEMS, MAX_TEXT, MAX_VALUES, told
from gradlink.errors import AppError, ValidationError


def offer(_: AsyncLazyFile) -> str:
    return "7"


def output(value: Any) -> dict[str, Any]:
    said = told(OutputEvent(value, 0), offer)
    json.dumps(said, allow_nan=False)
    return said


def file(name: str) -> AsyncLazyFile:
    data = FileData(path=f"/{name}", url=f"http://app/{name}")
    return AsyncLazyFile(ResultFile(data, name, same_origin=True), None, None)


def test_where_a_call_stands_is_told() -> None:
    event = StatusEvent(Status.IN_QUEUE, 2, 5, math.inf)
    said = {"type": "status", "code": "IN_QUEUE", "rank": 2, "queue_size": 5, "eta": None}
    assert told(event, offer) == said
    unit = ProgressUnit(1, 4, None, None, "Bake\x1b[2J")
    assert told(ProgressEvent((unit,)), offer) == {
        "type": "progress",
        "units": [{"index": 1, "length": 4, "unit": "", "progress": None, "desc": "Bake\\x1b[2J"}],
    }
    log = told(LogEvent("text", "info", None), offer)
    assert (log["message"], log["title"], log["visible"]) == ("text", "", True)


def test_several_outputs_are_several_values() -> None:
    assert output(("a", [1]))["values"] == ["a", [1]]
    assert output(["a", [1]])["values"] == [["a", [1]]]
    assert output(())["values"] == []


def test_files_are_what_the_page_can_ask_for() -> None:
    (value,) = output([{"image": file("a.PNG"), "caption": None}])["values"]
    assert value == [
        {"image": {"gradlink_file": "7", "name": "a.PNG", "media": "image/png"}, "caption": None}
    ]
    (page,) = output(file("a.html"))["values"]
    assert page["media"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("uri", "media"),
    [
        ("data:image/png;base64,AA==", "image/png"),
        ("data:text/html;base64,AA==", "application/octet-stream"),
        ("data:;base64,AA==", "application/octet-stream"),
    ],
)
def test_a_file_that_came_as_its_content_is_what_it_says_and_no_page(uri: str, media: str) -> None:
    sent = AsyncLazyFile(ResultFile(FileData(url=uri), "file", same_origin=False, inline=uri), None, None)
    (value,) = output(sent)["values"]
    assert value["media"] == media


def test_an_app_cannot_name_a_file_of_the_page() -> None:
    (value,) = output({"gradlink_file": "7", "name": "a.png", "media": "image/png"})["values"]
    assert "gradlink_file" not in value


@pytest.mark.parametrize(
    "value",
    [
        "x" * (MAX_TEXT + 1),
        list(range(MAX_ITEMS + 1)),
        {str(number): number for number in range(MAX_ITEMS + 1)},
        [[0] * 1_999] * (MAX_VALUES // 1_000),
    ],
)
def test_what_is_too_large_is_cut_and_it_is_said(value: Any) -> None:
    said = output(value)
    assert said["cut"]
    assert len(json.dumps(said)) < 4_000_000
    assert not output("x" * 100)["cut"]


def test_what_is_deep_and_what_json_lacks_can_be_sent() -> None:
    deep: Any = math.nan
    for _ in range(1_000):
        deep = [deep]
    assert output(deep)["cut"]
    assert output([math.nan, -math.inf, b"bytes"])["values"] == [["nan", "-inf", "b'bytes'"]]


def test_an_error_has_its_title_and_its_problems() -> None:
    failed = told(DoneEvent(success=False, error=AppError("no", title="Not today")), offer)
    assert (failed["error"]["title"], failed["error"]["text"], failed["error"]["app"]) == (
        "Not today",
        "no",
        True,
    )
    refused = told(DoneEvent(success=False, error=ValidationError("no", [("x", "too long")])), offer)
    assert refused["error"]["problems"] == {"x": "too long"}
    assert told(DoneEvent(success=True), offer)["error"] is None
