"""Leaving a loop over a job of the sync client early: what nobody has any more does not go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradlink import Client
from gradlink.compat.client import Client as CompatClient
from gradlink.typed import TypedJob
from tests.live.programs import ended, start
from tests.live.servers import Server, Servers
from tests.live.waits import new_key

STOPPED = {"started": 1, "ended": 1, "ticked": 1}
WHOLE = {"started": 1, "ticked": 2, "finished": 1, "ended": 1}


def leave(client: Client, key: str) -> None:
    for value in client.submit(key, 2, api_name="/gategen"):
        assert value == "tick 0"
        break


def leave_texts(client: Client, key: str) -> None:
    for text in client.submit(key, 2, api_name="/gategen").deltas():
        assert text == "tick 0"
        break


def fail(client: Client, key: str) -> None:
    def loop() -> None:
        for value in client.submit(key, 2, api_name="/gategen"):
            raise LookupError(value)

    with pytest.raises(LookupError, match="tick 0"):
        loop()


def close_a_generator(client: Client, key: str) -> None:
    def generate() -> Iterator[Any]:
        for value in client.submit(key, 2, api_name="/gategen"):
            yield f"{value}!"

    generated: Any = generate()
    assert next(generated) == "tick 0!"
    generated.close()


def close_the_iterator(client: Client, key: str) -> None:
    texts: Any = client.submit(key, 2, api_name="/gategen").deltas()
    assert next(texts) == "tick 0"
    texts.close()
    texts.close()
    assert list(texts) == []


def leave_a_view(client: Client, key: str) -> None:
    for number, value in enumerate(client.with_options(retries=0).submit(key, 2, api_name="/gategen")):
        assert (number, value) == (0, "tick 0")
        break


def leave_a_typed_job(client: Client, key: str) -> None:
    for value in TypedJob[str](client.submit(key, 2, api_name="/gategen")):
        assert value == "tick 0"
        break


def leave_an_expression(client: Client, key: str) -> None:
    texts = (f"{value}!" for value in client.submit(key, 2, api_name="/gategen"))
    assert next(texts) == "tick 0!"
    texts.close()


def leave_and_drop(client: Client, key: str) -> None:
    job = client.submit(key, 2, api_name="/gategen")
    for value in job:
        assert value == "tick 0"
        break
    assert not job.done()


def leave_a_block(client: Client, key: str) -> None:
    with client.submit(key, 2, api_name="/gategen") as job:
        assert next(job) == "tick 0"
    assert job.cancelled()


def fail_in_a_block(client: Client, key: str) -> None:
    with (
        pytest.raises(LookupError),
        client.submit(key, 2, api_name="/gategen") as job,
    ):
        raise LookupError(next(job))


def run_left(server: Server, way: Callable[[Client, str], None], kind: type[Client] = Client) -> str:
    key = new_key()
    server.open_gate(key)
    with kind(server.url, verbose=False) as client:
        way(client, key)
        # While the client is still there. A server's thread keeps what it did last, from Python 3.14 on, until it does more.
        while "ended" not in server.counts(key):
            assert client.predict("x", api_name="/echo") == "x"
        assert client.predict("x", api_name="/echo") == "x"
    return key


@pytest.mark.parametrize(
    "way",
    [
        leave,
        leave_texts,
        fail,
        close_a_generator,
        close_the_iterator,
        leave_a_view,
        leave_a_typed_job,
        leave_an_expression,
        leave_and_drop,
        leave_a_block,
        fail_in_a_block,
    ],
)
def test_a_job_that_nobody_has_any_more_is_cancelled(
    server: Servers, way: Callable[[Client, str], None]
) -> None:
    assert server().counts(run_left(server(), way)) == STOPPED


def keep(client: Client, key: str, server: Server) -> Any:
    job = client.submit(key, 2, api_name="/gategen")
    for _ in job:
        break
    for _ in job.deltas():
        break
    server.open_gate(key)
    return job.result()


def keep_a_callback(client: Client, key: str, server: Server) -> Any:
    results: list[Any] = []
    called = threading.Event()

    def take(value: Any) -> None:
        results.append(value)
        called.set()

    for _ in client.submit(key, 2, api_name="/gategen", result_callbacks=take):
        break
    server.open_gate(key)
    called.wait()
    return results[0]


def watch_events(client: Client, key: str, server: Server) -> Any:
    next(iter(client.submit(key, 2, api_name="/gategen").events()))
    server.open_gate(key)
    server.reach(key, "ended")
    return "tick 1"


def end_a_block(client: Client, key: str, server: Server) -> Any:
    server.open_gate(key)
    with client.submit(key, 2, api_name="/gategen") as job:
        for _ in job:
            pass
    assert not job.cancelled()
    return job.result()


@pytest.mark.parametrize("way", [keep, keep_a_callback, watch_events, end_a_block])
def test_a_job_that_somebody_has_goes_on(server: Servers, way: Callable[[Client, str, Server], Any]) -> None:
    base, key = server(), new_key()
    base.open_gate(key)
    with Client(base.url, verbose=False) as client:
        assert way(client, key, base) == "tick 1"
        base.reach(key, "ended")
    assert base.counts(key) == WHOLE


def test_a_loop_to_the_end_asks_for_no_cancel(server: Servers) -> None:
    before = len([request for request in server().requests() if request.path.endswith("/cancel")])
    with Client(server().url, verbose=False) as client:
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        assert list(client.submit("w", 2, api_name="/count").deltas()) == ["w0 ", "w1 "]
    after = [request for request in server().requests() if request.path.endswith("/cancel")]
    assert len(after) == before


def test_programs_for_gradio_client_leave_their_jobs_running(server: Servers) -> None:
    base, key = server(), new_key()
    base.open_gate(key)
    with CompatClient(base.url, verbose=False) as client:
        leave(client, key)
        base.open_gate(key)
        base.reach(key, "ended")
    assert base.counts(key) == WHOLE


LEAVES_AT_ITS_END = """
import sys
from gradlink import Client

url, key = sys.argv[1:]
for value in Client(url, verbose=False).submit(key, 2, api_name="/gategen"):
    print(value, flush=True)
    break
"""


def test_a_program_that_ends_with_its_loop_has_its_job_cancelled(server: Servers) -> None:
    base, key = server(), new_key()
    base.open_gate(key)
    with start(LEAVES_AT_ITS_END, base.url, key) as process:
        assert ended(process) == ["tick 0"]
    base.reach(key, "ended")
    assert base.counts(key) == STOPPED
