"""A recording as a test for pytest."""

from __future__ import annotations

from collections.abc import Mapping

from gradlink.codegen.snippets.calls import Target
from gradlink.codegen.snippets.python import Imported, imported
from gradlink.codegen.snippets.values import local_files
from gradlink.recorder.hidden import Secrets
from gradlink.recorder.programs.checks import expectations
from gradlink.recorder.programs.python import STEP, call_lines, heading, opening
from gradlink.recorder.programs.writing import comments, results_of, values_of
from gradlink.recorder.steps import Recording, Step


def testing_program(
    recording: Recording, target: Target, again: Mapping[int, object], secrets: Secrets
) -> str:
    """Return a test that plays the session again, and expects what came out of it.

    Args:
        recording: what was recorded.
        target: the app.
        again: by the numbers of steps, what came out when it was played once more.
        secrets: what must not be written.
    """
    values = values_of(recording)
    folder = any(local_files(value) for value in values)
    failing = any(step.is_call and step.error for step in recording.steps)
    needed = imported("Client", target, values)
    names = Imported(needed.names | frozenset(["GradlinkError"] if failing else []), os=False)
    standard = [*(["import os"] if needed.os else []), *(["from pathlib import Path"] if folder else [])]
    written = [
        '"""Recorded with gradlink: plays a session again, and compares what does not change from time to time."""',
        "",
        *heading(recording, target),
        *standard,
        *([""] if standard else []),
        *(["import pytest", ""] if failing else []),
        *names.lines(),
        "",
        "",
        f"def test_recorded({'monkeypatch' if folder else ''}):",
        *([f"{STEP}monkeypatch.chdir(Path(__file__).parent)"] if folder else []),
        *opening(recording, target, STEP),
    ]
    results = results_of(recording)
    for step in recording.steps:
        written += _step_lines(step, results, again, secrets)
    if not any(step.is_call for step in recording.steps):
        written.append(f"{STEP * 2}pass")
    return "\n".join(written) + "\n"


def _step_lines(
    step: Step, results: Mapping[str, int], again: Mapping[int, object], secrets: Secrets
) -> list[str]:
    indent = STEP * 2
    written = [f"{indent}{line}" for line in comments(step, "#")]
    if not step.is_call:
        return written
    if step.error:
        written.append(f"{indent}with pytest.raises(GradlinkError):")
        return [*written, *call_lines(step, results, indent + STEP, shown=False)]
    written += call_lines(step, results, indent, shown=False)
    if step.name and step.outputs is not None and not step.cancelled:
        written += expectations(step.name, step.outputs, again.get(step.number), secrets, indent)
    return written
