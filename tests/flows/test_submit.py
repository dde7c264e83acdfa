"""Sending a call: its files first, then the join or the direct route."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest

from gradlink import (
    AppError,
    ConnectError,
    Endpoint,
    FileTooLargeError,
    GradlinkError,
    Parameter,
    ProtocolError,
    QueueError,
    RedirectError,
    RequestRejectedError,
    ResponseError,
    TooManyRequestsError,
    TransportError,
    ValidationError,
    handle_file,
)
from gradlink._flows import submit
from gradlink._flows.exchange import Access
from gradlink._flows.submit import Call
from gradlink._io import HttpDownload, HttpRequest, ReadAsDataUri
from gradlink._local.filesource import FileSource
from gradlink._protocol.dialect import dialect_of
from gradlink._protocol.payload import bind
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from gradlink._protocol.version import AppVersion
from tests.flows.play import Answer, Play, Stored

BASE = "http://h:7860/"
API = f"{BASE}gradio_api/"
META = {"_type": "gradio.FileData"}
ENDPOINT = Endpoint(
    3,
    "/f",
    parameters=(Parameter("value", "value", "JSON", "Any", "", False, None, 0),),
    input_count=1,
    takes_oauth_token="optional",
)
JOIN = f"POST {API}queue/join"


def call(
    value: Any = "x", *, version: str = "6.31.0", retries: Retries | None = None, **options: Any
) -> Call:
    access = Access(Routes(BASE, "/gradio_api"), retries=retries or Retries(count=0))
    dialect = dialect_of("sse_v3", AppVersion(version))
    payload = bind(ENDPOINT, [value], {}, access.routes, dialect, FileSource)
    return Call(access, dialect, payload, **options)


def uploads(play: Play) -> list[list[str]]:
    """Return the names of the files in each upload."""
    return [
        [part.name for part in intent.files]
        for intent in play.asked
        if isinstance(intent, HttpRequest) and intent.files
    ]


# Files


def test_a_call_without_files_sends_none() -> None:
    play = Play()
    assert play.run(submit.prepare(call([1, None]))) == [[1, None]]
    assert play.asked == []


def test_files_are_sent_before_the_call() -> None:
    play = Play(Answer(200, ["/up/1"]))
    data = play.run(submit.prepare(call({"a": handle_file(b"x", name="n.txt")}, headers={"x-own": "1"})))
    assert data == [{"a": {"path": "/up/1", "orig_name": "n.txt", "meta": META}}]
    assert play.asked == [
        HttpRequest("POST", f"{API}upload", files=(FileSource(b"x", "n.txt"),), headers={"x-own": "1"})
    ]


@pytest.mark.parametrize(
    ("count", "groups"),
    [(1, [1]), (2, [1, 1]), (4, [1, 1, 1, 1]), (5, [2, 2, 1]), (8, [2, 2, 2, 2]), (9, [3, 3, 3])],
)
def test_files_travel_in_at_most_four_requests(count: int, groups: list[int]) -> None:
    files = [handle_file(b"x", name=f"{n}.txt") for n in range(count)]
    names = iter(range(count))
    play = Play(*[Answer(200, [f"/up/{next(names)}" for _ in range(size)]) for size in groups])
    (sent,) = cast("list[list[dict[str, Any]]]", play.run(submit.prepare(call(files))))
    assert [len(names_of) for names_of in uploads(play)] == groups
    assert [(file["path"], file["orig_name"]) for file in sent] == [
        (f"/up/{n}", f"{n}.txt") for n in range(count)
    ]


def test_a_url_that_only_this_machine_reaches_is_fetched_first() -> None:
    play = Play(Stored("/temporary/a.txt"), Answer(200, ["/up/1"]))
    (sent,) = play.run(submit.prepare(call(handle_file("http://127.0.0.1:1/a.txt"))))
    assert sent == {"path": "/up/1", "orig_name": "a.txt", "meta": META}
    assert play.asked[0] == HttpDownload(
        "http://127.0.0.1:1/a.txt", "a.txt", same_origin=False, temporary=True, trusted=True
    )
    assert cast("HttpRequest", play.asked[1]).files == (FileSource("/temporary/a.txt", "a.txt"),)


def test_before_3_19_files_are_in_the_data() -> None:
    play = Play(Stored("/temporary/b.txt"))
    value = [handle_file(b"x", name="a.txt"), handle_file("http://127.0.0.1:1/b.txt")]
    assert play.run(submit.prepare(call(value, version="3.16.2"))) == [
        [{"name": "a.txt", "data": "data:of a.txt"}, {"name": "b.txt", "data": "data:of b.txt"}]
    ]
    assert [type(intent) for intent in play.asked] == [ReadAsDataUri, HttpDownload, ReadAsDataUri]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(413, b"File size exceeded maximum allowed size of 65536 bytes."), FileTooLargeError),
        (Answer(500, b"oh no"), ResponseError),
        (Answer(200, []), ProtocolError),
        (TransportError("broken"), TransportError),
    ],
)
def test_a_call_whose_files_were_refused_has_not_started(answer: Any, kind: type[GradlinkError]) -> None:
    with pytest.raises(kind) as e:
        Play(answer).run(submit.prepare(call(b"x")))
    assert e.value.execution == "not started"


RETRIES = Retries(count=2, base_seconds=1)


@pytest.mark.parametrize("failure", [Answer(503, b"later"), TransportError("broken")])
@pytest.mark.parametrize("form", ["bytes", "BytesIO"])
def test_a_file_that_can_be_read_again_is_sent_again(failure: Any, form: str) -> None:
    play = Play(failure, Answer(200, ["/up/1"]))
    value = b"x" if form == "bytes" else io.BytesIO(b"x")
    (sent,) = play.run(submit.prepare(call(value, retries=RETRIES)))
    assert sent == {"path": "/up/1", "orig_name": "file", "meta": META}
    assert uploads(play) == [["file"], ["file"]]
    assert play.pauses() == [(0.0, 1.0)]


class Pipe:
    def read(self, size: int = -1) -> bytes:
        return b""


class Closed(io.BytesIO):
    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("source", [Pipe(), Closed()])
def test_what_can_be_read_once_is_sent_once(source: Any) -> None:
    play = Play(Answer(503, b"later"))
    with pytest.raises(ResponseError, match="answered 503: later"):
        play.run(submit.prepare(call(source, retries=RETRIES)))
    assert play.pauses() == []


# The join


def test_a_join_names_the_function_and_the_session() -> None:
    play = Play(Answer(200, {"event_id": "e"}))
    assert play.run(submit.join(call(headers={"x-own": "1"}, oauth_token="t"), ["x"], "s")) == "e"
    assert play.requests() == [JOIN]
    assert play.bodies() == [
        {
            "data": ["x"],
            "fn_index": 3,
            "session_hash": "s",
            "event_data": None,
            "trigger_id": None,
            "oauth_token": "t",
        }
    ]
    assert cast("HttpRequest", play.asked[0]).headers == {"x-own": "1"}


REFUSALS = [
    (Answer(503, {"detail": "Queue is full. Max size is 1 and size is 1."}), QueueError),
    (Answer(429, b"slow down"), TooManyRequestsError),
    (Answer(502, b"Bad gateway"), ResponseError),
    (ConnectError("no connection"), ConnectError),
]


@pytest.mark.parametrize(("refusal", "kind"), REFUSALS)
def test_a_join_that_was_refused_is_made_again(refusal: Any, kind: type[GradlinkError]) -> None:
    play = Play(refusal, refusal, Answer(200, {"event_id": "e"}))
    assert play.run(submit.join(call(retries=RETRIES), ["x"], "s")) == "e"
    assert play.pauses() == [(0.0, 1.0), (0.0, 2.0)]


@pytest.mark.parametrize(("refusal", "kind"), REFUSALS)
def test_a_join_is_not_made_again_for_ever(refusal: Any, kind: type[GradlinkError]) -> None:
    with pytest.raises(kind) as e:
        Play(refusal, refusal, refusal).run(submit.join(call(retries=RETRIES), ["x"], "s"))
    assert e.value.attempts == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(422, {"detail": "no"}), RequestRejectedError),
        (Answer(500, b"Internal Server Error"), ResponseError),
        (Answer(307, location="http://other/"), RedirectError),
    ],
)
def test_a_join_that_will_never_do_is_made_once(answer: Answer, kind: type[GradlinkError]) -> None:
    with pytest.raises(kind) as e:
        Play(answer).run(submit.join(call(retries=RETRIES), ["x"], "s"))
    assert e.value.execution == "not started"


def test_a_join_that_was_answered_in_another_way_may_run() -> None:
    with pytest.raises(ProtocolError) as e:
        Play(Answer(200, {})).run(submit.join(call(retries=RETRIES), ["x"], "s"))
    assert e.value.execution == "unknown"


def test_a_join_that_may_have_arrived_is_not_made_again() -> None:
    broken = TransportError("broken", execution="unknown")
    with pytest.raises(TransportError, match="broken"):
        Play(broken).run(submit.join(call(retries=RETRIES), ["x"], "s"))


def test_a_join_that_was_not_sent_whole_is_made_again() -> None:
    broken = TransportError("broken", execution="not started")
    play = Play(broken, Answer(200, {"event_id": "e"}))
    assert play.run(submit.join(call(retries=RETRIES), ["x"], "s")) == "e"


# The direct route


def test_the_direct_route_is_asked_by_id() -> None:
    play = Play(Answer(200, {"data": ["y"]}))
    assert play.run(submit.run(call(), ["x"], "s")) == ["y"]
    assert play.requests() == [f"POST {API}run/predict"]
    assert play.bodies()[0]["fn_index"] == 3
    assert cast("HttpRequest", play.asked[0]).no_read_timeout


def test_an_error_of_the_app_is_not_asked_for_again() -> None:
    with pytest.raises(AppError, match=r"^/[a-z]+: bad$"):
        Play(Answer(500, {"error": "bad"})).run(submit.run(call(retries=RETRIES), ["x"], "s"))


@pytest.mark.parametrize(("status", "execution"), [(504, "unknown"), (500, "unknown"), (404, "not started")])
def test_nobody_knows_whether_a_function_ran_behind_a_gateway(status: int, execution: str) -> None:
    with pytest.raises(ResponseError) as e:
        Play(Answer(status, b"oh no")).run(submit.run(call(retries=RETRIES), ["x"], "s"))
    assert e.value.execution == execution


@pytest.mark.parametrize(
    "refusal", [Answer(429, b"slow down"), ConnectError("no connection", execution="not started")]
)
def test_a_direct_call_that_was_refused_is_made_again(refusal: Any) -> None:
    play = Play(refusal, Answer(200, {"data": ["y"]}))
    assert play.run(submit.run(call(retries=RETRIES), ["x"], "s")) == ["y"]


@pytest.mark.parametrize(
    ("answer", "kind", "execution"),
    [
        (Answer(413, b"too large"), FileTooLargeError, "not started"),
        (Answer(503, b"the queue is full"), QueueError, "unknown"),
        (
            Answer(422, {"detail": [{"__type__": "validate", "is_valid": False, "message": "no"}]}),
            ValidationError,
            "not started",
        ),
        (Answer(200, {}), ProtocolError, None),
    ],
)
def test_a_refusal_of_the_direct_route_says_whether_the_function_ran(
    answer: Answer, kind: type[GradlinkError], execution: str | None
) -> None:
    with pytest.raises(kind) as e:
        Play(answer).run(submit.run(call(), ["x"], "s"))
    assert e.value.execution == execution


# Further input


def test_further_input_goes_to_the_job() -> None:
    play, end = Play(Answer(200, {"msg": "success"})), Play(Answer(200, {"msg": "success"}))
    play.run(submit.send_chunk(call(), ["x"], "s", "e/1"))
    assert play.requests() == [f"POST {API}stream/e%2F1"]
    assert (play.bodies()[0]["event_id"], play.bodies()[0]["data"]) == ("e/1", ["x"])
    end.run(submit.close_chunks(call().access, "e/1"))
    assert end.requests() == [f"POST {API}stream/e%2F1/close"]


@pytest.mark.parametrize("what", ["further input", "the end of input", "the data of the job"])
def test_further_input_for_a_job_that_is_gone_is_told(what: str) -> None:
    flows = {
        "further input": submit.send_chunk(call(), ["x"], "s", "e"),
        "the end of input": submit.close_chunks(call().access, "e"),
        "the data of the job": submit.send_data(call(), {"event_id": "e"}),
    }
    with pytest.raises(ResponseError, match=rf"^{what}: http://h:7860/gradio_api/.* answered 404: no text$"):
        Play(Answer(404)).run(flows[what])


def test_the_data_that_a_server_asks_for_is_sent() -> None:
    play = Play(Answer(200, None))
    play.run(submit.send_data(call(), {"data": ["x"], "event_id": "e"}))
    assert play.requests() == [f"POST {API}queue/data"]
    assert play.bodies() == [{"data": ["x"], "event_id": "e"}]
