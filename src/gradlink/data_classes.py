"""Where programs written for Gradio's own client import FileData from; re-exports only."""

from __future__ import annotations

from gradlink._protocol.filedata import FileData

__all__ = ["FileData"]
