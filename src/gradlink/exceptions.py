"""Deprecated, gone with the next release: import from ``gradlink``, or from ``gradlink.compat.exceptions``."""

from __future__ import annotations

import warnings

from gradlink.errors import AppError, AuthenticationError, SerializationSetupError, ValidationError

__all__ = ["AppError", "AuthenticationError", "SerializationSetupError", "ValidationError"]

warnings.warn(
    "gradlink.exceptions is deprecated, and gone with the next release: import from gradlink, or from gradlink.compat.exceptions, which has the "
    "names and the errors of gradio_client",
    DeprecationWarning,
    stacklevel=2,
)
