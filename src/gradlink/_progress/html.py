"""A board as HTML, and as the text beside it for what shows none."""

from __future__ import annotations

from gradlink._html.page import framed, safe, tag
from gradlink._progress.board import Bar, Line, Mark, View

_SIGNS: dict[Mark, str] = {"waiting": "○", "running": "●", "done": "✓", "failed": "✗", "cancelled": "⊘"}


def view_html(view: View) -> str:
    """Return what is to be seen."""
    return framed("".join(map(line_html, view.lines)) + tag("div", "dim", view.summary))


def view_text(view: View) -> str:
    """Return what is to be seen as text."""
    lines = [f"{line.title}: {line.text}" for line in view.lines]
    return "\n".join([*lines, *([view.summary] if view.summary else [])])


def line_html(line: Line) -> str:
    """Return what is said of one job."""
    body = f"<div>{safe(line.text)}</div>" + "".join(map(_bar, line.bars)) + tag("div", "note", line.note)
    return (
        f'<div class="gl-job"><span class="gl-{line.mark}">{_SIGNS[line.mark]}</span>'
        f'{tag("span", "title", line.title)}<div class="gl-body">{body}</div></div>'
    )


def _bar(bar: Bar) -> str:
    # An element of its own, not <progress>: that one looks different in every browser and theme.
    if bar.fraction is None:
        fill, percent = '<div class="gl-fill gl-vague"></div>', ""
    else:
        fill = f'<div class="gl-fill" style="width: {bar.fraction:.1%}"></div>'
        percent = f"<span>{bar.fraction:.0%}</span>"
    return (
        f'<div class="gl-bar"><div class="gl-track">{fill}</div>{percent}{tag("span", "dim", bar.text)}</div>'
    )
