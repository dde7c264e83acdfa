"""``gradlink generate``: a module with a client, or types, for one app."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from gradlink.cli import exits
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import say, write


@click.command("generate")
@connecting
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; standard output by default.")
@click.option("--lang", type=click.Choice(["ts"]), default="ts", help="Language of the module.")
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing; exit with 1 if FILE is not what would be written.",
)
def command(via: Connecting, output: str, lang: str, *, only_check: bool) -> None:
    """Write a module with types for the endpoints of an app, and a connect() that knows them."""
    if only_check and output == "-":
        raise click.UsageError("--check needs the file to compare with: -o FILE")
    del lang  # the only one so far
    text = _module(via, output)
    if output == "-":
        write(text, end="")
    elif not only_check:
        Path(output).write_text(text, encoding="utf-8")
        say(f"wrote {output}")
    elif Path(output).read_text(encoding="utf-8") != text:
        say(f"{output} is not what would be generated now")
        raise click.exceptions.Exit(exits.FAILED)


def _module(via: Connecting, output: str) -> str:
    # Late, so that --help answers at once.
    from gradlink._protocol.jsonvalue import JSONObject
    from gradlink._protocol.schema import read_app
    from gradlink.codegen.typescript import typescript_module

    with via.client(download_files=False) as client:
        info = cast("JSONObject", client.view_api(all_endpoints=True, print_info=False, return_format="dict"))
        return typescript_module(
            read_app(client.config, info), via.app, "app.ts" if output == "-" else output
        )
