"""The public names: what programs written for ``gradio_client`` import and call, and the twins beside each other."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import subprocess
import sys
import textwrap
import typing
from concurrent.futures import CancelledError, Future
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import gradlink
from gradlink import (
    AppError,
    AsyncClient,
    AsyncJob,
    AsyncLazyFile,
    Client,
    FileData,
    Job,
    JobCancelledError,
    LazyFile,
    MemoryFile,
    ProgressUnit,
    Status,
    StatusUpdate,
)
from gradlink._async.endpoints import AsyncEndpointFunction, AsyncEndpoints
from gradlink._async.iteration import Deltas, Events, Values
from gradlink._async.job import Cancelling
from gradlink._shell.options import ClientOptions
from gradlink._sync.endpoints import EndpointFunction, Endpoints

EMPTY = inspect.Parameter.empty
FIRST = inspect.Parameter.POSITIONAL_OR_KEYWORD
NAMED = inspect.Parameter.KEYWORD_ONLY

# -- where programs find the names ---------------------------------------------------------------------

OLD_PLACES = ["client", "data_classes", "exceptions", "utils"]


@pytest.mark.parametrize("name", ["Client", "FileData", "__version__", "file", "handle_file"])
def test_a_name_is_found_where_the_existing_client_has_it(name: str) -> None:
    assert hasattr(importlib.import_module("gradio_client"), name)
    assert hasattr(gradlink, name)


@pytest.mark.parametrize("place", OLD_PLACES)
def test_the_modules_of_the_old_names_say_where_they_have_gone(place: str) -> None:
    sys.modules.pop(f"gradlink.{place}", None)
    with pytest.warns(
        DeprecationWarning, match=rf"^gradlink\.{place} is deprecated, .*gradlink\.compat\.{place}"
    ):
        module = importlib.import_module(f"gradlink.{place}")
    for name in set(module.__all__) & set(gradlink.__all__):
        assert getattr(module, name) is getattr(gradlink, name)
    # What they have is where they say.
    there = importlib.import_module(f"gradlink.compat.{place}")
    assert set(module.__all__) <= {*there.__all__, *gradlink.__all__}


def test_what_is_listed_is_what_is_loaded_late() -> None:
    listed = gradlink.__all__
    assert listed == sorted(listed)
    assert set(listed) == {"__version__", *gradlink._PLACE_OF}
    assert sorted(dir(gradlink)) == sorted(listed)
    for name in listed:
        assert getattr(gradlink, name) is not None


def test_what_is_loaded_late_is_what_type_checkers_see() -> None:
    tree = ast.parse(Path(gradlink.__file__).read_text("utf-8"))
    (guarded,) = (
        node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    seen = {
        (statement.module, alias.name)
        for statement in guarded.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == {(place, name) for name, place in gradlink._PLACE_OF.items()}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gradlink' has no attribute 'nonsense'"):
        _ = gradlink.nonsense


def test_all_exceptions_of_the_tree_can_be_imported_from_the_top() -> None:
    from gradlink import errors

    own = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, BaseException) and value.__module__ == errors.__name__
    }
    # This one is there for old imports alone.
    assert own - {"SerializationSetupError"} <= set(gradlink.__all__)
    assert all(issubclass(getattr(errors, name), errors.GradlinkError) for name in own)


def test_the_package_is_typed() -> None:
    assert (Path(gradlink.__file__).parent / "py.typed").is_file()


# -- what they take ------------------------------------------------------------------------------------

# As gradio_client 2.7.2 has them: name, kind, and whether it may be left out.
CLIENT = [
    ("src", FIRST, False),
    ("token", FIRST, True),
    ("max_workers", FIRST, True),
    ("verbose", FIRST, True),
    ("auth", FIRST, True),
    ("httpx_kwargs", FIRST, True),
    ("headers", NAMED, True),
    ("download_files", NAMED, True),
    ("ssl_verify", NAMED, True),
    ("analytics_enabled", NAMED, True),
    ("oauth_token", NAMED, True),
]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_takes_the_options_of_the_existing_one(kind: type[Client | AsyncClient]) -> None:
    parameters = list(inspect.signature(kind).parameters.values())
    taken = [(p.name, p.kind, p.default is not EMPTY) for p in parameters]
    assert taken[: len(CLIENT)] == CLIENT
    # What is new comes by name and may be left out.
    assert all(p.kind is not FIRST for p in parameters[len(CLIENT) :])
    assert all(p.default is not EMPTY for p in parameters[len(CLIENT) :] if p.kind is NAMED)


def test_options_that_are_left_out_mean_the_same() -> None:
    parameters = inspect.signature(Client).parameters
    defaults = {name: parameters[name].default for name, _, may in CLIENT if may}
    assert defaults == {
        "token": None,
        "max_workers": 40,
        "verbose": True,
        "auth": None,
        "httpx_kwargs": None,
        "headers": None,
        # None is a directory of the user's own, where the existing client has one that all users share.
        "download_files": None,
        "ssl_verify": True,
        "analytics_enabled": True,
        "oauth_token": None,
    }


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_misspelt_option_is_an_error_of_types(kind: type[Client | AsyncClient]) -> None:
    hints = typing.get_type_hints(kind.__init__)
    # It is there for what is said at run time; type checkers let nobody give it anything.
    assert hints["unknown"] is typing.Never
    given = typing.get_type_hints(kind.duplicate)
    assert given["options"] == typing.Unpack[ClientOptions]
    # Those that duplicate() has itself, and those that it hands on.
    own = {*given} - {
        "from_id",
        "to_id",
        "private",
        "hardware",
        "secrets",
        "sleep_timeout",
        "options",
        "return",
    }
    # A duplicate that was asked for is there, so it is connected to.
    assert {*hints} - {"src", "unknown", "return", "connect"} == own | {*typing.get_type_hints(ClientOptions)}
    assert all(hints[name] == hint for name, hint in typing.get_type_hints(ClientOptions).items())


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_misspelt_option_of_a_view_is_an_error_of_types(kind: type[Client | AsyncClient]) -> None:
    assert typing.get_type_hints(kind.with_options)["unknown"] is typing.Never


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("method", ["predict", "submit"])
def test_a_call_takes_what_it_takes_in_the_existing_client(
    kind: type[Client | AsyncClient], method: str
) -> None:
    own = inspect.signature(getattr(kind, method)).parameters
    named = ["api_name", "fn_index", "headers", *(["result_callbacks"] if method == "submit" else [])]
    assert [p.name for p in own.values() if p.kind is NAMED][: len(named)] == named
    assert all(own[name].default is None for name in named)
    assert [p.name for p in own.values() if p.kind is inspect.Parameter.VAR_POSITIONAL] == ["args"]
    assert [p.name for p in own.values() if p.kind is inspect.Parameter.VAR_KEYWORD] == ["kwargs"]


@pytest.mark.parametrize("method", ["predict", "submit"])
def test_an_endpoint_may_have_a_parameter_named_self(method: str) -> None:
    bound = inspect.signature(getattr(Client, method)).bind("the client", self=1, args=2, api_name="/x")
    assert bound.kwargs == {"api_name": "/x", "self": 1, "args": 2}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_view_api_takes_what_it_takes_in_the_existing_client(kind: type[Client | AsyncClient]) -> None:
    parameters = inspect.signature(kind.view_api).parameters
    assert [(p.name, p.kind, p.default) for p in list(parameters.values())[1:]] == [
        ("all_endpoints", FIRST, None),
        ("print_info", FIRST, True),
        ("return_format", FIRST, None),
    ]


DUPLICATE = {
    "from_id": "owner/space",
    "to_id": "me/copy",
    "token": "hf_x",
    "private": True,
    "hardware": "cpu-basic",
    "secrets": {},
    "sleep_timeout": 5,
    "max_workers": 40,
    "verbose": True,
}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_duplicate_takes_what_it_takes_in_the_existing_client(kind: type[Client | AsyncClient]) -> None:
    own = inspect.signature(kind.duplicate).parameters
    theirs = inspect.signature(importlib.import_module("gradio_client").Client.duplicate).parameters
    assert list(own) == [*theirs, "options"]
    assert [own[name].default for name in theirs] == [p.default for p in theirs.values()]
    inspect.signature(kind.duplicate).bind(*DUPLICATE.values())
    inspect.signature(kind.duplicate).bind(**DUPLICATE)


ATTRIBUTES = ["api", "app_version", "config", "endpoints", "protocol", "session_hash", "space_id", "src"]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_has_the_attributes_of_the_existing_one(kind: type[Client | AsyncClient]) -> None:
    # Of a property a notebook completes nothing, so `client.api` is there once the client is made.
    made = ["api"] if kind is Client else []
    properties = [name for name in ATTRIBUTES if isinstance(getattr(kind, name, None), property)]
    assert [*made, *properties] == ATTRIBUTES
    assert set(made) <= typing.get_type_hints(kind).keys()
    settable = [name for name in properties if vars(kind)[name].fset is not None]
    assert settable == ["session_hash"]


def test_handle_file_takes_what_it_takes_in_the_existing_client() -> None:
    first = next(iter(inspect.signature(gradlink.handle_file).parameters.values()))
    assert (first.name, first.kind) == ("filepath_or_url", FIRST)
    assert isinstance(gradlink.handle_file("https://host.example/a%20b.txt?c=d"), FileData)
    assert gradlink.handle_file("https://host.example/a%20b.txt?c=d") == {
        "path": "https://host.example/a%20b.txt?c=d",
        "url": "https://host.example/a%20b.txt?c=d",
        "orig_name": "a b.txt",
        "meta": {"_type": "gradio.FileData"},
    }


def test_file_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match=r"file\(\) is deprecated, use handle_file\(\)") as caught:
        given = gradlink.file("https://host.example/a.txt")
    assert given == gradlink.handle_file("https://host.example/a.txt")
    assert caught[0].filename == __file__


def test_an_app_error_is_made_as_in_the_existing_client() -> None:
    error = AppError()
    assert (error.message, error.duration, error.visible, error.title, error.print_exception) == (
        "Error raised.", 10, True, "Error", True,
    )  # fmt: skip
    error = AppError("m", 1, False, "t", False)
    assert (error.message, error.duration, error.visible, error.title, error.print_exception) == (
        "m", 1, False, "t", False,
    )  # fmt: skip
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(
    "name", ["AppError", "AuthenticationError", "ValidationError", "EndpointError", "InvalidAPIEndpointError"]
)
def test_an_error_is_a_value_error_where_one_was_raised_before(name: str) -> None:
    assert issubclass(getattr(gradlink, name), ValueError)


def test_a_wrong_argument_is_a_type_error_and_a_cancel_that_of_the_standard_library() -> None:
    assert issubclass(gradlink.ArgumentError, TypeError)
    assert issubclass(JobCancelledError, CancelledError)


# -- what they give ------------------------------------------------------------------------------------


def test_a_status_has_the_fields_of_the_existing_client() -> None:
    assert [field.name for field in fields(StatusUpdate)][:8] == [
        "code", "rank", "queue_size", "eta", "success", "time", "progress_data", "log",
    ]  # fmt: skip
    now = datetime.now()  # noqa: DTZ005 - local and naive, as theirs
    update = StatusUpdate(Status.PROCESSING, 0, 1, 2.5, None, now, None)
    assert (update.log, update.type) == (None, "status")


def test_a_progress_unit_has_the_fields_of_the_existing_client() -> None:
    assert [field.name for field in fields(ProgressUnit)] == ["index", "length", "unit", "progress", "desc"]


def test_the_stages_of_a_job_have_their_names_and_their_order() -> None:
    assert {status.name: status.value for status in Status} == {
        "STARTING": "STARTING",
        "JOINING_QUEUE": "JOINING_QUEUE",
        "QUEUE_FULL": "QUEUE_FULL",
        "IN_QUEUE": "IN_QUEUE",
        "SENDING_DATA": "SENDING_DATA",
        "PROCESSING": "PROCESSING",
        "ITERATING": "ITERATING",
        "PROGRESS": "PROGRESS",
        "FINISHED": "FINISHED",
        "CANCELLED": "CANCELLED",
        "LOG": "LOG",
    }
    assert Status.STARTING < Status.IN_QUEUE < Status.PROCESSING < Status.ITERATING < Status.FINISHED
    assert not Status.FINISHED < Status.IN_QUEUE
    assert max([Status.STARTING, Status.FINISHED, Status.IN_QUEUE]) is Status.FINISHED
    assert Status.ordering(Status.STARTING) == 0


def test_file_data_is_a_dict_with_attributes() -> None:
    file = FileData(path="/a/b.txt", url="http://host.example/b.txt", orig_name="b.txt", size=3)
    assert file == {"path": "/a/b.txt", "url": "http://host.example/b.txt", "orig_name": "b.txt", "size": 3}
    assert (file.path, file.url, file.orig_name, file.size) == (
        "/a/b.txt", "http://host.example/b.txt", "b.txt", 3,
    )  # fmt: skip
    assert (file.mime_type, file.is_stream) == (None, False)


# -- the twins -----------------------------------------------------------------------------------------

METHODS = [
    "attach",
    "close",
    "detach",
    "duplicate",
    "map",
    "predict",
    "queue_size",
    "quota",
    "reset_session",
    "submit",
    "view_api",
    "with_options",
]
JOB_METHODS = [
    "add_done_callback", "cancel", "cancelled", "close_stream", "deltas", "done", "events", "exception",
    "outputs", "result", "running", "send_chunk", "status",
]  # fmt: skip
JOB_ATTRIBUTES = ["api_name", "event_id", "succeeded"]
# What else a program holds: it iterates, awaits or calls these, and they have no other names.
HELD = [Cancelling, Deltas, Events, Values, Endpoints, AsyncEndpoints]


def parameters_of(function: Any) -> list[tuple[str, Any, Any]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def public_methods(kind: type) -> set[str]:
    return {name for name, value in inspect.getmembers(kind) if callable(value) and not name.startswith("_")}


def test_every_method_of_a_client_is_known_here() -> None:
    assert public_methods(Client) == set(METHODS)
    assert public_methods(AsyncClient) == {*METHODS, "connect"}


def test_every_name_of_a_job_is_known_here() -> None:
    names = {name for name in dir(Job) if not name.startswith("_")} - set(dir(Future))
    assert names == {*JOB_METHODS, *JOB_ATTRIBUTES} - set(dir(Future))
    assert {name for name in dir(AsyncJob) if not name.startswith("_")} == {*JOB_METHODS, *JOB_ATTRIBUTES}
    for kind in (Job, AsyncJob):
        assert [name for name in JOB_ATTRIBUTES if isinstance(vars(kind)[name], property)] == JOB_ATTRIBUTES


def fields_of(kind: type) -> set[str]:
    """Return what the methods of a class, and of those of gradlink below it, write to on its objects."""
    own = [base for base in kind.__mro__ if base.__module__.startswith("gradlink.")]
    source = "\n".join(textwrap.dedent(inspect.getsource(base)) for base in own)
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    }


@pytest.mark.parametrize(
    "kind",
    [
        Client,
        AsyncClient,
        Job,
        AsyncJob,
        LazyFile,
        AsyncLazyFile,
        MemoryFile,
        EndpointFunction,
        AsyncEndpointFunction,
        *HELD,
    ],
)
def test_the_fields_of_what_programs_hold_are_private(kind: type) -> None:
    public = {Client: {"api", "verbose"}, AsyncClient: {"verbose"}}.get(kind, set())
    assert fields_of(kind)
    assert {name for name in fields_of(kind) if not name.startswith("_")} == public


@pytest.mark.parametrize("kind", HELD)
def test_what_is_iterated_or_awaited_has_no_names(kind: type) -> None:
    assert [name for name in dir(kind) if not name.startswith("_")] == []


@pytest.mark.parametrize("kind", [EndpointFunction, AsyncEndpointFunction])
def test_an_endpoint_is_called_or_submitted(kind: type) -> None:
    assert [name for name in dir(kind) if not name.startswith("_")] == ["submit"]


@pytest.mark.parametrize("name", ["__init__", *METHODS])
def test_the_two_clients_take_the_same(name: str) -> None:
    # An AsyncClient connects with the first call in any case: nobody could await its constructor.
    own = [parameter for parameter in parameters_of(getattr(Client, name)) if parameter[0] != "connect"]
    assert own == parameters_of(getattr(AsyncClient, name))


def test_the_two_clients_have_the_same_attributes() -> None:
    for kind, made in ((Client, {"api"}), (AsyncClient, set[str]())):
        properties = {n for n, value in vars(kind).items() if isinstance(value, property) and n[0] != "_"}
        assert made | properties == set(ATTRIBUTES)
        assert not made & properties


@pytest.mark.parametrize("name", ["close", "duplicate", "predict", "quota", "view_api"])
def test_what_waits_is_a_coroutine_function_of_the_async_client(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(AsyncClient, name))
    assert not inspect.iscoroutinefunction(getattr(Client, name))


@pytest.mark.parametrize("name", ["reset_session", "submit", "with_options"])
def test_what_waits_for_nothing_is_a_function_of_both_clients(name: str) -> None:
    assert not inspect.iscoroutinefunction(getattr(AsyncClient, name))
    assert not inspect.iscoroutinefunction(getattr(Client, name))


@pytest.mark.parametrize("name", JOB_METHODS)
def test_the_two_jobs_take_the_same(name: str) -> None:
    assert name in public_methods(Job)
    assert parameters_of(getattr(Job, name)) == parameters_of(getattr(AsyncJob, name))


@pytest.mark.parametrize("name", ["close_stream", "exception", "outputs", "result", "send_chunk"])
def test_what_waits_is_a_coroutine_function_of_the_async_job(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(AsyncJob, name))
    assert not inspect.iscoroutinefunction(getattr(Job, name))


@pytest.mark.parametrize(
    ("kind", "protocols"),
    [
        (Client, ["__enter__", "__exit__"]),
        (AsyncClient, ["__aenter__", "__aexit__", "__await__"]),
        (Job, ["__enter__", "__exit__", "__iter__", "__next__"]),
        (AsyncJob, ["__aenter__", "__aexit__", "__aiter__", "__await__"]),
    ],
)
def test_they_work_with_the_statements_of_the_language(kind: type, protocols: list[str]) -> None:
    assert [name for name in protocols if callable(getattr(kind, name, None))] == protocols


FILE_METHODS = ["array", "bytes", "image", "save", "text"]
FILE_ATTRIBUTES = ["data", "name", "url"]


@pytest.mark.parametrize(
    ("kind", "more"), [(MemoryFile, []), (LazyFile, ["path"]), (AsyncLazyFile, ["path"])]
)
def test_every_name_of_a_file_of_a_result_is_known_here(kind: type, more: list[str]) -> None:
    names = {name for name in dir(kind) if not name.startswith("_")}
    assert names == {*FILE_METHODS, *FILE_ATTRIBUTES, *more, "as_argument"}
    assert all(isinstance(getattr(kind, name), property) for name in FILE_ATTRIBUTES)
    assert all(inspect.getdoc(getattr(kind, name)) for name in names)


@pytest.mark.parametrize("name", FILE_METHODS)
def test_the_files_of_results_take_the_same(name: str) -> None:
    parameters = parameters_of(getattr(LazyFile, name))
    assert parameters_of(getattr(AsyncLazyFile, name)) == parameters
    assert parameters_of(getattr(MemoryFile, name)) == parameters


@pytest.mark.parametrize("name", ["path", *FILE_METHODS])
def test_what_fetches_a_file_is_a_coroutine_function_of_the_async_one(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(AsyncLazyFile, name))
    assert not inspect.iscoroutinefunction(getattr(LazyFile, name))


def test_progress_is_shown_or_called_back() -> None:
    assert parameters_of(gradlink.progress) == [("callback", FIRST, None), ("file", NAMED, None)]
    block = gradlink.progress(lambda job, event: None)
    assert [name for name in dir(block) if not name.startswith("_")] == []
    for name in ("__enter__", "__exit__", "__aenter__", "__aexit__"):
        assert callable(getattr(block, name))
    for kind in (Client, AsyncClient):
        assert inspect.signature(kind.with_options).parameters["progress"].default is None


def test_what_is_called_back_has_these_fields() -> None:
    assert [field.name for field in fields(gradlink.WatchedJob)] == ["number", "api_name", "event_id"]
    assert [field.name for field in fields(gradlink.TransferEvent)] == [
        "direction", "name", "done", "total", "failed", "number", "type",
    ]  # fmt: skip
    assert {kind.__name__ for kind in typing.get_args(gradlink.WatchedEvent)} == {
        "StatusEvent", "ProgressEvent", "LogEvent", "DoneEvent", "TransferEvent",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [Client, AsyncClient, Job, AsyncJob])
def test_notebooks_show_it_as_html(kind: type) -> None:
    assert typing.get_type_hints(vars(kind)["_repr_html_"]) == {"return": str}


def test_a_job_is_a_future_of_the_standard_library() -> None:
    assert issubclass(Job, Future)
    # What Future offers to callers is taken as it is there.
    for name in ("cancel", "cancelled", "done", "exception", "result", "running"):
        assert [p[0] for p in parameters_of(getattr(Job, name))] == [
            p[0] for p in parameters_of(getattr(Future, name))
        ]


@pytest.mark.parametrize("kind", [Client, AsyncClient, Job, AsyncJob])
def test_what_is_public_has_a_docstring(kind: type) -> None:
    names = METHODS if "Client" in kind.__name__ else JOB_METHODS
    missing = [name for name in names if not inspect.getdoc(getattr(kind, name))]
    assert missing == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("method", ["predict", "submit", "view_api", "close"])
def test_the_annotations_of_the_public_methods_can_be_resolved(
    kind: type[Client | AsyncClient], method: str
) -> None:
    assert "return" in typing.get_type_hints(getattr(kind, method))


# -- what importing costs ------------------------------------------------------------------------------

HEAVY = (
    "anyio",
    "asyncio",
    "gradio",
    "gradio_client",
    "httpx2",
    "huggingface_hub",
    "rich",
    "trio",
    "PIL",
    "numpy",
    "pandas",
    "polars",
)


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)


def loaded_by(program: str) -> set[str]:
    """Return the names of the modules that a program has loaded at its end."""
    return set(run_python("-c", f"{program}\nimport sys; print(*sys.modules)").stdout.split())


@pytest.mark.live
def test_the_time_that_importing_takes_goes_to_nothing_heavy() -> None:
    run = run_python("-X", "importtime", "-c", "import gradlink")
    timed = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "gradlink" in timed
    assert [name for name in HEAVY if name in timed] == []


@pytest.mark.live
def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import gradlink")
    assert "gradlink" in loaded
    assert [name for name in HEAVY if name in loaded] == []
    # Nothing of its own either: each name is loaded when it is asked for.
    assert [name for name in loaded if name.startswith("gradlink.")] == []


@pytest.mark.live
@pytest.mark.parametrize("name", ["AppError", "Status", "FileData", "handle_file", "Timeout", "OutputEvent"])
def test_a_small_name_does_not_load_the_transport(name: str) -> None:
    loaded = loaded_by(f"from gradlink import {name}")
    assert [heavy for heavy in HEAVY if heavy in loaded] == []


@pytest.mark.live
def test_the_synchronous_client_loads_no_event_loop() -> None:
    loaded = loaded_by("from gradlink import Client, Job, handle_file")
    late = (
        "httpx2", "httpcore2", "anyio", "asyncio", "gradio_client", "huggingface_hub", "rich",
        "ssl", "http.client", "hashlib", "random",
    )  # fmt: skip
    assert [name for name in late if name in loaded] == []
    assert [name for name in loaded if name.startswith("gradlink._async")] == []


@pytest.mark.live
@pytest.mark.parametrize("name", ["Client", "AsyncClient"])
def test_a_client_loads_what_the_first_call_needs(name: str) -> None:
    loaded = loaded_by(f"from gradlink import {name}")
    own = {module for module in loaded if module.startswith("gradlink.")}
    late = (
        "_describe.describe",
        "_engine.alone",
        "_html.",
        "_flows.space",
        "_flows.hub",
        "_flows.duplicate",
        "_progress.block",
        "_protocol.quota",
        "_protocol.rebuild",
        "_shell.httpxobjects",
    )
    assert [module for module in own if module.removeprefix("gradlink.").startswith(late)] == []
    assert [module for module in ("wsproto", "gradlink._local.values.converting") if module in loaded] == []
    assert len(own) < 130


@pytest.mark.live
def test_a_name_is_loaded_once() -> None:
    program = (
        "import gradlink; assert gradlink.AppError is gradlink.AppError; assert 'AppError' in vars(gradlink)"
    )
    assert "gradlink.errors" in loaded_by(program)
