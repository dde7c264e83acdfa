"""The helpers that programs for gradio_client import from its ``utils``."""

from __future__ import annotations

import warnings
from enum import Enum
from typing import Any, TypedDict

from gradlink._local.sources import file, handle_file
from gradlink._protocol.status import ProgressUnit, Status, StatusUpdate
from gradlink.compat._communicator import Communicator, JobStatus
from gradlink.compat._encoding import (
    create_tmp_copy_of_file,
    decode_base64_to_binary,
    decode_base64_to_file,
    dict_or_str_to_json_file,
    encode_file_path,
    encode_file_to_base64,
    encode_url_or_file_to_base64,
    encode_url_to_base64,
    file_to_json,
    get_extension,
    get_mimetype,
    is_filepath,
    is_valid_file,
    sanitize_parameter_names,
    strip_invalid_filename_characters,
)
from gradlink.compat._endpoint import SKIP_COMPONENTS
from gradlink.compat._reaching import probe_url
from gradlink.compat._traversal import (
    async_traverse,
    is_file_obj,
    is_file_obj_with_meta,
    is_file_obj_with_url,
    is_http_url_like,
    traverse,
)
from gradlink.compat._updates import OutputUpdate
from gradlink.compat._version import __version__
from gradlink.errors import InvalidAPIEndpointError, QueueError, SpaceDuplicationError, TooManyRequestsError

__all__ = [
    "INVALID_RUNTIME",
    "SKIP_COMPONENTS",
    "Communicator",
    "InvalidAPIEndpointError",
    "JobStatus",
    "Message",
    "OutputUpdate",
    "ProgressUnit",
    "QueueError",
    "ServerMessage",
    "SpaceDuplicationError",
    "Status",
    "StatusUpdate",
    "TooManyRequestsError",
    "TypedDict",
    "Update",
    "__version__",
    "async_traverse",
    "create_tmp_copy_of_file",
    "decode_base64_to_binary",
    "decode_base64_to_file",
    "dict_or_str_to_json_file",
    "encode_file_path",
    "encode_file_to_base64",
    "encode_url_or_file_to_base64",
    "encode_url_to_base64",
    "file",
    "file_to_json",
    "get_extension",
    "get_mimetype",
    "handle_file",
    "is_file_obj",
    "is_file_obj_with_meta",
    "is_file_obj_with_url",
    "is_filepath",
    "is_http_url_like",
    "is_valid_file",
    "is_valid_url",
    "probe_url",
    "sanitize_parameter_names",
    "strip_invalid_filename_characters",
    "traverse",
]

Update = StatusUpdate | OutputUpdate

# Stages of a Space in which it will not run by itself.
INVALID_RUNTIME = ["NO_APP_FILE", "CONFIG_ERROR", "BUILD_ERROR", "RUNTIME_ERROR", "PAUSED"]


class ServerMessage(str, Enum):  # noqa: UP042  # str() of a member is its name, as it is there
    """What a server's messages are called."""

    send_hash = "send_hash"
    queue_full = "queue_full"
    estimation = "estimation"
    send_data = "send_data"
    process_starts = "process_starts"
    process_generating = "process_generating"
    process_completed = "process_completed"
    process_streaming = "process_streaming"
    log = "log"
    progress = "progress"
    heartbeat = "heartbeat"
    unexpected_error = "unexpected_error"
    close_stream = "close_stream"
    server_stopped = "Server stopped unexpectedly."


class Message(TypedDict, total=False):
    """A message of a server."""

    msg: str
    output: dict[str, Any]
    event_id: str
    rank: int
    rank_eta: float
    queue_size: int
    success: bool
    progress_data: list[dict[str, Any]]
    log: str
    level: str


def is_valid_url(possible_url: str) -> bool:
    """Deprecated: use :func:`is_http_url_like`, and :func:`probe_url` where the address is to be asked."""
    warnings.warn("is_valid_url() is deprecated, use is_http_url_like()", DeprecationWarning, stacklevel=2)
    return is_http_url_like(possible_url) and probe_url(possible_url)


# What servers and their components import, or patch. Each of these is a matter of gradio itself.
_OF_SERVERS = frozenset(
    {
        "APIInfoParseError", "CURRENT_FILE_DATA_FORMAT", "FILE_DATA_FORMATS", "_json_schema_to_python_type",
        "_python_type_to_json_schema", "apply_diff", "check_for_cancel", "construct_args", "download_byte_stream",
        "download_tmp_copy_of_file", "extract_validation_message", "get_pred_from_sse_v0", "get_pred_from_sse_v1plus",
        "get_type", "json_schema_to_python_type", "python_type_to_json_schema", "set_space_timeout",
        "stream_sse_v0", "stream_sse_v1plus", "synchronize_async", "value_is_file",
    }
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _OF_SERVERS:
        raise ImportError(
            f"gradio_client.utils.{name} belongs to gradio's server and its components, or to the inside of gradio_client, and is "
            "not part of gradlink.compat; run what needs it with gradio_client, in a process of its own",
            name=name,
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
