"""The names of gradio_client: all that programs import are there, and those of servers say whose they are."""

from __future__ import annotations

import importlib
import inspect
from concurrent.futures import Future
from typing import Any

import pytest

import gradlink
import gradlink.compat as ours
from gradlink.compat import utils

theirs: Any = importlib.import_module("gradio_client")
PARTS = ["client", "data_classes", "exceptions", "utils"]

# What public programs that call apps were seen to import, and to ask a client or a job for.
IMPORTED = {
    "": ["Client", "FileData", "__version__", "file", "handle_file"],
    "client": ["AppError", "Client", "DEFAULT_TEMP_DIR", "Endpoint", "Job", "Status", "StatusUpdate"],
    "data_classes": ["FileData", "ParameterInfo"],
    "exceptions": ["AppError", "AuthenticationError", "SerializationSetupError", "ValidationError"],
    "utils": [
        "Communicator",
        "JobStatus",
        "Message",
        "ProgressUnit",
        "QueueError",
        "ServerMessage",
        "Status",
        "StatusUpdate",
        "TooManyRequestsError",
        "TypedDict",
        "decode_base64_to_file",
        "encode_file_path",
        "encode_file_to_base64",
        "encode_url_or_file_to_base64",
        "file_to_json",
        "get_mimetype",
        "handle_file",
        "is_file_obj_with_meta",
        "is_http_url_like",
        "strip_invalid_filename_characters",
        "traverse",
    ],
}
ATTRIBUTES = [
    "_get_api_info", "_infer_fn_index", "add_zero_gpu_headers", "close", "duplicate", "new_helper", "predict", "reset_session",
    "submit", "view_api",
]  # fmt: skip
JOB_ATTRIBUTES = [
    "add_done_callback", "cancel", "cancelled", "done", "exception", "outputs", "result", "running", "status",
]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "name"), [(part, name) for part, names in IMPORTED.items() for name in names]
)
def test_what_programs_import_is_where_they_look_for_it(part: str, name: str) -> None:
    dotted = f".{part}" if part else ""
    assert hasattr(importlib.import_module(f"gradio_client{dotted}"), name)
    module = importlib.import_module(f"gradlink.compat{dotted}")
    assert hasattr(module, name)
    assert name in module.__all__


@pytest.mark.parametrize("part", PARTS)
def test_a_plain_import_has_the_submodules_as_attributes(part: str) -> None:
    assert getattr(ours, part) is importlib.import_module(f"gradlink.compat.{part}")
    for name in set(getattr(ours, part).__all__):
        assert hasattr(getattr(theirs, part), name) or name in utils.__all__


def test_what_is_exported_is_there_in_gradio_client_too() -> None:
    for part in PARTS:
        missing = [name for name in getattr(ours, part).__all__ if not hasattr(getattr(theirs, part), name)]
        assert missing == []


def test_the_version_is_the_one_that_programs_compare() -> None:
    assert ours.__version__ == utils.__version__ == theirs.__version__ == "2.7.2"


def test_the_client_and_the_job_are_those_of_gradlink_with_more() -> None:
    assert issubclass(ours.Client, gradlink.Client)
    assert issubclass(ours.client.Job, gradlink.Job)
    assert issubclass(ours.client.Job, Future)
    for kind, names in [("Client", ATTRIBUTES), ("Job", JOB_ATTRIBUTES)]:
        for name in names:
            assert hasattr(getattr(theirs.client, kind), name)
            assert hasattr(getattr(ours.client, kind), name)


@pytest.mark.parametrize("name", sorted(utils._OF_SERVERS))
def test_what_belongs_to_the_server_says_so(name: str) -> None:
    assert hasattr(theirs.utils, name)
    with pytest.raises(ImportError, match=rf"^gradio_client\.utils\.{name} belongs to gradio's server"):
        getattr(utils, name)


def test_nothing_that_programs_could_import_is_forgotten() -> None:
    public = {
        name
        for name, value in vars(theirs.utils).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == theirs.utils.__name__
    }
    assert (
        public - set(utils.__all__) - utils._OF_SERVERS
        == {"get_package_version", "create_initial_status_update"} & public
    )


def test_any_other_name_is_none() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = utils.nonsense
    assert not hasattr(utils, "nonsense")


# -- signatures ----------------------------------------------------------------------------------------


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    found = list(inspect.signature(function).parameters.values())
    return [(p.name, p.kind, p.default) for p in found if p.name != "self"]


DIRECTORY = ("download_files", inspect.Parameter.KEYWORD_ONLY)


def test_a_client_is_made_with_the_same_arguments() -> None:
    own = parameters(ours.Client.__init__)
    expected = parameters(theirs.Client.__init__)
    assert own[-1][:2] == ("options", inspect.Parameter.VAR_KEYWORD)
    differing = [(one[:2], two[:2]) for one, two in zip(own[:-1], expected, strict=True) if one != two]
    # The directory is not the same: theirs is one that all users of a machine share.
    assert differing == [(DIRECTORY, DIRECTORY)]


@pytest.mark.parametrize(
    "method", ["predict", "submit", "view_api", "duplicate", "_infer_fn_index", "new_helper"]
)
def test_a_method_takes_the_same_arguments(method: str) -> None:
    own = parameters(getattr(ours.Client, method))
    expected = parameters(getattr(theirs.Client, method))
    shared = [p for p in own if p[0] != "options"]
    assert [p[0] for p in shared] == [p[0] for p in expected]
    if method != "_infer_fn_index":  # both may be left out here
        assert shared == expected


@pytest.mark.parametrize("name", [name for name in utils.__all__ if inspect.isfunction(getattr(utils, name))])
def test_a_helper_takes_the_same_arguments(name: str) -> None:
    own, expected = parameters(getattr(utils, name)), parameters(getattr(theirs.utils, name))
    # Theirs may have fewer: handle_file() takes a name here.
    assert own[: len(expected)] == expected
    assert all(default is not inspect.Parameter.empty for _, _, default in own[len(expected) :])
