"""Where programs for gradio_client import the form of files and of parameters from."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from gradlink._protocol.filedata import FileData

__all__ = ["FileData", "ParameterInfo"]


class ParameterInfo(TypedDict):
    """A parameter of an endpoint, as ``view_api(return_format="dict")`` has it."""

    label: str
    parameter_name: str
    parameter_has_default: NotRequired[bool]
    parameter_default: NotRequired[Any]
    type: dict[str, Any]
    python_type: dict[str, Any]
    component: str
    example_input: Any
