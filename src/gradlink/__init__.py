"""gradlink: call any Gradio app from code.

>>> from gradlink import Client  # doctest: +SKIP
>>> client = Client("http://127.0.0.1:7860")  # doctest: +SKIP
>>> for text in client.submit("hello", api_name="/chat"):  # doctest: +SKIP
...     print(text)
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing itself would be most of the import

if TYPE_CHECKING:
    from gradlink._async.client import AsyncClient
    from gradlink._async.files import AsyncLazyFile
    from gradlink._async.job import AsyncJob
    from gradlink._hub.replies import Quota
    from gradlink._hub.stages import SpaceStage, SpaceStatus
    from gradlink._local.files import MemoryFile
    from gradlink._local.sources import file, handle_file
    from gradlink._progress.block import progress
    from gradlink._protocol.events import DoneEvent, Event, LogEvent, OutputEvent, ProgressEvent, StatusEvent
    from gradlink._protocol.filedata import FileData
    from gradlink._protocol.policy import Retries, Timeout
    from gradlink._protocol.schema import Endpoint, Parameter
    from gradlink._protocol.status import ProgressUnit, Status, StatusUpdate
    from gradlink._shell.watched import TransferEvent, WatchedEvent, WatchedJob
    from gradlink._sync.client import Client
    from gradlink._sync.files import LazyFile
    from gradlink._sync.job import Job
    from gradlink.errors import (
        AnswerTooLargeError,
        AppError,
        ArgumentError,
        AuthenticationError,
        ClientClosedError,
        CollectedTicketError,
        ConnectError,
        ConnectTimeoutError,
        CopiesDifferError,
        DetachError,
        DownloadInterruptedError,
        EndpointError,
        FileError,
        FileTooLargeError,
        ForeignTicketError,
        GradlinkError,
        HubAuthenticationError,
        HubError,
        HubRateLimitError,
        InvalidAPIEndpointError,
        JobCancelledError,
        JobTimeoutError,
        JournalError,
        LoadError,
        LostTicketError,
        MalformedTicketError,
        MissingPackageError,
        NoCopyError,
        NotConnectedError,
        NotFoundError,
        ProtocolError,
        QueueError,
        QuotaExceededError,
        RedirectError,
        RequestRejectedError,
        ResponseError,
        RestartedTicketError,
        ServerStoppedError,
        SessionLostError,
        SpaceDuplicationError,
        SpaceNotFoundError,
        SpaceNotRunningError,
        StreamLostError,
        StreamSilentError,
        TicketError,
        TicketInUseError,
        TooManyRequestsError,
        TransportError,
        ValidationError,
    )
    from gradlink.loading.load import load
    from gradlink.loading.warning import LoadWarning
    from gradlink.mapping.rows import MapRow
    from gradlink.pooling.async_job import AsyncPoolJob
    from gradlink.pooling.async_pool import AsyncPool
    from gradlink.pooling.job import PoolJob
    from gradlink.pooling.pool import Pool

__version__ = "0.1.0"

# Loaded on first use: importing httpx2 costs more than everything else together.
_PLACES = {
    "gradlink._async.client": ["AsyncClient"],
    "gradlink._async.files": ["AsyncLazyFile"],
    "gradlink._async.job": ["AsyncJob"],
    "gradlink._hub.replies": ["Quota"],
    "gradlink._hub.stages": ["SpaceStage", "SpaceStatus"],
    "gradlink._local.files": ["MemoryFile"],
    "gradlink._local.sources": ["file", "handle_file"],
    "gradlink._progress.block": ["progress"],
    "gradlink._protocol.events": [
        "DoneEvent", "Event", "LogEvent", "OutputEvent", "ProgressEvent", "StatusEvent",
    ],
    "gradlink._protocol.filedata": ["FileData"],
    "gradlink._protocol.policy": ["Retries", "Timeout"],
    "gradlink._protocol.schema": ["Endpoint", "Parameter"],
    "gradlink._protocol.status": ["ProgressUnit", "Status", "StatusUpdate"],
    "gradlink._shell.watched": ["TransferEvent", "WatchedEvent", "WatchedJob"],
    "gradlink._sync.client": ["Client"],
    "gradlink._sync.files": ["LazyFile"],
    "gradlink._sync.job": ["Job"],
    "gradlink.loading.load": ["load"],
    "gradlink.loading.warning": ["LoadWarning"],
    "gradlink.mapping.rows": ["MapRow"],
    "gradlink.pooling.async_job": ["AsyncPoolJob"],
    "gradlink.pooling.async_pool": ["AsyncPool"],
    "gradlink.pooling.job": ["PoolJob"],
    "gradlink.pooling.pool": ["Pool"],
    "gradlink.errors": [
        "AnswerTooLargeError", "AppError", "ArgumentError", "AuthenticationError", "ClientClosedError",
        "CollectedTicketError", "ConnectError", "ConnectTimeoutError", "CopiesDifferError",
        "DetachError", "DownloadInterruptedError", "EndpointError", "FileError", "FileTooLargeError",
        "ForeignTicketError", "GradlinkError", "HubAuthenticationError", "HubError", "HubRateLimitError",
        "InvalidAPIEndpointError", "JobCancelledError", "JobTimeoutError", "JournalError", "LoadError",
        "LostTicketError", "MalformedTicketError", "MissingPackageError", "NoCopyError",
        "NotConnectedError", "NotFoundError", "ProtocolError", "QueueError", "QuotaExceededError",
        "RedirectError", "RequestRejectedError", "ResponseError", "RestartedTicketError",
        "ServerStoppedError", "SessionLostError", "SpaceDuplicationError", "SpaceNotFoundError",
        "SpaceNotRunningError", "StreamLostError", "StreamSilentError", "TicketError",
        "TicketInUseError", "TooManyRequestsError", "TransportError", "ValidationError",
    ],
}  # fmt: skip
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "AnswerTooLargeError",
    "AppError",
    "ArgumentError",
    "AsyncClient",
    "AsyncJob",
    "AsyncLazyFile",
    "AsyncPool",
    "AsyncPoolJob",
    "AuthenticationError",
    "Client",
    "ClientClosedError",
    "CollectedTicketError",
    "ConnectError",
    "ConnectTimeoutError",
    "CopiesDifferError",
    "DetachError",
    "DoneEvent",
    "DownloadInterruptedError",
    "Endpoint",
    "EndpointError",
    "Event",
    "FileData",
    "FileError",
    "FileTooLargeError",
    "ForeignTicketError",
    "GradlinkError",
    "HubAuthenticationError",
    "HubError",
    "HubRateLimitError",
    "InvalidAPIEndpointError",
    "Job",
    "JobCancelledError",
    "JobTimeoutError",
    "JournalError",
    "LazyFile",
    "LoadError",
    "LoadWarning",
    "LogEvent",
    "LostTicketError",
    "MalformedTicketError",
    "MapRow",
    "MemoryFile",
    "MissingPackageError",
    "NoCopyError",
    "NotConnectedError",
    "NotFoundError",
    "OutputEvent",
    "Parameter",
    "Pool",
    "PoolJob",
    "ProgressEvent",
    "ProgressUnit",
    "ProtocolError",
    "QueueError",
    "Quota",
    "QuotaExceededError",
    "RedirectError",
    "RequestRejectedError",
    "ResponseError",
    "RestartedTicketError",
    "Retries",
    "ServerStoppedError",
    "SessionLostError",
    "SpaceDuplicationError",
    "SpaceNotFoundError",
    "SpaceNotRunningError",
    "SpaceStage",
    "SpaceStatus",
    "Status",
    "StatusEvent",
    "StatusUpdate",
    "StreamLostError",
    "StreamSilentError",
    "TicketError",
    "TicketInUseError",
    "Timeout",
    "TooManyRequestsError",
    "TransferEvent",
    "TransportError",
    "ValidationError",
    "WatchedEvent",
    "WatchedJob",
    "__version__",
    "file",
    "handle_file",
    "load",
    "progress",
]


if _wanted := os.environ.get("GRADLINK_LOG"):
    from gradlink._shell.logs import log_as_wanted

    log_as_wanted(_wanted)


def __getattr__(name: str) -> object:
    place = _PLACE_OF.get(name)
    if place is None:
        raise AttributeError(f"module 'gradlink' has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(place), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
