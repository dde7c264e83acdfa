"""Ctrl-C at any step of a call: the app stops what it began, and the client can be used as before."""

from __future__ import annotations

import pytest

from tests.live.programs import run
from tests.live.servers import Server, Servers
from tests.live.waits import new_key

# Counts the steps of a call until it waits for its app, then interrupts one call after the other, each at a later step. The steps
# are those at which Python looks for signals: where a function begins, and where one has returned.
PROGRAM = """
import os, signal, sys, threading, time
import gradlink
from gradlink import Client

PLACES = (os.path.dirname(gradlink.__file__), threading.__file__)
# What wraps the public methods has nothing to lose but what it is about to return.
WRAPPER = os.path.join("_shell", "raised.py")
url, key, what, stride = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)


class Step:
    def __init__(self, number):
        self.number, self.count, self.place, self.thread = number, 0, None, threading.get_ident()

    def profile(self, frame, event, argument):
        place = frame.f_code.co_filename
        if event == "c_call" or self.place or not place.startswith(PLACES) or place.endswith(WRAPPER):
            return
        self.count += 1
        if self.count == self.number:
            self.place = f"{place}:{frame.f_lineno} {frame.f_code.co_name}"
            signal.raise_signal(signal.SIGINT)

    def interrupt_waiting(self):
        # It takes no more steps. Where that is wrong, it is interrupted at another one, and the first one decides how many there are.
        seen, since, patience = 0, time.monotonic(), 0.3 if self.number else 2.0
        while not self.place and time.monotonic() - since < patience:
            time.sleep(0.02)
            if self.count != seen:
                seen, since = self.count, time.monotonic()
        if not self.place:
            self.place = "waiting"
            signal.pthread_kill(self.thread, signal.SIGINT)


def call(client, key, step):
    if what == "predict":
        sys.setprofile(step.profile)
        client.predict(key, 1, api_name="/gategen")
    elif what == "submit":
        sys.setprofile(step.profile)
        job = client.submit(key, 1, api_name="/gategen")
        sys.setprofile(None)
        step.place = step.place or "waiting"
        job.cancel()
        raise KeyboardInterrupt
    else:
        job = client.submit(key, 1, api_name="/gategen")
        loop = iter(job)
        del job
        sys.setprofile(step.profile)
        next(loop)


def interrupt(client, key, number):
    step = Step(number)
    threading.Thread(target=step.interrupt_waiting).start()
    try:
        call(client, key, step)
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
    assert client.predict("y", api_name="/echo") == "y", step.place
    print(key, step.place, flush=True)
    return step.count


with Client(url, verbose=False) as client:
    client.predict("x", api_name="/echo")
    steps = interrupt(client, f"{key}-0", 0)
    for number in range(1, steps, int(stride)):
        interrupt(client, f"{key}-{number}", number)
"""


@pytest.fixture
def app(server: Servers) -> Server:
    return server("nostate")


@pytest.mark.parametrize(("what", "stride"), [("predict", 31), ("submit", 13), ("next", 17)])
def test_ctrl_c_at_any_step_stops_the_app(app: Server, what: str, stride: int) -> None:
    lines = run(PROGRAM, app.url, new_key(), what, str(stride))
    assert len(lines) > 10, lines
    for line in lines:
        key, _, place = line.partition(" ")
        if app.counts(key).get("started"):
            app.reach(key, "ended")
            assert "finished" not in app.counts(key), place
