"""What the backend of mbodied's agents does with apps: usage: URL FOLDER."""

from __future__ import annotations

import importlib
import importlib.util
import queue
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from gradio_client import handle_file
from gradio_client.client import Job
from gradio_client.utils import Status

from tests.compat.packages.telling import tell, tell_who_answered

URL, FOLDER = sys.argv[1], Path(sys.argv[2])


def backend_class() -> Any:
    """Import the backend without the agents around it.

    The ``__init__`` files of its parents import openai, anthropic, datasets and other gigabytes that the backend has no use for:
    empty modules stand in their places. The backend itself is the package's file, as it is.
    """
    found = importlib.util.find_spec("mbodied")
    assert found is not None
    assert found.submodule_search_locations is not None
    root = Path(found.submodule_search_locations[0])
    for name in ("mbodied", "mbodied.agents", "mbodied.agents.backends"):
        parent = ModuleType(name)
        parent.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = parent
    return importlib.import_module("mbodied.agents.backends.gradio_backend").GradioBackend


def job_with_callback(backend: Any) -> list[Any]:
    heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
    job = backend.submit("Ann", result_callbacks=lambda *values: heard.put(values))
    # Called in a thread of its own, after the result is there.
    said = [isinstance(job, Job), job.result(), [heard.get(timeout=60)]]
    return [*said, job.done(), job.status().code is Status.FINISHED]


def job_with_values(backend: Any) -> list[Any]:
    job = backend.submit("hello", [], 0.5, api_name="/spell")
    return [list(job), job.outputs()]


def main() -> None:
    note = FOLDER / "note.txt"
    note.write_text("hello file\n")
    backend = backend_class()(endpoint=URL, verbose=False)
    tell("a prediction", lambda: backend.predict("Bob", api_name="/predict"))
    tell("a job with a callback", lambda: job_with_callback(backend))
    tell("a job with values", lambda: job_with_values(backend))
    file_job = backend.submit(handle_file(note), api_name="/measure")
    tell("a file there", lambda: file_job.result(timeout=60))
    tell("the app's error", lambda: backend.submit("this", api_name="/fail").result())
    tell_who_answered()


main()
