"""Where programs written for Gradio's own client import statuses and errors from; re-exports only."""

from __future__ import annotations

from gradlink import __version__
from gradlink._local.sources import file, handle_file
from gradlink._protocol.status import ProgressUnit, Status, StatusUpdate
from gradlink.errors import InvalidAPIEndpointError, QueueError, SpaceDuplicationError, TooManyRequestsError

__all__ = [
    "InvalidAPIEndpointError",
    "ProgressUnit",
    "QueueError",
    "SpaceDuplicationError",
    "Status",
    "StatusUpdate",
    "TooManyRequestsError",
    "__version__",
    "file",
    "handle_file",
]
