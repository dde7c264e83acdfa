"""Servers in a state that real ones are in: the client works, or says what is wrong with them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import JobTimeoutError, ProtocolError, Timeout, handle_file
from tests.live.shells import Shell
from tests.matrix.servers import FORKING, REFUSED, Release

ELSEWHERE = "https://elsewhere.example/app"


class Started:
    """Releases that run, each started once for all tests here: importing Gradio is what takes long."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, Path, str], Release] = {}

    def __call__(self, name: str, program: Path = FORKING, root: str = "") -> Release:
        key = (name, program, root)
        if key not in self._running:
            self._running[key] = Release(name, program, **({"GRADIO_ROOT_PATH": root} if root else {}))
        return self._running[key]

    def close(self) -> None:
        for release in self._running.values():
            release.close()


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    """Give a release that runs: ``started("4.9.1")``."""
    releases = Started()
    yield releases
    releases.close()


def get(url: str) -> httpx2.Response:
    return httpx2.get(url, trust_env=False, timeout=60)


def post(url: str, body: dict[str, Any]) -> httpx2.Response:
    return httpx2.post(url, json=body, trust_env=False, timeout=60)


def indexes(url: str) -> dict[str, int]:
    dependencies = get(url + "config").json()["dependencies"]
    return {fn["api_name"]: index for index, fn in enumerate(dependencies) if fn["api_name"]}


@contextmanager
def call_of_what_is_not_there(url: str) -> Iterator[None]:
    """Stop the queue of a Gradio from 4.9 to 4.15: it has no function of this index."""
    body = {"data": ["x"], "fn_index": 9999, "session_hash": uuid.uuid4().hex}
    assert post(url + "queue/join", body).status_code == 200
    yield


@contextmanager
def call_of_a_batch(url: str) -> Iterator[None]:
    """Stop the queue of a Gradio from 4.0 to 4.8: one call of a batch function is enough, while it is waited for."""
    parameters = {"fn_index": str(indexes(url)["batch_double"]), "session_hash": uuid.uuid4().hex}
    with (
        httpx2.Client(trust_env=False, timeout=60) as http,
        http.sse(url + "queue/join", params=parameters) as events,
    ):
        # It never comes to asking for the data; what joins later waits behind it.
        arriving: Any = iter(events)
        assert next(arriving).json()["msg"] == "estimation"
        yield
        arriving.close()


# -- a queue that has stopped --------------------------------------------------------------------------

STOPPED = [
    pytest.param("4.9.1", call_of_what_is_not_there, "queue", id="4.9.1"),
    pytest.param("4.8.0", call_of_a_batch, "queue", id="4.8.0"),
    pytest.param("4.8.0", call_of_a_batch, "total", id="4.8.0 in all"),
]


@pytest.mark.parametrize(("name", "stop", "limit"), STOPPED)
def test_a_stopped_queue_is_named_in_bounded_time(
    started: Started, name: str, stop: Any, limit: str, connect: Shell
) -> None:
    with started(name).own("base") as url:
        with connect(url) as client:
            assert client.predict("before", api_name="/echo") == "before"
        with stop(url), connect(url) as client:
            with pytest.raises(JobTimeoutError) as caught:
                client.predict("after", api_name="/echo", timeout=Timeout(**{limit: 2}))
            assert (caught.value.phase, caught.value.execution) == (limit, "unknown")
            assert "can stop for good" in str(caught.value)
            # What does not need the queue goes on, and so does a job that nobody waits for any more.
            assert client.predict("x", api_name="/fast") == "x"
            job = client.submit("again", api_name="/echo")
            assert job.cancel() is True
            assert job.cancelled()


# -- /info that is broken ------------------------------------------------------------------------------


def test_an_app_whose_info_is_broken_works(started: Started, connect: Shell, tmp_path: Path) -> None:
    url = started("5.0.2-aged").url("base")
    assert [get(url + path).status_code for path in ("", "gradio_api/info")] == [500, 500]
    with connect(url, download_files=tmp_path) as client:
        assert client.predict(3, api_name="/add") == 13
        assert client.predict(a=3, op="sub", api_name="/add") == -7
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        result = client.predict(b"hello", api_name="/file_upper")
        assert Path(result).read_text() == "HELLO"
        listed = client.view_api(print_info=False, return_format="dict")["named_endpoints"]["/add"]
        assert [entry["label"] for entry in listed["parameters"]] == ["a", "b", "op"]


# -- a wrong root --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["3.50.2", "4.44.1", "6.31.0"])
def test_a_root_on_another_host_is_not_believed(
    started: Started, name: str, connect: Shell, tmp_path: Path
) -> None:
    url = started(name, root=ELSEWHERE).url("base")
    assert get(url + "config").json()["root"] == ELSEWHERE
    (tmp_path / "one.txt").write_text("hello")
    with connect(url, download_files=tmp_path / "results") as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert client.predict("x", api_name="/fast") == "x"
        result = client.predict(handle_file(tmp_path / "one.txt"), api_name="/file_upper")
        assert Path(result).read_text() == "HELLO"


# -- versions ------------------------------------------------------------------------------------------


def test_a_version_may_end_with_a_newline(started: Started, connect: Shell) -> None:
    url = started("3.34.0").url("base")
    assert get(url + "config").json()["version"] == "3.34.0\n"
    with connect(url) as client:
        assert str(client.app_version) == "3.34.0"
        assert client.app_version < (3, 35)
        assert client.predict("x", api_name="/echo") == "x"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("3.1.4", "the app runs Gradio 3.1.4, whose queue is polled; gradlink needs 3.1.5 or newer"),
        ("2.9.4", "this is a Gradio 2 app; gradlink supports Gradio 3.1.5 and newer"),
    ],
)
def test_a_release_that_is_too_old_is_refused_by_name(
    started: Started, name: str, reason: str, connect: Shell
) -> None:
    with pytest.raises(ProtocolError) as caught, connect(started(name, REFUSED).said):
        pass
    assert str(caught.value) == reason
