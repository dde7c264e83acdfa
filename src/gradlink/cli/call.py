"""``gradlink call``: one call, its result on standard output."""

from __future__ import annotations

import click

from gradlink.cli.calling import CONTEXT, CallCommand, Wanted, bound, calling, cancelled
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.watching import watched

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
@calling
def command(ctx: click.Context, via: Connecting, wanted: Wanted) -> None:
    """Call an endpoint and print its result."""
    with bound(ctx, via, wanted) as call, watched() as watch:
        job = call.submit()
        try:
            result = job.result()
        except KeyboardInterrupt:
            watch.stop()
            cancelled(job)
            raise
        watch.stop()
        call.results.write(result, call.endpoint)
