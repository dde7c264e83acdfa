"""``gradlink stream``: a call whose output is written as it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradlink.cli.call import VALUES
from gradlink.cli.calling import CONTEXT, Bound, CallCommand, Wanted, bound, calling, cancelled
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import json_text, put, write
from gradlink.cli.endpoints import streams_text
from gradlink.cli.watching import Watch, watched

if TYPE_CHECKING:
    from gradlink import Job


EXAMPLES = """
\b
echo "Tell me a story" | gradlink stream http://127.0.0.1:7860 /chat message=@- | tee story.txt
"""


@click.command("stream", cls=CallCommand, context_settings=CONTEXT, epilog=VALUES + "\n" + EXAMPLES)
@connecting
@calling
def command(ctx: click.Context, via: Connecting, wanted: Wanted) -> None:
    """Call an endpoint and print what it adds, as it arrives.

    Of an endpoint whose output is no text, each value is printed; with --format json, each on a line of JSON.
    """
    with bound(ctx, via, wanted) as call, watched() as watch:
        job = call.submit()
        try:
            if not wanted.json and streams_text(call.endpoint):
                _write_text(job, watch)
            else:
                _write_values(job, call, watch)
        except KeyboardInterrupt:
            watch.stop()
            cancelled(job)
            raise
        except BrokenPipeError:
            # Nobody reads any more: the app need not go on.
            job.cancel()
            raise


def _write_text(job: Job, watch: Watch) -> None:
    ends_line = True
    for added in job.deltas():
        watch.stop()
        put(added)
        ends_line = added.endswith("\n")
    watch.stop()
    if not ends_line:
        put("\n")


def _write_values(job: Job, call: Bound, watch: Watch) -> None:
    for value in job:
        watch.stop()
        if call.results.json:
            write(json_text(call.results.placed(value), indent=None))
        else:
            call.results.write(value, call.endpoint)
