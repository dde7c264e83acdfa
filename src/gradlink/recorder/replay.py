"""Plays a recorded session once more, to find out what of its results is the same each time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gradlink import Client, handle_file
from gradlink._describe.functions import call_arguments
from gradlink.codegen.snippets.calls import LocalFile, Secret, Value, Variable, WebFile
from gradlink.errors import GradlinkError
from gradlink.recorder.programs.testing import testing_program
from gradlink.recorder.recorder import Recorder
from gradlink.recorder.steps import Recording, Step

_LOGGER: Final = logging.getLogger("gradlink.recorder")


def tested(recorder: Recorder, connect: Callable[[], Client], folder: Path) -> str:
    """Return the test for what was recorded, after it was played again; ``folder`` has the program."""
    recording = recorder.recording
    again = play(recording, connect, recorder.secrets.values, folder)
    return testing_program(recording, recorder.target, again, recorder.secrets)


def play(
    recording: Recording, connect: Callable[[], Client], secrets: Mapping[str, str], folder: Path
) -> dict[int, object]:
    """Return what each call gave, by the number of its step; what fails gives nothing."""
    with ExitStack() as stack:
        try:
            clients = [stack.enter_context(connect()) for _ in range(recording.sessions)]
        except GradlinkError as exc:
            _LOGGER.debug("the session is not played again: %s", exc)
            return {}
        player = _Player(clients, {step.name: step.results for step in recording.steps}, secrets, folder)
        return player.play(recording)


class _Player:
    def __init__(
        self, clients: Sequence[Client], results: Mapping[str, int], secrets: Mapping[str, str], folder: Path
    ) -> None:
        self._clients = clients
        self._results = results
        self._secrets = secrets
        self._folder = folder
        self._variables: dict[str, Any] = {}

    def play(self, recording: Recording) -> dict[int, object]:
        given: dict[int, object] = {}
        for step in recording.steps:
            if not step.is_call:
                continue
            try:
                given[step.number] = self._variables[step.name] = self._call(step)
            except (GradlinkError, KeyError, IndexError, TypeError, OSError) as exc:
                # One that failed fails again, and a result that is another one has nothing at the place of a variable.
                _LOGGER.debug("%s fails when it is played again: %s", step.endpoint.title, type(exc).__name__)
        return given

    def _call(self, step: Step) -> Any:
        args, kwargs = call_arguments(
            step.endpoint, {name: self._value(one) for name, one in step.values.items()}
        )
        named: dict[str, Any] = (
            {"fn_index": step.endpoint.fn_index}
            if step.endpoint.api_name is None
            else {"api_name": step.endpoint.api_name}
        )
        if step.event is not None:
            named["event_data"] = self._value(step.event)
        client = self._clients[step.client]
        if not step.streams:
            return client.predict(*args, **kwargs, **named)
        job = client.submit(*args, **kwargs, **named)
        for chunk in step.chunks:
            chunk_args, chunk_kwargs = call_arguments(
                step.endpoint, {name: self._value(one) for name, one in chunk.items()}
            )
            job.send_chunk(*chunk_args, **chunk_kwargs)
        if step.chunks or step.closed or step.endpoint.live:
            job.close_stream()
        if not step.cancelled:
            return job.result()
        for count, _ in enumerate(job if step.seen else (), 1):
            if count == step.seen:
                break
        job.cancel()
        return None

    def _value(self, value: Value) -> Any:
        match value:
            case LocalFile(path=path):
                return handle_file(str(self._folder / path))
            case WebFile(url=url):
                return handle_file(url)
            case Secret(name=name):
                return self._secrets[name]
            case Variable():
                return self._variable(value)
            case Mapping():
                return {key: self._value(one) for key, one in value.items()}
            case str():
                return value
            case Sequence():
                return [self._value(one) for one in value]
            case _:
                return value

    def _variable(self, variable: Variable) -> Any:
        keys = variable.keys[1:] if self._results.get(variable.name) == 1 else variable.keys
        found = self._variables[variable.name]
        for key in keys:
            found = found[key]
        return handle_file(found) if variable.file else found
