"""How much of everything the benches do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts of one run; ``TINY`` shows only that all of it works."""

    rounds: int = 20
    calls: int = 50
    crowds: tuple[int, ...] = (200, 1000)
    crowd_rounds: int = 3
    updates: int = 1000
    histories: tuple[int, ...] = (10, 200, 2000)
    stream_rounds: int = 8
    messages: int = 345_000  # of a chat that has 100 MB
    message_rounds: int = 3
    small_files: int = 20
    mebibytes: int = 100
    file_rounds: int = 6
    import_rounds: int = 12
    settle_seconds: float = 8  # gradlink's threads for tasks leave after 5 s without one
    idle_seconds: float = 30
    line_runs: int = 5
    map_rows: int = 200
    map_rounds: int = 3


FULL = Scale()
# An answer in a minute, whose noise is larger.
QUICK = Scale(
    rounds=5,
    calls=30,
    crowds=(200,),
    crowd_rounds=1,
    updates=400,
    histories=(200,),
    stream_rounds=3,
    import_rounds=4,
)
QUICK_NAMES = ("imports", "cold", "predict", "crowd", "streams")
TINY = Scale(
    rounds=1,
    calls=2,
    crowds=(3, 4),
    crowd_rounds=1,
    updates=4,
    histories=(2, 3),
    stream_rounds=1,
    messages=10,
    message_rounds=1,
    small_files=2,
    mebibytes=1,
    file_rounds=1,
    import_rounds=1,
    settle_seconds=0.01,
    idle_seconds=0.01,
    line_runs=1,
    map_rows=8,
    map_rounds=1,
)
