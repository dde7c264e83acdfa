"""``gradlink map``: a call for each row of a file, which goes on where it was interrupted."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradlink._dataclass import dataclass
from gradlink._describe.fields import Field, fields_of
from gradlink.cli import arguments, exits
from gradlink.cli._map.binding import Binder, BoundRow, Unbound
from gradlink.cli._map.counting import Count
from gradlink.cli._map.outputs import Output, output_to
from gradlink.cli._map.sources import Source, files_of, is_pattern, source_of
from gradlink.cli.arguments import StandardInput, split_item
from gradlink.cli.completing import complete_argument, complete_endpoint
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import output as console_output
from gradlink.cli.console import say
from gradlink.cli.endpoints import endpoint_of

if TYPE_CHECKING:
    from gradlink import Client, MapRow
    from gradlink._protocol.schema import Endpoint
    from gradlink._sync.mapping import MapRows

MAX_LISTED = 20
_PER_SECOND = 8

HELP = """\
IN is a file of rows: .jsonl (an object of arguments in each line), .csv, .tsv, .parquet, or - for lines of JSON on standard input. NAME=VALUE is for
all rows. NAME=@'PATTERN' with * or ? makes a row of each file. In rows, too, a file is @PATH or a URL."""

EXAMPLES = """
\b
gradlink map user/space /caption image=@'photos/*.jpg' -o captions.jsonl
gradlink map http://127.0.0.1:7860 /greet people.csv excited=true -o greetings.csv
gradlink map http://127.0.0.1:7860 /greet people.csv -o greetings.csv --resume
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command line asks for, beside the app; see the options."""

    endpoint: str
    items: tuple[str, ...]
    target: str
    concurrency: int | tuple[int, int] | None
    journal: str | None
    no_journal: bool
    resume: bool
    retry_failed: bool
    resubmit: bool
    limit: int | None
    dry_run: bool

    @property
    def journal_path(self) -> str | None:
        """Where the journal is, None for none."""
        if self.no_journal:
            return None
        return self.journal or (None if self.target == "-" else f"{self.target}.journal")


class Concurrency(click.ParamType[int | tuple[int, int] | None]):
    """``auto``, a number, or two of them."""

    name = "auto|N|LOW-HIGH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what :meth:`gradlink.Client.map` takes, None for auto."""
        if value in (None, "auto") or not isinstance(value, str):
            return None
        low, dash, high = value.partition("-")
        if not low.isdecimal() or (dash and not high.isdecimal()) or int(low) < 1:
            self.fail(f"{value!r} is not auto, a number from 1 on, or two of them such as 2-16", param, ctx)
        return (int(low), int(high)) if dash else int(low)


@click.command("map", epilog=HELP + "\n" + EXAMPLES)
@connecting
@click.argument("endpoint", shell_complete=complete_endpoint)
@click.argument(
    "items",
    nargs=-1,
    metavar="[IN] [NAME=VALUE]...",
    type=click.UNPROCESSED,
    shell_complete=complete_argument,
)
@click.option(
    "-o",
    "--output",
    "target",
    default="-",
    type=click.Path(),
    metavar="PATH",
    help="Where results go: .jsonl, .csv, .tsv or .parquet; standard output by default.",
)
@click.option("--concurrency", type=Concurrency(), help="Rows at the server at a time; auto by default.")
@click.option(
    "--journal", type=click.Path(), metavar="PATH", help="What was done; OUTPUT.journal by default."
)
@click.option("--no-journal", is_flag=True, help="Keep no journal: an interrupted map begins anew.")
@click.option("--resume", is_flag=True, help="Go on with the journal of an earlier run.")
@click.option("--retry-failed", is_flag=True, help="Resume, and call rows again whose function failed.")
@click.option("--resubmit", is_flag=True, help="Resume, and call rows again that may have run.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows.")
@click.option("--dry-run", is_flag=True, help="Call nothing; list the rows that cannot be called.")
def command(via: Connecting, **given: Any) -> None:
    """Call an endpoint for each row of a file, many at a time, and write the results in the order of the rows.

    Exit code 0 means that all rows have their result.
    """
    ctx = click.get_current_context()
    wanted = Wanted(**given)
    journal = wanted.journal_path
    resumes = wanted.resume or wanted.retry_failed or wanted.resubmit
    if resumes and journal is None:
        raise click.UsageError("there is no journal to resume: give -o or --journal")
    if journal is not None and not resumes and not wanted.dry_run and Path(journal).exists():
        raise click.UsageError(
            f"{journal!r} is the journal of an earlier run: --resume goes on with it; remove it to begin anew"
        )
    with ExitStack() as stack:
        client = stack.enter_context(via.client())
        endpoint = endpoint_of(client, wanted.endpoint)
        binder = _binder(fields_of(client.config, endpoint), wanted.items)
        if wanted.dry_run:
            ctx.exit(_check(binder, wanted.limit))
        output = stack.enter_context(output_to(wanted.target, list(endpoint.returns)))
        ctx.exit(_run(client, endpoint, binder, wanted, output))


def _binder(fields: Sequence[Field], items: Sequence[str]) -> Binder:
    source: Source | None = None
    named: dict[str, list[arguments.Given]] = {}
    for item in items:
        if "=" not in item or Path(item).is_file():
            source = _only(source, source_of(item))
            continue
        name, value = split_item(item)
        if not value.json and is_pattern(value.text):
            source = _only(source, files_of(name, value.text[1:]))
        else:
            named.setdefault(name, []).append(value)
    if source is None:
        raise click.UsageError("name a file with rows, - for standard input, or NAME=@'PATTERN' with * or ?")
    return Binder(fields, arguments.read_given(fields, named, StandardInput()), source)


def _only(source: Source | None, further: Source) -> Source:
    if source is not None:
        raise click.UsageError("rows come from one file, or from one NAME=@'PATTERN'")
    return further


def _check(binder: Binder, limit: int | None) -> int:
    """List the rows that cannot be called; return the exit code."""
    wrong = count = 0
    for row in islice(binder.rows(), limit):
        count += 1
        if isinstance(row, Unbound):
            wrong += 1
            if wrong <= MAX_LISTED:
                say(f"row {row.number}: {row.error}")
    if wrong > MAX_LISTED:
        say(f"… and {wrong - MAX_LISTED:,} more")
    _say_unused(binder)
    say(f"{count - wrong:,} of {count:,} rows can be called; nothing was sent")
    return exits.USAGE if wrong else exits.OK


def _run(client: Client, endpoint: Endpoint, binder: Binder, wanted: Wanted, output: Output) -> int:
    """Call the rows and write what became of them; return the exit code."""
    total = binder.source.count
    if total is not None and wanted.limit is not None:
        total = min(total, wanted.limit)
    run = _Run(output, Count(total, time.monotonic()))
    rows = client.map(
        endpoint.api_name,
        run.callable_rows(islice(binder.rows(), wanted.limit)),
        fn_index=endpoint.fn_index,
        concurrency=wanted.concurrency or "auto",
        ordered=True,
        errors="yield",
        journal=wanted.journal_path,
        resubmit=wanted.resubmit,
        retry_failed=wanted.retry_failed,
    )
    try:
        run.take(rows)
    finally:
        rows.close()
        run.end_line()
        _say_unused(binder)
        say(run.count.summary(time.monotonic()))
        if run.count.errors and wanted.journal_path is not None:
            say(
                "--resume goes on; --retry-failed calls those again that failed, --resubmit those that may have run"
            )
    return exits.FAILED if run.count.errors else exits.OK


class _Run:
    """Writes rows in their order, those that cannot be called among the others."""

    def __init__(self, output: Output, count: Count) -> None:
        self.count = count
        self._output = output
        self._unbound: deque[Unbound] = deque()
        self._shows = console_output().progress
        self._shown_at = 0.0

    def callable_rows(self, rows: Iterator[BoundRow | Unbound]) -> Iterator[BoundRow]:
        """Yield the rows that can be called; the others are written when their turn comes."""
        for row in rows:
            if isinstance(row, Unbound):
                self._unbound.append(row)
            else:
                yield row

    def take(self, rows: MapRows) -> None:
        """Write all rows as they come."""
        for row in rows:
            self._take(row)
        self._write_unbound(None)

    def end_line(self) -> None:
        """Leave the line of progress as it is."""
        if self._shown_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _take(self, row: MapRow) -> None:
        bound: BoundRow = row.row
        self._write_unbound(bound.number)
        self._output.write(bound.number, bound.given, row.value, row.error)
        self.count.note(row.error, replayed=row.replayed)
        self._show()

    def _write_unbound(self, before: int | None) -> None:
        while self._unbound and (before is None or self._unbound[0].number < before):
            row = self._unbound.popleft()
            self._output.write(row.number, row.given, None, row.error)
            self.count.note(row.error, replayed=False)

    def _show(self) -> None:
        now = time.monotonic()
        if self._shows and now - self._shown_at >= 1 / _PER_SECOND:
            self._shown_at = now
            sys.stderr.write(f"\r\x1b[K{self.count.line(now)}")
            sys.stderr.flush()


def _say_unused(binder: Binder) -> None:
    if binder.unused:
        names = list(binder.unused)
        more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
        say(f"not sent, since the endpoint takes no such thing: {', '.join(names[:MAX_LISTED])}{more}")
