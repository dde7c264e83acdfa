"""docs/migrating.md is true: each difference in its table has a test, and the signatures differ in what it lists alone."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gradlink
from gradlink import errors
from gradlink.compat import client as compat_client

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "migrating.md"
theirs: Any = importlib.import_module("gradio_client")

# The beginning of a row -> the test that shows what gradlink does.
SHOWN = {
    "prints a traceback when a stream breaks": "live/test_faults.py::test_a_stream_that_breaks_ends_its_jobs",
    "`for x in job` ends silently": "live/test_errors.py::test_a_loop_over_a_failing_job_raises_after_the_values_before",
    "`for x in job` ends, or hangs": "live/test_cancel.py::test_a_job_can_be_cancelled_while_it_generates",
    "cancelling a job may stop other jobs": "live/test_cancel.py::test_the_other_running_job_of_the_function_goes_on",
    "the saved Hugging Face token": "live/test_auth.py::test_no_token_is_taken_from_the_environment",
    "telemetry": "live/test_transport.py::test_a_process_speaks_with_nobody_but_the_app",
    "downloads go into a directory": "local/test_settings.py::test_the_default_directory_is_for_nobody_else",
    "* a dict with `meta": "local/test_sources.py::test_what_an_app_sends_is_never_a_file_of_this_machine",
    "* what `handle_file()` returned": "local/test_sources.py::test_a_copy_made_by_way_of_json_is_told",
    "whatever looks like a file": "live/test_files_out.py::test_json_that_looks_like_files_goes_in_and_out_as_it_is",
    "a client's headers override": "live/test_auth.py::test_the_header_of_a_call_wins_over_the_same_one_of_the_client",
    "* `ValueError(": "live/test_arguments.py::test_the_nearest_name_is_suggested",
    "`httpx_kwargs` go to httpx": "shell/test_httpxobjects.py::test_what_settings_hold_is_taken_over",
    "* `async for update in job`": "compat/test_migrating.py::test_a_job_is_no_asynchronous_iterator",
    "* surplus positional arguments": "compat/test_migrating.py::test_surplus_arguments_are_refused",
    "options of 1.x": "live/test_arguments.py::test_a_removed_option_says_what_to_write_instead",
    "`Client.duplicate` puts": "hub/test_duplicate.py::test_a_copy_that_is_there_is_taken",
}


def rows() -> list[str]:
    """Return the first cell of each row of the table of differences."""
    table = PAGE.read_text("utf-8").partition("## What differs on purpose")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [line.split("|")[1].strip() for line in lines[2:]]


def test_each_difference_has_a_test() -> None:
    found = rows()
    for row in found:
        assert [begin for begin in SHOWN if row.startswith(begin)], row
    for begin, place in SHOWN.items():
        assert [row for row in found if row.startswith(begin)], begin
        path, _, name = place.partition("::")
        functions = {
            node.name
            for node in ast.walk(ast.parse((TESTS / path).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert name in functions, place


def test_a_job_is_no_asynchronous_iterator() -> None:
    assert not hasattr(gradlink.Job, "__aiter__")
    assert hasattr(theirs.client.Job, "__aiter__")
    assert hasattr(compat_client.Job, "__aiter__")


@pytest.mark.live
def test_surplus_arguments_are_refused(server: Any) -> None:
    with (
        gradlink.Client(server().url, verbose=False) as client,
        pytest.raises(errors.ArgumentError, match="takes 1 arguments, 2 were given"),
    ):
        client.predict("x", 1, api_name="/echo")


# -- signatures ----------------------------------------------------------------------------------------

FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "Client": (gradlink.Client, theirs.Client),
    "Client.predict": (gradlink.Client.predict, theirs.Client.predict),
    "Client.submit": (gradlink.Client.submit, theirs.Client.submit),
    "Client.view_api": (gradlink.Client.view_api, theirs.Client.view_api),
    "Client.duplicate": (gradlink.Client.duplicate, theirs.Client.duplicate),
    "Client.reset_session": (gradlink.Client.reset_session, theirs.Client.reset_session),
    "Client.close": (gradlink.Client.close, theirs.Client.close),
    "Job.result": (gradlink.Job.result, theirs.client.Job.result),
    "Job.outputs": (gradlink.Job.outputs, theirs.client.Job.outputs),
    "Job.status": (gradlink.Job.status, theirs.client.Job.status),
    "Job.cancel": (gradlink.Job.cancel, theirs.client.Job.cancel),
    "handle_file": (gradlink.handle_file, theirs.handle_file),
    "file": (gradlink.file, theirs.file),
    "AppError": (gradlink.AppError, theirs.client.AppError),
}


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    found = inspect.signature(function).parameters
    return {name: p for name, p in found.items() if name != "self" and not name.startswith("_")}


def differences() -> Iterator[str]:
    """Yield a line for each function whose signature is not the same."""
    for name, (own, existing) in FUNCTIONS.items():
        mine, other = parameters(own), parameters(existing)
        said = [f"-{gone}" for gone in other if gone not in mine]
        said += [
            f"{both}={_shown(mine[both].default)} (there {_shown(other[both].default)})"
            for both in other
            if both in mine
            and (mine[both].kind, mine[both].default) != (other[both].kind, other[both].default)
        ]
        new = [added for added, p in mine.items() if added not in other and p.kind is not p.VAR_KEYWORD]
        # What is new may be left out, or a program for the other one would not run.
        assert all(mine[added].default is not inspect.Parameter.empty for added in new)
        said += [f"+{added}" for added in new]
        if said:
            yield f"{name}: {', '.join(said)}"


def _shown(default: Any) -> str:
    return (
        "a directory that all users share" if isinstance(default, str) and "/" in default else repr(default)
    )


def test_signatures_differ_in_what_the_page_lists_alone() -> None:
    section = PAGE.read_text("utf-8").partition("## Signatures")[2]
    listed = re.search(r"```text\n(.*?)```", section, re.DOTALL)
    assert listed is not None
    assert listed[1].splitlines() == list(differences())


def test_the_order_of_the_parameters_is_the_same() -> None:
    for own, existing in FUNCTIONS.values():
        mine, other = parameters(own), parameters(existing)
        shared = [name for name in mine if name in other]
        assert shared == [name for name in other if name in mine]
