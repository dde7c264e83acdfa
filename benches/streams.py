"""What a stream costs for each update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benches.scale import Scale
from benches.servers import Servers
from benches.stub import turn
from benches.tables import Table, Task, compare, costs, mebibytes

RIVALS = ("floor", "pair", "gradlink", "async pair", "gradlink async", "gradio_client")
# The existing client copies the whole chat for each update: of a longer one that takes minutes.
LONGEST_CHAT_OF_ALL = 200


def streams(servers: Servers, scale: Scale) -> list[Table]:
    """Iterate over a growing text, and over chats whose last answer grows."""
    steps = scale.updates
    paced = max(1, steps // 4)
    text, paced_text = (
        "".join(f"{word}{step} " for step in range(count))
        for word, count in (("word", steps), ("paced", paced))
    )
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
        *(
            table(
                f"An answer in a chat of {length:,} messages, minimal server",
                servers.stub,
                scale,
                ("/chat", [f"{length} {steps}"]),
                (steps, chat_at_the_end(length, steps)),
                RIVALS if length <= LONGEST_CHAT_OF_ALL else RIVALS[:-1],
            )
            for length in scale.histories
        ),
    ]


def chat_at_the_end(length: int, steps: int) -> list[dict[str, Any]]:
    """Return a chat of so many messages when its last answer has grown by so many words."""
    chat = [turn(number) for number in range(length)]
    chat[-1]["content"][0]["text"] += "".join(f"token{step} " for step in range(steps))
    return chat


def table(
    title: str,
    url: str,
    scale: Scale,
    call: tuple[str, list[Any]],
    expected: tuple[int, Any],
    rivals: Sequence[str] = RIVALS,
) -> Table:
    """Return what the stream of ``call`` costs every rival for each of its updates."""
    tasks = {rival: Task("stream", call, expected[0], expected) for rival in rivals}
    samples = compare(url, tasks, scale.stream_rounds)
    columns, rows = costs(samples, tasks, "µs")
    for row in rows:
        row.append(mebibytes(max(measured.grown_bytes for measured in samples[row[0]])))
    note = (
        f"A job of {expected[0]:,} updates, iterated; figures are per update, memory is what the job adds at its peak. "
        "The hand-written ones edit one value in place; the clients give a value of its own for each update."
    )
    return Table(title, note, [*columns, "memory MiB"], rows)
