"""A recording as a program in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from gradlink.codegen.quoting import comment_line
from gradlink.codegen.snippets.calls import Target, Value, Variable
from gradlink.codegen.snippets.layout import Code, Group, after, before, lines
from gradlink.codegen.snippets.python import Imported, call_code, connection_code, imported, value_code
from gradlink.recorder.programs.writing import (
    Part,
    client_name,
    comments,
    environment,
    resolved,
    results_of,
    values_of,
)
from gradlink.recorder.steps import Recording, Step

STEP: Final = "    "


def python_program(recording: Recording, target: Target) -> str:
    """Return a program that does what was recorded, and prints what the app answers."""
    results = results_of(recording)
    body = [line for step in recording.steps for line in step_lines(step, results, STEP)]
    if not any(step.is_call for step in recording.steps):
        body.append(f"{STEP}pass")
    written = [
        '"""Recorded with gradlink."""',
        "",
        *heading(recording, target),
        *import_lines(recording, target),
        "",
        *opening(recording, target, ""),
        *body,
    ]
    return "\n".join(written) + "\n"


def python_part(step: Step, recording: Recording) -> Part:
    """Return the lines of one step, for a terminal."""
    return Part(tuple(step_lines(step, results_of(recording), "")), dim=not step.is_call)


def heading(recording: Recording, target: Target) -> list[str]:
    """Return comments about the whole recording, with an empty line after them."""
    said = [comment_line(note) for note in recording.notes]
    if names := environment(recording, target):
        said.insert(0, f"Needs these variables of the environment: {', '.join(names)}")
    return [*(f"# {one}" for one in said), *([""] if said else [])]


def import_lines(recording: Recording, target: Target) -> list[str]:
    """Return the imports of a program."""
    needed = imported("Client", target, values_of(recording))
    failing = any(step.is_call and step.error for step in recording.steps)
    if not failing:
        return needed.lines()
    names = Imported(needed.names | {"GradlinkError"}, os=False).lines()
    return [*(["import os"] if needed.os else []), "from contextlib import suppress", "", *names]


def opening(recording: Recording, target: Target, indent: str) -> Iterator[str]:
    """Yield the lines that connect a client for each session."""
    connection = connection_code("Client", target, target.src)
    names = [client_name(number) for number in range(max(recording.sessions, 1))]
    if len(names) == 1:
        yield from lines(after(before("with ", connection), " as client:"), indent)
        return
    opened = tuple(after(connection, f" as {name}") for name in names)
    yield from lines(Group("with (", opened, "):", always=True), indent)


def step_lines(step: Step, results: Mapping[str, int], indent: str) -> Iterator[str]:
    """Yield the lines of a step: its comments, and its call if it is one."""
    yield from (f"{indent}{line}" for line in comments(step, "#"))
    if not step.is_call:
        return
    if step.error:
        yield f"{indent}with suppress(GradlinkError):"
        indent += STEP
    yield from call_lines(step, results, indent)


def call_lines(step: Step, results: Mapping[str, int], indent: str, *, shown: bool = True) -> Iterator[str]:
    """Yield the lines of a call, which print what it gives if ``shown``."""
    name = step.name or "value"
    if step.chunks or step.closed or step.endpoint.live:
        yield from _fed(step, results, indent)
        yield from _loop(name, "job", indent, shown=shown)
    elif step.cancelled:
        yield from lines(before("job = ", code_of(step, results, "submit")), indent)
        if step.seen:
            yield f"{indent}for count, {name} in enumerate(job, 1):"
            if shown:
                yield f"{indent}{STEP}print({name})"
            yield f"{indent}{STEP}if count == {step.seen}:"
            yield f"{indent}{STEP * 2}break"
        yield f"{indent}job.cancel()"
    elif step.streams:
        code = code_of(step, results, "submit")
        yield from lines(after(before(f"for {name} in ", code), ":"), indent)
        yield f"{indent}{STEP}{f'print({name})' if shown else 'pass'}"
    else:
        code = code_of(step, results, "predict")
        yield from lines(before(f"{step.name} = ", code) if step.name else code, indent)
        if step.name and shown:
            yield f"{indent}print({name})"


def code_of(step: Step, results: Mapping[str, int], method: str) -> Code:
    """Return the call of a step."""
    values = {key: _resolved(value, results) for key, value in step.values.items()}
    code = call_code(step.endpoint, values, f"{client_name(step.client)}.{method}")
    if step.event is None or not isinstance(code, Group):
        return code
    event = before("event_data=", value_code(_resolved(step.event, results)))
    return replace(code, items=(*code.items[:-1], event, code.items[-1]))


def _fed(step: Step, results: Mapping[str, int], indent: str) -> Iterator[str]:
    yield from lines(before("job = ", code_of(step, results, "submit")), indent)
    for chunk in step.chunks:
        values = {key: _resolved(value, results) for key, value in chunk.items()}
        code = call_code(step.endpoint, values, "job.send_chunk")
        # The job knows which endpoint it is of.
        yield from lines(replace(code, items=code.items[:-1]) if isinstance(code, Group) else code, indent)
    yield f"{indent}job.close_stream()"


def _loop(name: str, what: str, indent: str, *, shown: bool) -> Iterator[str]:
    yield f"{indent}for {name} in {what}:"
    yield f"{indent}{STEP}{f'print({name})' if shown else 'pass'}"


def _resolved(value: Value, results: Mapping[str, int]) -> Value:
    def variable(one: Variable) -> Variable:
        # A single result is the value itself.
        return replace(one, keys=one.keys[1:]) if results.get(one.name) == 1 else one

    return resolved(value, variable)
