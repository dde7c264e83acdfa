"""The findings for people: a line for each check, and below it what to change."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from gradlink._text import one_line
from gradlink.cli._doctor.findings import Finding, Level
from gradlink.cli.console import WIDTH, output

_MARKS: Final = {Level.OK: "✓", Level.WARNING: "!", Level.PROBLEM: "✗", Level.SKIPPED: "\N{EN DASH}"}
_PLAIN_MARKS: Final = {Level.OK: "+", Level.WARNING: "!", Level.PROBLEM: "x", Level.SKIPPED: "-"}
_STYLES: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red", Level.SKIPPED: "dim"}
_TITLE_WIDTH: Final = 12


class Report:
    """Writes to standard output, in colour where that is a terminal.

    Attributes:
        fancy: more than ASCII can be shown.
    """

    def __init__(self) -> None:
        console = output().console()
        self._width = min(console.width, WIDTH)
        self._console: Console = console
        fancy = _can_show("".join(_MARKS.values()) + "→…")
        self._marks = _MARKS if fancy else _PLAIN_MARKS
        self.fancy = fancy
        self._arrow = "→ " if fancy else "> "

    def begin(self, app: str) -> None:
        """Write what is looked at."""
        self._print("", Text(self._shown(app), style="bold"))
        self._console.print()

    def add(self, finding: Finding) -> None:
        """Write a finding."""
        result = finding.result
        style = _STYLES[result.level]
        head = Text.assemble((self._marks[result.level], style), " ", f"{finding.title:<{_TITLE_WIDTH}} ")
        body = Text(self._shown(result.found), style="dim" if result.level is Level.SKIPPED else "")
        self._print(head, body)
        for change in result.changes:
            self._print(Text(" " * head.cell_len + self._arrow), Text(self._shown(change)))

    def end(self, findings: Sequence[Finding]) -> None:
        """Write how many findings there were of each kind."""
        counts = Counter(finding.result.level for finding in findings)
        problems, warnings = counts[Level.PROBLEM], counts[Level.WARNING]
        if problems:
            said = f"{_count(problems, 'problem')}, {_count(warnings, 'warning')}"
        elif warnings:
            said = f"no problem, {_count(warnings, 'warning')}"
        else:
            said = "no problem found"
        style = _STYLES[Level.PROBLEM if problems else Level.WARNING if warnings else Level.OK]
        self._console.print()
        self._print(
            "", Text.assemble((said, style), f"; {counts[Level.OK]} ok, {counts[Level.SKIPPED]} skipped")
        )

    def _print(self, head: Text | str, body: Text) -> None:
        """Write ``body``, wrapped, with ``head`` before its first line and space before the others."""
        head = Text(head) if isinstance(head, str) else head
        indent = head.cell_len
        lines = body.wrap(self._console, max(self._width - indent, 20), overflow="fold")
        for number, line in enumerate(lines or [Text()]):
            line.rstrip()
            start = head if number == 0 else Text(" " * indent)
            self._console.print(Text.assemble(start, line), soft_wrap=True)

    def _shown(self, text: str) -> str:
        shown = one_line(text)
        return shown if self.fancy else shown.replace("…", "...")


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
