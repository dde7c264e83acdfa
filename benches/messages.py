"""What a large message costs."""

from __future__ import annotations

from benches.scale import Scale
from benches.servers import Servers
from benches.tables import Table, Task, compare, costs, mebibytes

# The existing client takes minutes for it.
RIVALS = ("floor", "pair", "gradlink", "gradlink[fast]", "async pair", "gradlink async")


def messages(servers: Servers, scale: Scale) -> list[Table]:
    """Take a result of one large message."""
    count = scale.messages
    tasks = {rival: Task("receive", (count,), 1, count) for rival in RIVALS}
    samples = compare(servers.stub, tasks, scale.message_rounds)
    columns, rows = costs(samples, tasks)
    for row in rows:
        row.append(mebibytes(max(measured.grown_bytes for measured in samples[row[0]])))
    note = (
        f"A result that is a chat of {count:,} messages, of 290 bytes each. The floor reads them from its socket and parses "
        "them, nothing else. gradlink[fast] has msgspec, which reads JSON."
    )
    return [Table("A large message, minimal server", note, [*columns, "memory MiB"], rows)]
