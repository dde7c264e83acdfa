"""Where programs for gradio_client import exceptions from; re-exports only."""

from __future__ import annotations

from gradlink.errors import AppError, AuthenticationError, SerializationSetupError, ValidationError

__all__ = ["AppError", "AuthenticationError", "SerializationSetupError", "ValidationError"]
