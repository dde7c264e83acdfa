"""What goes wrong, and how a program learns of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from gradlink import (
    AppError,
    AuthenticationError,
    ConnectError,
    DoneEvent,
    FileError,
    FileTooLargeError,
    GradlinkError,
    InvalidAPIEndpointError,
    NotFoundError,
    OutputEvent,
    QueueError,
    RequestRejectedError,
    ResponseError,
    TooManyRequestsError,
    TransportError,
    ValidationError,
    handle_file,
)
from tests.live.asked import Asked
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import new_key

JOIN = "/gradio_api/queue/join"
STREAM = "/gradio_api/queue/data"
RUN = "/gradio_api/run/predict"
UPLOAD = "/gradio_api/upload"
BAD_GATEWAY = "<html><body><h1>502 Bad Gateway</h1></body></html>"
SHOW_ERROR = (
    "the app raised an exception and hides its details; its author can show them with show_error=True in "
    "launch(), or by raising gr.Error"
)

# The ways to learn of a job's failure that are the same for all functions.
WAYS: dict[str, Callable[..., Any]] = {
    "predict": lambda client, *args, api_name: client.predict(*args, api_name=api_name),
    "result": lambda client, *args, api_name: client.submit(*args, api_name=api_name).result(),
    "a for loop": lambda client, *args, api_name: list(client.submit(*args, api_name=api_name)),
    "deltas": lambda client, *args, api_name: list(client.submit(*args, api_name=api_name).deltas()),
}


def keep(values: Iterable[str], kept: list[str]) -> None:
    """Go through ``values`` with a ``for`` loop, as programs do; what came before an error is kept."""
    for value in values:
        kept.append(value)  # noqa: PERF402 - another way would not be the statement


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def call(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Call an endpoint of a client in one of the ways that raise the job's error."""
    way: Callable[..., Any] = request.param
    return way


# -- errors of the app ---------------------------------------------------------------------------------


@pytest.mark.parametrize("api_name", ["/err", "/fast_err"])
def test_an_error_of_the_app_arrives_with_all_it_says(
    server: Servers, connect: Shell, call: Callable[..., Any], api_name: str
) -> None:
    with connect(server().url) as client, pytest.raises(AppError) as caught:
        call(client, "x", api_name=api_name)
    error = caught.value
    assert (str(error), error.message) == (f"{api_name}: Oops: user error: x", "user error: x")
    assert (error.title, error.duration, error.visible, error.print_exception) == ("Oops", 5, True, True)
    assert (error.endpoint, error.execution) == (api_name, "failed")


def test_an_error_that_the_apps_page_does_not_show(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/err_quiet: quiet error: x$") as caught,
    ):
        client.predict("x", api_name="/err_quiet")
    assert (caught.value.title, caught.value.duration, caught.value.visible) == ("Error", None, False)


def test_an_error_that_says_it_is_not_printed(server: Servers, connect: Shell) -> None:
    # Gradio 6 keeps print_exception to itself; a server that sends it is believed.
    output = {"error": "gone", "title": "T", "duration": 3, "visible": False, "print_exception": False}
    with connect(server().url) as client:
        server().answer(RUN, 500, json.dumps(output))
        with pytest.raises(AppError, match=r"^/fast: T: gone$") as caught:
            client.predict("x", api_name="/fast")
    error = caught.value
    assert (error.title, error.duration, error.visible, error.print_exception) == ("T", 3, False, False)


def test_exception_returns_the_error_of_the_app(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("x", api_name="/err")
        error = job.exception()
        assert isinstance(error, AppError)
        assert (error.message, error.title) == ("user error: x", "Oops")
        assert job.done()
        assert not job.cancelled()
        assert client.submit("x", api_name="/echo").exception() is None


def test_a_loop_over_a_failing_job_raises_after_the_values_before(server: Servers, connect: Shell) -> None:
    values: list[str] = []
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/generr: Halfway: failed in the middle$") as caught,
    ):
        keep(client.submit(3, api_name="/generr"), values)
    assert values == ["step 0", "step 1", "step 2"]
    assert caught.value.title == "Halfway"


def test_a_loop_raises_where_nothing_came_before(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/generr: Halfway: failed in the middle$"),
    ):
        next(client.submit(0, api_name="/generr"))


def test_a_loop_that_begins_after_the_failure_raises_too(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit(1, api_name="/generr")
        assert job.exception() is not None
        assert next(job) == "step 0"
        with pytest.raises(AppError, match=r"^/generr: Halfway: failed in the middle$"):
            next(job)
        assert job.outputs() == ["step 0"]
        with pytest.raises(AppError, match=r"^/generr: Halfway: failed in the middle$"):
            job.result()


def test_deltas_raise_after_the_text_before(server: Servers, connect: Shell) -> None:
    texts: list[str] = []
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/generr: Halfway: failed in the middle$"),
    ):
        keep(client.submit(2, api_name="/generr").deltas(), texts)
    assert texts == ["step 0", "step 1"]


def test_events_end_with_the_error(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit(1, api_name="/generr")
        events = list(job.events())
        assert [event for event in events if isinstance(event, OutputEvent)] == [OutputEvent("step 0", 0)]
        assert events[-1] == DoneEvent(success=False, error=job.exception(), cancelled=False)
        assert isinstance(events[-1].error, AppError)
        assert [event for event in events if isinstance(event, DoneEvent)] == events[-1:]


@pytest.mark.parametrize("api_name", ["/boom", "/fast_boom"])
def test_an_exception_that_the_app_shows(
    server: Servers, connect: Shell, call: Callable[..., Any], api_name: str
) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/\w+: secret detail: x$") as caught,
    ):
        call(client, "x", api_name=api_name)
    assert (caught.value.title, caught.value.endpoint) == ("Error", api_name)


@pytest.mark.parametrize("api_name", ["/boom", "/fast_boom"])
def test_an_exception_that_the_app_hides_says_how_to_see_it(
    server: Servers, connect: Shell, call: Callable[..., Any], api_name: str
) -> None:
    with connect(server("hideerr").url) as client, pytest.raises(AppError) as caught:
        call(client, "x", api_name=api_name)
    assert str(caught.value) == f"{api_name}: {SHOW_ERROR}"


def test_a_hidden_exception_in_a_loop(server: Servers, connect: Shell) -> None:
    values: list[str] = []
    with connect(server("hideerr").url) as client, pytest.raises(AppError) as caught:
        keep(client.submit(2, api_name="/genboom"), values)
    assert values == ["step 0", "step 1"]
    assert str(caught.value) == f"/genboom: {SHOW_ERROR}"


@pytest.mark.parametrize("api_name", ["/err", "/fast_err"])
def test_an_app_that_hides_exceptions_still_tells_its_own_errors(
    server: Servers, connect: Shell, api_name: str
) -> None:
    with (
        connect(server("hideerr").url) as client,
        pytest.raises(AppError, match=r"^/\w+: Oops: user error: x$") as caught,
    ):
        client.predict("x", api_name=api_name)
    assert caught.value.title == "Oops"


def test_the_app_refuses_a_value_that_is_no_choice(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"nonsense.* is not in the list of choices"),
    ):
        client.predict(1, op="nonsense", api_name="/add")


def test_messages_before_the_failure_are_kept_with_the_error(
    server: Servers, connect: Shell, call: Callable[..., Any]
) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(AppError, match=r"^/err_logs: then failed: x$") as caught,
    ):
        call(client, "x", api_name="/err_logs")
    assert caught.value.logs == ("info:x", "warn:x")


def test_an_error_names_its_endpoint_and_its_job(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        job = client.submit("x", api_name="/err")
        error = job.exception()
        assert error.endpoint == "/err"
        assert error.event_id == job.event_id
        assert len(error.event_id) == 32
        assert error.logs == ()
        assert client.submit("x", api_name="/fast_err").exception().event_id is None


def test_a_failed_call_leaves_the_client_as_it_was(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        client.predict(1, api_name="/counter")
        for api_name in ("/err", "/boom", "/fast_err", "/err"):
            with pytest.raises(AppError):
                client.predict("x", api_name=api_name)
        assert client.predict(1, api_name="/counter") == 2


# -- values that the app refuses -----------------------------------------------------------------------


def test_a_validator_that_refuses_one_value(
    server: Servers, connect: Shell, call: Callable[..., Any]
) -> None:
    with connect(server().url) as client:
        with pytest.raises(ValidationError) as caught:
            call(client, 0, api_name="/validated")
        assert client.predict(2, api_name="/validated") == 4
    error = caught.value
    assert str(error) == "1 parameter(s) failed validation:\n- n: n must be positive"
    assert error.problems == (("n", "n must be positive"),)
    assert (error.endpoint, error.event_id) == ("/validated", None)
    assert (error.status, error.execution) == (422, "not started")
    assert error.url == server().url + "gradio_api/queue/join"


def test_a_validator_that_refuses_two_values_has_a_line_for_each(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(ValidationError) as caught:
            client.predict(0, -1, api_name="/product")
        assert str(caught.value).splitlines() == [
            "2 parameter(s) failed validation:",
            "- first: first must be positive",
            "- second: second must be positive",
        ]
        with pytest.raises(ValidationError) as caught:
            client.predict(1, second=-1, api_name="/product")
        assert caught.value.problems == (("second", "second must be positive"),)
        assert client.predict(2, 3, api_name="/product") == 6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"detail": [{"type": "missing", "loc": ["body", "data"], "msg": "Field required"}]},
            "body.data: Field required",
        ),
        ({"detail": "the proxy does not like it"}, "the proxy does not like it"),
        ({"reason": "another form"}, '{"reason": "another form"}'),
    ],
    ids=["of the web framework", "a text", "of another form"],
)
def test_another_422_keeps_its_own_text(
    server: Servers, connect: Shell, body: dict[str, Any], said: str
) -> None:
    url = server().url + "gradio_api/queue/join"
    with connect(server().url) as client:
        server().answer(JOIN, 422, json.dumps(body))
        with pytest.raises(RequestRejectedError) as caught:
            client.predict("x", api_name="/echo")
        assert str(caught.value) == f"the join: {url} answered 422: {said}"
        assert not isinstance(caught.value, ValidationError)
        assert caught.value.server_text == json.dumps(body)


# -- what the server, or a proxy before it, answers ----------------------------------------------------

REFUSALS = [
    pytest.param(
        400, '{"detail": "No function index."}', RequestRejectedError, "No function index.", id="400"
    ),
    pytest.param(
        401,
        '{"detail": "Not authenticated"}',
        AuthenticationError,
        "login required; pass auth=(username, password) (Not authenticated)",
        id="401",
    ),
    pytest.param(404, '{"detail": "Not Found"}', NotFoundError, "Not Found", id="404"),
    pytest.param(413, "Too much.", FileTooLargeError, "Too much.", id="413"),
    pytest.param(
        429,
        "slow down",
        TooManyRequestsError,
        "too many requests, try again later (slow down)",
        id="429",
    ),
    pytest.param(
        503,
        '{"detail": "Queue is full. Max size is 1 and size is 1."}',
        QueueError,
        "Queue is full. Max size is 1 and size is 1.",
        id="503 of the queue",
    ),
    pytest.param(
        503, '{"detail": "Queue is stopped."}', QueueError, "Queue is stopped.", id="503 at the end"
    ),
    pytest.param(503, "no upstream", ResponseError, "no upstream", id="503 of a proxy"),
    pytest.param(502, BAD_GATEWAY, ResponseError, BAD_GATEWAY, id="502"),
]


@pytest.mark.parametrize(("status", "body", "kind", "said"), REFUSALS)
def test_a_refused_join_has_a_class_of_its_own(
    server: Servers, connect: Shell, status: int, body: str, kind: type[GradlinkError], said: str
) -> None:
    url = server().url + "gradio_api/queue/join"
    with connect(server().url, retries=0) as client:
        server().answer(JOIN, status, body)
        error = client.submit("x", api_name="/echo").exception()
        assert type(error) is kind
        assert str(error) == f"the join: {url} answered {status}: {said}"
        assert (error.status, error.url, error.server_text) == (status, url, body)
        assert (error.endpoint, error.event_id, error.execution) == ("/echo", None, "not started")
        # Nothing of it is left.
        assert client.predict("y", api_name="/echo") == "y"


def test_a_refused_join_raises_in_every_way(
    server: Servers, connect: Shell, call: Callable[..., Any]
) -> None:
    with connect(server().url) as client:
        server().answer(JOIN, 404, "nothing here")
        with pytest.raises(NotFoundError, match="answered 404: nothing here"):
            call(client, "x", api_name="/echo")


@pytest.mark.parametrize(("status", "body", "kind", "said"), REFUSALS)
def test_a_refused_direct_call_has_the_same_class(
    server: Servers, connect: Shell, status: int, body: str, kind: type[GradlinkError], said: str
) -> None:
    url = server().url + "gradio_api/run/predict"
    with connect(server().url, retries=0) as client:
        server().answer(RUN, status, body)
        error = client.submit("x", api_name="/fast").exception()
        assert type(error) is kind
        in_doubt = isinstance(error, TransportError) and error.execution == "unknown"
        doubt = "; the call may have run" if in_doubt else ""
        assert str(error) == f"the call of /fast: {url} answered {status}: {said}{doubt}"
        assert (error.status, error.url, error.server_text, error.endpoint) == (status, url, body, "/fast")
        assert client.predict("y", api_name="/fast") == "y"


def test_after_a_bad_gateway_a_direct_call_may_have_run(server: Servers, connect: Shell) -> None:
    with connect(server().url, retries=0) as client:
        server().answer(RUN, 502, BAD_GATEWAY)
        with pytest.raises(ResponseError) as caught:
            client.predict("x", api_name="/fast")
        assert caught.value.execution == "unknown"


# A 404 has another text there: it may be that there is no app at all.
@pytest.mark.parametrize(
    ("status", "body", "kind", "said"), [refusal for refusal in REFUSALS if refusal.id != "404"]
)
def test_a_refused_connect_has_the_same_class(
    server: Servers, connect: Shell, status: int, body: str, kind: type[GradlinkError], said: str
) -> None:
    single = server("single")
    single.answer("/config", status, body)
    with pytest.raises(kind) as caught, connect(single.url, retries=0):
        pass
    assert type(caught.value) is kind
    assert str(caught.value).endswith(f"config: {single.url}config answered {status}: {said}")
    assert (caught.value.status, caught.value.url) == (status, single.url + "config")
    assert caught.value.server_text == body


def test_where_there_is_no_app_the_url_is_said(server: Servers, connect: Shell) -> None:
    url = server("single").url + "not/an/app/"
    with (
        pytest.raises(
            NotFoundError, match=f"^{url} is not a Gradio app: neither /config nor its page has one"
        ),
        connect(url),
    ):
        pass


def test_where_nobody_listens_the_url_is_said(connect: Shell) -> None:
    # Port 9 is below those that systems hand out, and nothing discards there.
    with (
        pytest.raises(ConnectError, match=r"^no connection to http://127\.0\.0\.1:9/config: ") as caught,
        connect("http://127.0.0.1:9", retries=0),
    ):
        pass
    assert (caught.value.execution, caught.value.status) == ("not started", None)


@pytest.mark.parametrize("seconds", ["7", "0.5"])
def test_the_server_says_when_to_try_again(server: Servers, connect: Shell, seconds: str) -> None:
    single = server("single")
    single.answer("/config", 429, "slow down", headers={"retry-after": seconds})
    with pytest.raises(TooManyRequestsError) as caught, connect(single.url, retries=0):
        pass
    assert caught.value.retry_after == float(seconds)


@pytest.mark.parametrize(
    "headers", [{}, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, {"retry-after": "?"}]
)
def test_a_server_that_names_no_seconds(server: Servers, connect: Shell, headers: dict[str, str]) -> None:
    single = server("single")
    single.answer("/config", 429, "slow down", headers=headers)
    with pytest.raises(TooManyRequestsError) as caught, connect(single.url, retries=0):
        pass
    assert caught.value.retry_after is None


def test_a_refused_stream_loses_its_jobs(server: Servers, connect: Shell) -> None:
    url = server().url + "gradio_api/queue/data"
    with connect(server().url, retries=0) as client:
        # The first stream of a session is asked for after the join: the job is at the server.
        server().answer(STREAM, 502, BAD_GATEWAY)
        job = client.submit("x", api_name="/echo")
        error = job.exception()
        assert type(error) is ResponseError
        text = f"/echo: the stream of messages: {url} answered 502: {BAD_GATEWAY}"
        assert str(error) == f"{text}; the job {error.event_id} may have run"
        assert (error.status, error.url, error.server_text) == (502, url, BAD_GATEWAY)
        assert (error.endpoint, error.execution) == ("/echo", "unknown")
        assert error.event_id == job.event_id
        assert error.event_id is not None
        assert client.predict("y", api_name="/echo") == "y"


def test_a_refused_file_raises_where_it_is_taken(server: Servers, connect: Shell) -> None:
    # The app stores a picture under a name made of its content: it is the same one for every caller.
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(picture, "png")
    image = handle_file(picture.getvalue(), name="picture.png")
    with connect(server().url, download_files=False) as client:
        url = client.predict(image, api_name="/image_flip").url
    with connect(server().url) as client:
        job = client.submit(image, api_name="/image_flip")
        assert job.exception() is None
        server().answer(urlsplit(url).path, 404, "gone")
        with pytest.raises(NotFoundError) as caught:
            job.result()
        assert str(caught.value) == f"the file 'image.webp': {url} answered 404: gone"
        assert (caught.value.status, caught.value.server_text) == (404, "gone")
        # It was gone for once only.
        assert Path(job.result()).name == "image.webp"


@pytest.mark.parametrize("source", ["path", "bytes"])
def test_a_file_that_is_too_large_is_refused_before_anything_is_sent(
    server: Servers, connect: Shell, source: str, tmp_path: Path
) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(65_537))
    asked = Asked(server("tiny"))
    file = handle_file(path) if source == "path" else handle_file(bytes(65_537), name="big.bin")
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for send in (client.predict, client.submit):
            with pytest.raises(FileTooLargeError) as caught:
                send(file, api_name="/file_digest")
            said = "/file_digest: the file 'big.bin' has 65,537 bytes; the app takes at most 65,536"
            assert str(caught.value) == said
            assert (caught.value.endpoint, caught.value.execution) == ("/file_digest", "not started")
            assert not isinstance(caught.value, ConnectionError)
        assert asked.routes() == []
        largest = handle_file(bytes(65_536), name="largest.bin")
        assert client.predict(largest, api_name="/file_digest")["size"] == 65_536


def test_a_file_that_the_server_finds_too_large(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    said = "File size exceeded maximum allowed size of 3 bytes."
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        server().answer(UPLOAD, 413, said)
        with pytest.raises(FileTooLargeError) as caught:
            client.predict(handle_file(b"abcd", name="a.txt"), api_name="/file_upper")
        assert str(caught.value) == f"the upload: {asked.url}gradio_api/upload answered 413: {said}"
        assert (caught.value.status, caught.value.server_text) == (413, said)
        assert (caught.value.endpoint, caught.value.execution) == ("/file_upper", "not started")
        assert isinstance(caught.value, FileError)
        assert not isinstance(caught.value, ConnectionError)
        assert asked.routes() == ["POST /gradio_api/upload"]


def test_a_full_queue_refuses_the_job(server: Servers, connect: Shell) -> None:
    tiny, key = server("tiny"), new_key()
    asked = Asked(tiny)
    joined = f"POST {JOIN}"
    with connect(asked.url, headers=asked.headers, retries=0) as client:
        running = client.submit(key, api_name="/gate")
        tiny.reach(key, "started")
        answered = tiny.counts(joined)["ended"]
        waiting = client.submit(key, api_name="/gate")
        tiny.reach(joined, "ended", answered + 1)
        refused = client.submit(key, api_name="/gate")
        with pytest.raises(QueueError) as caught:
            refused.result()
        said = "Queue is full. Max size is 1 and size is 1."
        assert str(caught.value) == f"the join: {asked.url}gradio_api/queue/join answered 503: {said}"
        assert (caught.value.status, caught.value.execution) == (503, "not started")
        assert (caught.value.endpoint, caught.value.event_id) == ("/gate", None)
        assert not isinstance(caught.value, ConnectionError)
        tiny.open_gate(key, times=2)
        assert [running.result(), waiting.result()] == [f"passed {key}"] * 2
    assert tiny.counts(key)["started"] == 2


# -- how programs catch them ---------------------------------------------------------------------------


def test_what_was_a_value_error_still_is_one(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(ValueError, match="user error: x"):
            client.predict("x", api_name="/err")
        with pytest.raises(ValueError, match="n must be positive"):
            client.predict(0, api_name="/validated")
        with pytest.raises(ValueError, match="keeps its endpoint '/private' private"):
            client.predict("x", api_name="/private")
        with pytest.raises(ValueError, match="no endpoint '/nope'"):
            client.predict("x", api_name="/nope")
    with pytest.raises(ValueError, match="login required"), connect(server("auth").url):
        pass


def test_every_error_is_caught_by_one_class(server: Servers, connect: Shell) -> None:
    with connect(server().url, retries=0) as client:
        server().answer(RUN, 502, BAD_GATEWAY)
        errors = [
            client.submit(*args, api_name=api_name).exception()
            for args, api_name in [(("x",), "/err"), ((0,), "/validated"), (("x",), "/fast")]
        ]
        for args, api_name in [(("x",), "/private"), ((), "/echo"), (("x",), "/nope")]:
            with pytest.raises(GradlinkError) as caught:
                client.predict(*args, api_name=api_name)
            errors.append(caught.value)
    assert all(isinstance(error, GradlinkError) for error in errors)
    assert [type(error) for error in errors[:4]] == [
        AppError,
        ValidationError,
        ResponseError,
        InvalidAPIEndpointError,
    ]


def test_no_message_holds_a_session_or_a_token(server: Servers, connect: Shell) -> None:
    with connect(server().url, token="hf_secret", oauth_token="hf_other") as client:
        server().answer(STREAM, 502, BAD_GATEWAY)
        error = client.submit("x", api_name="/echo").exception()
        shown = f"{error} {error!r} {vars(error)} {error.url}"
        assert client.session_hash not in shown
        assert "hf_" not in shown
