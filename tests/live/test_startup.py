"""Apps whose queue was never started: they take jobs, and nothing ever runs."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.live.servers import Server, Servers
from tests.live.shells import SHELLS, Shell
from tests.live.waits import new_key, threads_left

ASKED = "/gradio_api/startup-events"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for seconds until the app is asked."""
    monkeypatch.setattr("gradlink._engine.receiving.STARTUP_SECONDS", 0.2)


def asked(server: Server, since: int, path: str) -> list[str]:
    return [r.path for r in server.requests(since) if r.path.startswith(path) and r.path.endswith(ASKED)]


def test_a_queue_that_was_never_started_is_started_once(
    server: Servers, connect: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    apps = server("unstarted")
    path = f"/{SHELLS.index(connect)}/app"
    with caplog.at_level(logging.WARNING, "gradlink.connection"), connect(apps.origin + path) as client:
        jobs = [client.submit(str(number), api_name="/only") for number in range(3)]
        assert [job.result(60) for job in jobs] == ["0", "1", "2"]
        assert client.predict("again", api_name="/only") == "again"
    assert asked(apps, 0, path) == [path + ASKED]
    [record] = caplog.records
    assert f"{apps.origin}{path}/ has started no job" in record.message
    assert "it was asked to start (/startup-events)" in record.message


def test_a_queue_that_runs_is_not_asked_and_no_clock_is_left(server: Servers, connect: Shell) -> None:
    base = server()
    since = len(base.requests())
    with connect(base.url) as client:
        key = new_key()
        job = client.submit(key, api_name="/gate")
        base.reach(key, "started")
        later = client.submit(key, api_name="/gate")  # its place is the first one, and it waits
        base.open_gate(key, 2)
        assert (job.result(60), later.result(60)) == (f"passed {key}", f"passed {key}")
        assert asked(base, since, "/") == []
        clocks = [thread for thread in threading.enumerate() if thread.name == "gradlink-clock"]
        assert threads_left(clocks) == []


def test_an_app_that_cannot_be_asked_is_named(
    server: Servers, connect: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    apps = server("unstarted")
    path = f"/{SHELLS.index(connect) + 4}/app"
    said = threading.Event()

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.set()

    handler = Said()
    logging.getLogger("gradlink.connection").addHandler(handler)
    try:
        apps.answer(path + ASKED, 404, "gone")
        with caplog.at_level(logging.WARNING, "gradlink.connection"), connect(apps.origin + path) as client:
            job = client.submit("x", api_name="/only")
            assert said.wait(60)
            assert job.cancel()
    finally:
        logging.getLogger("gradlink.connection").removeHandler(handler)
    assert "it could not be asked to start: " in caplog.records[0].message
    assert "404" in caplog.records[0].message
