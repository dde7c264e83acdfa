"""``gradlink call``: one call, its result on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradlink.cli.calling import CONTEXT, CallCommand, Wanted, bound, calling, cancelled
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import write
from gradlink.cli.results import Results
from gradlink.cli.watching import Watch, watched

if TYPE_CHECKING:
    from gradlink import Job
    from gradlink._protocol.schema import Endpoint

VALUES = """\
A VALUE is a text, a number, true or false, as the endpoint wants it; NAME:=JSON is JSON. @FILE is a file, or the text of
one where the endpoint takes a text; @- is standard input, @@ a text that begins with @. A list has its NAME=VALUE
repeated, or is JSON. "gradlink call APP ENDPOINT --help" shows what an endpoint takes."""

EXAMPLES = """
\b
gradlink call http://127.0.0.1:7860 /greet name=Ada excited=true
gradlink call user/space /predict prompt="A cute cat" image=@in.png -o out.png
"""


@click.command("call", cls=CallCommand, context_settings=CONTEXT, epilog=VALUES + "\n" + EXAMPLES)
@connecting
@click.option(
    "--detach",
    is_flag=True,
    help='Leave the job to the app and print what "gradlink jobs collect" collects it with.',
)
@calling
def command(ctx: click.Context, via: Connecting, wanted: Wanted) -> None:
    """Call an endpoint and print its result."""
    with bound(ctx, via, wanted) as call:
        if wanted.detach:
            write(call.detach())
            return
        with watched() as watch:
            finish(call.submit(), watch, call.results, call.endpoint)


def finish(job: Job, watch: Watch, results: Results, endpoint: Endpoint) -> None:
    """Wait for a job and write its result; Ctrl-C cancels it."""
    try:
        result = job.result()
    except KeyboardInterrupt:
        watch.stop()
        cancelled(job)
        raise
    watch.stop()
    results.write(result, endpoint)
