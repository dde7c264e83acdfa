"""A server in time that does not pass: how long many rows take with a number of them at a time."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from gradlink.mapping.concurrency import Bounds, Concurrency

# From the end of a row at the server to the next one's being there, and the least time from one row to the next of a client.
WAY_SECONDS = 0.006
SENDING_SECONDS = 0.002


@dataclass
class SimulatedServer:
    """Runs ``workers`` calls at a time, each for up to ``batch`` rows; ``room`` rows may wait, None for all."""

    workers: int
    seconds: Callable[[Random], float]
    batch: int = 1
    room: int | None = None
    waiting: deque[int] = field(default_factory=deque[int])
    busy: int = 0


def seconds_for(server: SimulatedServer, rows: int, bounds: Bounds, seed: int = 1) -> tuple[float, list[int]]:
    """Return how long ``rows`` rows take, and the numbers that were in force as they ended."""
    rng = Random(seed)  # noqa: S311  # a simulation
    control = Concurrency(bounds, 0.0)
    # (time, order, what happens, rows)
    events: list[tuple[float, int, str, list[int]]] = []
    began: dict[int, float] = {}
    todo = deque(range(rows))
    now, order, done, sent_at, limits = 0.0, 0, 0, 0.0, list[int]()

    def later(seconds: float, what: str, ids: list[int]) -> None:
        nonlocal order
        order += 1
        heapq.heappush(events, (now + seconds, order, what, ids))

    def send() -> None:
        nonlocal sent_at
        if now < control.paused_until and todo:
            later(control.paused_until - now, "wake", [])
            return
        while todo and len(began) < control.limit:
            row = todo.popleft()
            sent_at = max(now, sent_at) + SENDING_SECONDS
            began[row] = now
            later(sent_at - now + WAY_SECONDS / 2, "arrive", [row])

    def work() -> None:
        while server.busy < server.workers and server.waiting:
            taken = [server.waiting.popleft() for _ in range(min(server.batch, len(server.waiting)))]
            server.busy += 1
            later(server.seconds(rng), "run", taken)

    send()
    while done < rows:
        now, _, what, ids = heapq.heappop(events)
        if what == "arrive":
            if server.room is not None and len(server.waiting) >= server.room:
                later(WAY_SECONDS / 2, "refuse", ids)
            else:
                server.waiting.extend(ids)
        elif what == "run":
            server.busy -= 1
            later(WAY_SECONDS / 2, "end", ids)
        elif what == "refuse":
            todo.extendleft(ids)
            control.refused(now, began.pop(ids[0]))
        elif what == "end":
            done += len(ids)
            for row in ids:
                del began[row]
                control.ended(now, lambda: max(0, len(server.waiting) - 1))
                limits.append(control.limit)
        work()
        send()
    return now, limits
