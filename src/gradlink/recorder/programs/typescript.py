"""A recording as a program in TypeScript, which is JavaScript here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gradlink.codegen.quoting import comment_line
from gradlink.codegen.snippets.calls import Target, Value, Variable
from gradlink.codegen.snippets.layout import Code, Group, after, before, lines
from gradlink.codegen.snippets.typescript import call_code, connection_code, import_line, value_code
from gradlink.recorder.programs.writing import (
    Part,
    client_name,
    comments,
    environment,
    resolved,
    values_of,
)
from gradlink.recorder.steps import Recording, Step

STEP: Final = "  "


def typescript_program(recording: Recording, target: Target) -> str:
    """Return a module that does what was recorded, and prints what the app answers."""
    written = ["// Recorded with gradlink.", *_heading(recording, target), ""]
    written += [import_line(values_of(recording)), ""]
    names = [client_name(number) for number in range(max(recording.sessions, 1))]
    for name in names:
        written += lines(after(before(f"const {name} = await ", connection_code(target)), ";"), step=STEP)
    for step in recording.steps:
        written += _step_lines(step)
    written += [f"await {name}.close();" for name in names]
    return "\n".join(written) + "\n"


def typescript_part(step: Step) -> Part:
    """Return the lines of one step, for a terminal."""
    return Part(tuple(_step_lines(step)), dim=not step.is_call)


def _heading(recording: Recording, target: Target) -> list[str]:
    said = [comment_line(note) for note in recording.notes]
    if names := environment(recording, target):
        said.insert(0, f"Needs these variables of the environment: {', '.join(names)}")
    return [f"// {one}" for one in said]


def _step_lines(step: Step) -> Iterator[str]:
    yield from comments(step, "//")
    if not step.is_call:
        return
    if not step.error:
        yield from _call_lines(step, "")
        return
    yield "try {"
    yield from _call_lines(step, STEP)
    yield "} catch (error) {"
    yield f"{STEP}console.error(error);"
    yield "}"


def _call_lines(step: Step, indent: str) -> Iterator[str]:
    if not step.streams:
        name = f"const {step.name} = await " if step.name else "await "
        yield from lines(after(before(name, _code_of(step, "predict")), ";"), indent, STEP)
        if step.name:
            yield f"{indent}console.log({step.name}.data);"
        return
    name = step.name or f"value{step.number}"
    job = f"job{step.number}"
    yield f"{indent}let {name};"
    yield from lines(after(before(f"const {job} = ", _code_of(step, "submit")), ";"), indent, STEP)
    if step.chunks or step.closed or step.endpoint.live:
        for chunk in step.chunks:
            # The job knows which endpoint it is of.
            code = call_code(
                step.endpoint, {key: _resolved(one) for key, one in chunk.items()}, f"await {job}.send_chunk"
            )
            code = replace(code, items=code.items[1:]) if isinstance(code, Group) else code
            yield from lines(after(code, ";"), indent, STEP)
        yield f"{indent}await {job}.close_stream();"
    if step.cancelled and not step.seen:
        yield f"{indent}await {job}.cancel();"
        return
    if step.cancelled:
        yield f"{indent}let {job}_seen = 0;"
    yield f"{indent}for await (const event of {job}) {{"
    yield f'{indent}{STEP}if (event.type !== "data") continue;'
    yield f"{indent}{STEP}{name} = event;"
    yield f"{indent}{STEP}console.log(event.data);"
    if step.cancelled:
        yield f"{indent}{STEP}if (++{job}_seen === {step.seen}) break;"
    yield f"{indent}}}"
    if step.cancelled:
        yield f"{indent}await {job}.cancel();"


def _code_of(step: Step, method: str) -> Code:
    values = {key: _resolved(value) for key, value in step.values.items()}
    code = call_code(step.endpoint, values, f"{client_name(step.client)}.{method}")
    if step.event is None or not isinstance(code, Group):
        return code
    given = code.items if len(code.items) > 1 else (*code.items, Group("{", (), "}"))
    return replace(code, items=(*given, value_code(_resolved(step.event))))


def _resolved(value: Value) -> Value:
    def variable(one: Variable) -> Variable:
        return replace(one, keys=("data", *one.keys))

    return resolved(value, variable)
