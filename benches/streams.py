"""What a stream costs for each update."""

from __future__ import annotations

from typing import Any

from benches.scale import Scale
from benches.servers import Servers
from benches.stub import turn
from benches.tables import Table, Task, compare, costs, mebibytes

RIVALS = ("floor", "pair", "gradlink", "async pair", "gradlink async", "gradio_client")


def streams(servers: Servers, scale: Scale) -> list[Table]:
    """Iterate over a growing text, and over a chat whose last answer grows."""
    steps, length = scale.updates, scale.history
    paced = max(1, steps // 4)
    text, paced_text = (
        "".join(f"{word}{step} " for step in range(count))
        for word, count in (("word", steps), ("paced", paced))
    )
    chat = [turn(number) for number in range(length)]
    chat[-1]["content"][0]["text"] += "".join(f"token{step} " for step in range(steps))
    return [
        table("A long text, real server", servers.real, scale, ("/count", ["word", steps]), (steps, text)),
        table(
            "A long text in a burst, minimal server",
            servers.stub,
            scale,
            ("/count", ["word", steps]),
            (steps, text),
        ),
        table(
            "A text whose updates come one by one, minimal server",
            servers.stub,
            scale,
            ("/count", ["paced", paced]),
            (paced, paced_text),
        ),
        table(
            f"An answer in a chat of {length} messages, minimal server",
            servers.stub,
            scale,
            ("/chat", [f"{length} {steps}"]),
            (steps, chat),
        ),
    ]


def table(
    title: str, url: str, scale: Scale, call: tuple[str, list[Any]], expected: tuple[int, Any]
) -> Table:
    """Return what the stream of ``call`` costs every rival for each of its updates."""
    tasks = {rival: Task("stream", call, expected[0], expected) for rival in RIVALS}
    samples = compare(url, tasks, scale.stream_rounds)
    columns, rows = costs(samples, tasks, "µs")
    for row in rows:
        row.append(mebibytes(max(measured.grown_bytes for measured in samples[row[0]])))
    note = (
        f"A job of {expected[0]:,} updates, iterated; figures are per update, memory is what the job adds at its peak. "
        "The hand-written ones edit one value in place; the clients give a value of its own for each update."
    )
    return Table(title, note, [*columns, "memory MiB"], rows)
