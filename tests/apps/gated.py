"""Functions that stop at a gate just where a test wants to look at them.

They tell the ledger what the ones in ``functions`` tell it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import gradio as gr

from tests.apps.ledger import LEDGER


@contextmanager
def noted(key) -> Iterator[None]:
    """Note the beginning and the end of what is done inside."""
    LEDGER.note(key, "started")
    try:
        yield
        LEDGER.note(key, "finished")
    finally:
        LEDGER.note(key, "ended")


async def log_and_wait(key):
    """Tell the caller something, then wait at the gate."""
    with noted(key):
        gr.Warning("the gate is closed", title="Gate")
        await LEDGER.pass_gate(key)
    return "passed"


async def progress_and_wait(key, n, bar=gr.Progress()):  # noqa: B008 - this is how Gradio's authors ask for a bar
    """Work in n steps with a progress bar, each of which waits for its gate."""
    with noted(key):
        for step in range(int(n)):
            bar((step, n), desc="Waiting", unit="gates")
            LEDGER.note(key, "ticked")
            await LEDGER.pass_gate(key)
    return "done"


async def stateful_gate_stream(key, n, total) -> AsyncIterator[tuple[str, int]]:
    """Count the total of the session up, once for each opening of the gate, n times."""
    with noted(key):
        for _ in range(int(n)):
            await LEDGER.pass_gate(key)
            total += 1
            LEDGER.note(key, "ticked")
            yield f"{key} {total}", total


async def hold_join(key):
    """Keep the answer to the request that brings a job until the gate ``KEY join`` is open."""
    LEDGER.note(key, "joining")
    await LEDGER.pass_gate(f"{key} join")


async def wait_directly(key):
    """Wait at the gate; for an endpoint without a queue."""
    with noted(key):
        await LEDGER.pass_gate(key)
    return f"passed {key}"
