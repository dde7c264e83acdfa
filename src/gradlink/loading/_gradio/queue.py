"""What a visitor is told while a call runs: ``LocalContext`` says whose it is, ``Queue.send_message`` takes what is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradio.context import LocalContext
from gradio.helpers import TrackedIterable
from gradio.server_messages import EstimationMessage, ProcessStartsMessage

from gradlink._protocol.status import ProgressUnit
from gradlink.loading.values import sound_text


class Telling:
    """What a visitor is told while a call waits at the loaded app; made where the call begins."""

    def __init__(self) -> None:
        self._blocks: Any = LocalContext.blocks.get(None)
        self._event_id = LocalContext.event_id.get(None)

    def waits(self, rank: int | None, queue_size: int | None, eta: float | None) -> None:
        """Show the place in the loaded app's queue."""
        self._send(EstimationMessage(rank=rank, queue_size=queue_size or 0, rank_eta=eta))

    def starts(self, eta: float | None) -> None:
        """Show that the loaded app's function runs."""
        self._send(ProcessStartsMessage(eta=eta))

    def progress(self, units: Sequence[ProgressUnit]) -> None:
        """Show bars, the outermost first."""
        if self._blocks is None or self._event_id is None:
            return
        bars: list[Any] = [
            TrackedIterable(
                None,
                u.index,
                u.length,
                u.desc and sound_text(u.desc),
                u.unit and sound_text(u.unit),
                None,
                u.progress,
            )
            for u in units
        ]
        self._blocks._queue.set_progress(self._event_id, bars)  # noqa: SLF001

    def _send(self, message: Any) -> None:
        if self._blocks is None or self._event_id is None:
            return
        queue = self._blocks._queue  # noqa: SLF001
        for events in queue.active_jobs:
            for event in events or ():
                if event._id == self._event_id:  # noqa: SLF001
                    queue.send_message(event, message)
