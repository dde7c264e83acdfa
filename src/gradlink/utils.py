"""Deprecated, gone with the next release: import from ``gradlink``, or from ``gradlink.compat.utils``."""

from __future__ import annotations

import warnings

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

warnings.warn(
    "gradlink.utils is deprecated, and gone with the next release: import from gradlink, or from gradlink.compat.utils, which has the "
    "names and the errors of gradio_client",
    DeprecationWarning,
    stacklevel=2,
)
