"""Where programs written for Gradio's own client import Client and Job from; re-exports only."""

from __future__ import annotations

from gradlink._protocol.schema import Endpoint
from gradlink._protocol.status import Status, StatusUpdate
from gradlink._sync.client import Client
from gradlink._sync.job import Job
from gradlink.errors import AppError, AuthenticationError, QueueError, TooManyRequestsError, ValidationError

__all__ = [
    "AppError",
    "AuthenticationError",
    "Client",
    "Endpoint",
    "Job",
    "QueueError",
    "Status",
    "StatusUpdate",
    "TooManyRequestsError",
    "ValidationError",
]
