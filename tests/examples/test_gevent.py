"""The Flask example answers many requests at once under gevent, and nothing else in its process has to wait."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.examples.programs import run, serving
from tests.live.servers import Servers

REQUESTS = 100
AT_THE_SERVER = 40  # a client's max_workers
GUNICORN = ("-m", "gunicorn", "--worker-class", "gevent", "--workers", "2", "--bind", "127.0.0.1:0")
# What the demo app draws for each letter, when it is asked without Gradio.
DRAW = """
import hashlib, json, sys, tempfile
from pathlib import Path
from demo.app import postcard
letter = Path(tempfile.mkdtemp(), "letter.txt")
digests = []
for number in range(int(sys.argv[1])):
    letter.write_text(f"Letter {number}")
    digests.append(hashlib.sha256(Path(postcard(letter)).read_bytes()).hexdigest())
print(json.dumps(digests))
"""


def at_once(send: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    """Send all requests at the same moment and return the responses in their order."""
    barrier = threading.Barrier(REQUESTS)

    def wait_and_send(number: int) -> httpx2.Response:
        barrier.wait()
        return send(number)

    with ThreadPoolExecutor(REQUESTS) as threads:
        return list(threads.map(wait_and_send, range(REQUESTS)))


def post(http: httpx2.Client, path: str) -> Callable[[int], httpx2.Response]:
    return lambda number: http.post(path, content=f"Letter {number}")


def client_of(url: str) -> httpx2.Client:
    return httpx2.Client(
        base_url=url, timeout=100, limits=httpx2.Limits(max_connections=None), trust_env=False
    )


def ticks_during(response: httpx2.Response) -> int:
    return int(response.headers["x-ended-at"]) - int(response.headers["x-begun-at"])


def test_a_hundred_requests_at_once_are_answered_while_a_ticker_ticks(demo_url: str) -> None:
    with serving("-m", "tests.examples.gevent_server", GRADIO_URL=demo_url) as url, client_of(url) as http:
        responses = at_once(post(http, "/postcard"))
    assert [response.status_code for response in responses] == [200] * REQUESTS
    drawn = run(str(REQUESTS), program=DRAW)
    digests = [hashlib.sha256(response.content).hexdigest() for response in responses]
    assert digests == json.loads(drawn.stdout)
    # A client that held the process would let the ticker run between the requests, but not during any.
    assert min(ticks_during(response) for response in responses) > 0


def test_the_ticker_goes_on_while_calls_wait_at_the_app(server: Servers) -> None:
    app = server()
    with (
        serving("-m", "tests.examples.gevent_server", GRADIO_URL=app.url) as url,
        client_of(url) as http,
        ThreadPoolExecutor(1) as other,
    ):
        coming = other.submit(at_once, post(http, "/upper/gevent"))
        app.reach("gevent", "started", AT_THE_SERVER)
        assert http.get("/ticks/50").text == "ticked"
        assert app.counts("gevent") == {"started": AT_THE_SERVER}
        app.open_gate("gevent", REQUESTS)
        responses = coming.result()
    assert [response.text for response in responses] == [f"LETTER {number}" for number in range(REQUESTS)]
    # The first ones were there during all of the fifty.
    assert sum(ticks_during(response) >= 50 for response in responses) >= AT_THE_SERVER


@pytest.mark.parametrize("more", [(), ("--preload",)], ids=["", "preload"])
def test_under_gunicorn(server: Servers, more: tuple[str, ...]) -> None:
    app = server()
    key = f"gunicorn {more}"
    app.open_gate(key, REQUESTS)
    with (
        serving(*GUNICORN, *more, "tests.examples.gevent_server:app", GRADIO_URL=app.url) as url,
        client_of(url) as http,
    ):
        responses = at_once(post(http, f"/upper/{key}"))
    assert [response.text for response in responses] == [f"LETTER {number}" for number in range(REQUESTS)]
