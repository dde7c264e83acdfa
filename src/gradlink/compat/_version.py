"""The version of gradio_client whose names these are; programs compare it."""

from __future__ import annotations

__version__ = "2.7.2"
