"""Deprecated, gone with the next release: import from ``gradlink``, or from ``gradlink.compat.data_classes``."""

from __future__ import annotations

import warnings

from gradlink._protocol.filedata import FileData

__all__ = ["FileData"]

warnings.warn(
    "gradlink.data_classes is deprecated, and gone with the next release: import from gradlink, or from gradlink.compat.data_classes, which has the "
    "names and the errors of gradio_client",
    DeprecationWarning,
    stacklevel=2,
)
