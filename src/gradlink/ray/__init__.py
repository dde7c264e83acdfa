"""Calls of Gradio apps from the data sets of Ray, on many machines: :func:`gradlink.ray.Call`."""

from __future__ import annotations

from gradlink.ray.call import Call

__all__ = ["Call"]
