"""How many jobs one broken stream ends, and what streams cost, by their number: ``python -m tests.live.radius``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from unittest.mock import patch

from gradlink import Status, StreamLostError
from tests.live.proxy import Fault, edited, faults
from tests.live.reliability import descriptors
from tests.live.servers import Server
from tests.live.shells import SHELLS, Shell
from tests.live.waits import END_SECONDS, follow, gradlink_threads, new_key, status_is

STREAM = "/gradio_api/queue/data"
PLACES = ("gradlink._sync.connection.MAX_SESSIONS", "gradlink._async.connection.MAX_SESSIONS")
COUNTS = (1, 2, 4, 8, 16, 32)


@contextmanager
def streams(count: int) -> Iterator[None]:
    """Let clients that are made here have so many streams at most."""
    with ExitStack() as stack:
        for place in PLACES:
            stack.enter_context(patch(place, count))
        yield


def breaking_at(text: str) -> Fault:
    """Break a stream when a message with that text comes."""

    def edit(piece: bytes) -> bytes:
        if text.encode() in piece:
            raise ConnectionError(text)
        return piece

    return edited("broken", edit)


def lost_of(server: Server, shell: Shell, jobs: int) -> int:
    """Make calls of one function, all at once, and break the stream of the first; return how many were lost."""
    first, others = new_key(), new_key()
    with faults(server.url) as proxy, shell(proxy.url, retries=0, max_workers=jobs) as client:
        proxy.inject(STREAM, breaking_at(f"passed {first}"), nth=1, times=jobs)
        made = [client.submit(first, api_name="/gate_parallel")]
        server.reach(first, "started")
        made += [client.submit(others, api_name="/gate_parallel") for _ in range(jobs - 1)]
        server.reach(others, "started", jobs - 1)
        server.open_gate(first)
        error = made[0].exception(timeout=END_SECONDS)
        assert isinstance(error, StreamLostError), error
        server.open_gate(others, jobs)
        errors = [job.exception(timeout=END_SECONDS) for job in made]
        assert all(error is None or isinstance(error, StreamLostError) for error in errors), errors
        return sum(error is not None for error in errors)


def held_for(server: Server, shell: Shell, jobs: int) -> tuple[int, int]:
    """Return the file descriptors and threads that a client has for so many jobs that run, beyond an idle one's."""
    key = new_key()
    with shell(server.url, max_workers=jobs) as client:
        client.predict("x", api_name="/echo")
        for thread in gradlink_threads():
            thread.join(END_SECONDS)
        idle = descriptors()
        made = [client.submit(key, api_name="/gate_parallel") for _ in range(jobs)]
        for job in made:
            follow(job.events(), status_is(Status.PROCESSING))
        readers = [thread for thread in gradlink_threads() if "reader" in thread.name]
        held = descriptors() - idle, len(readers)
        server.open_gate(key, jobs)
        assert {job.result(timeout=END_SECONDS) for job in made} == {f"passed {key}"}
        return held


def cost(server: Server, shell: Shell, jobs: int) -> float:
    """Return the milliseconds of CPU that this process takes for a job, when 40 are under way at any time."""
    with shell(server.url, max_workers=40) as client:
        client.predict("x", api_name="/echo")
        before = time.process_time()
        made = [client.submit(str(number), api_name="/echo") for number in range(jobs)]
        assert [job.result(timeout=60) for job in made] == [str(number) for number in range(jobs)]
        return 1000 * (time.process_time() - before) / jobs


def measure(server: Server, shell: Shell, rounds: int, jobs: int) -> Iterator[str]:
    """Yield the rows of a table, one for each number of streams."""
    costs: dict[int, list[float]] = {count: [] for count in COUNTS}
    for _ in range(rounds):
        for count in COUNTS:
            with streams(count):
                costs[count].append(cost(server, shell, jobs))
    for count in COUNTS:
        with streams(count):
            lost = lost_of(server, shell, 40)
            sockets, readers = held_for(server, shell, 40)
        ratio = median(now / one for now, one in zip(costs[count], costs[1], strict=True))
        milliseconds = median(costs[count])
        yield f"| {shell.name} | {count} | {lost} | {milliseconds:.2f} | {ratio:.2f} | {sockets} | {readers} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition(":")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=400)
    arguments = parser.parse_args()
    server = Server("nostate")
    try:
        print("| client | streams | lost of 40 | CPU ms per job | ratio | sockets | reading threads |")  # noqa: T201
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")  # noqa: T201
        for shell in SHELLS[:2]:
            for row in measure(server, shell, arguments.rounds, arguments.jobs):
                print(row, flush=True)  # noqa: T201
    finally:
        server.stop()


if __name__ == "__main__":
    main()
