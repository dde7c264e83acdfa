"""Deprecated, gone with the next release: import from ``gradlink``, or from ``gradlink.compat.client``."""

from __future__ import annotations

import warnings

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

warnings.warn(
    "gradlink.client is deprecated, and gone with the next release: import from gradlink, or from gradlink.compat.client, which has the "
    "names and the errors of gradio_client",
    DeprecationWarning,
    stacklevel=2,
)
