"""Boards and jobs as notebooks show them."""

from __future__ import annotations

from datetime import datetime

import pytest

from gradlink import AppError, JobCancelledError, ProgressUnit, Status, StatusUpdate
from gradlink._progress.board import Bar, Line, View
from gradlink._progress.html import view_html, view_text
from gradlink._progress.jobs import job_html, job_line
from tests.html.markup import markup

MARKUP = "</style><script>alert(1)</script>"
WHEN = datetime(2026, 1, 1)  # noqa: DTZ001 - local and naive, as the existing client's


def status(
    code: Status, *, success: bool | None = None, eta: float | None = None, rank: int | None = None
) -> StatusUpdate:
    return StatusUpdate(code, rank, None, eta, success, WHEN, None)


def test_a_view_is_shown_as_html_and_as_text() -> None:
    view = View(
        (Line("running", "/f", "running 2.0 s", (Bar("Working 1/4 steps", 0.25), Bar("x", None)), "note"),),
        "1 running",
    )
    found = markup(view_html(view))
    assert found.texts == ["●", "/f", "running 2.0 s", "25%", "Working 1/4 steps", "x", "note", "1 running"]
    assert ("style", "width: 25.0%") in found.attributes
    assert view_text(view) == "/f: running 2.0 s\n1 running"
    assert markup(view_html(View((), ""))).texts == []


def test_nothing_that_an_app_says_is_markup() -> None:
    line = Line("failed", MARKUP, MARKUP, (Bar(MARKUP, 0.5),), MARKUP)
    found = markup(view_html(View((line,), MARKUP)))
    assert found.texts.count(MARKUP) == 5
    hostile = StatusUpdate(
        Status.PROGRESS, 0, 1, 2.0, None, WHEN, [ProgressUnit(1, 2, MARKUP, None, MARKUP)], (MARKUP, "info")
    )
    assert MARKUP in markup(job_html("Job", MARKUP, MARKUP, hostile, None)).texts
    failed = status(Status.FINISHED, success=False)
    assert f"failed: {MARKUP}" in markup(job_html("Job", "/f", None, failed, AppError(MARKUP))).texts


@pytest.mark.parametrize(
    ("update", "error", "mark", "text"),
    [
        (status(Status.STARTING), None, "waiting", "starting"),
        (
            status(Status.IN_QUEUE, rank=1, eta=12.0),
            None,
            "waiting",
            "position 2 in the queue, estimated to take 12 s",
        ),
        (status(Status.PROCESSING), None, "running", "running"),
        (status(Status.ITERATING), None, "running", "streaming"),
        (status(Status.FINISHED, success=True), None, "done", "done"),
        (status(Status.FINISHED, success=False), AppError("no"), "failed", "failed: no"),
        (status(Status.CANCELLED, success=False), JobCancelledError("x"), "cancelled", "cancelled"),
    ],
)
def test_a_job_says_where_it_stands(
    update: StatusUpdate, error: Exception | None, mark: str, text: str
) -> None:
    assert job_line("/f", update, error) == Line(mark, "/f", text)
