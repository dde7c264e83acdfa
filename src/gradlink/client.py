"""Where programs written for Gradio's own client import Client and Job from; re-exports only."""

from __future__ import annotations

from gradlink._protocol.schema import Endpoint
from gradlink._sync.client import Client
from gradlink._sync.job import Job

__all__ = ["Client", "Endpoint", "Job"]
