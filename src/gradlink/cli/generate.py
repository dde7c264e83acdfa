"""``gradlink generate``: a module with a client, or types, for one app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gradlink.cli import exits
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import say, write

if TYPE_CHECKING:
    from gradlink._protocol.jsonvalue import JSONObject
    from gradlink._protocol.schema import AppSchema

SUFFIXES = {".py": "python", ".pyi": "python", ".ts": "ts", ".mts": "ts", ".cts": "ts"}


@click.command("generate")
@connecting
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; standard output by default.")
@click.option(
    "--lang",
    type=click.Choice(["python", "ts"]),
    help="Language of the module; by the suffix of FILE, or python.",
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing; exit with 1 if the app has drifted from FILE, as gradlink check does.",
)
def command(via: Connecting, output: str, lang: str | None, *, only_check: bool) -> None:
    """Write a client for one app: its endpoints as methods, with their types.

    In TypeScript it is a module of types and a connect() that knows them.
    """
    if only_check:
        _check(via, output)
        return
    language = lang or SUFFIXES.get(Path(output).suffix.lower(), "python")
    text = _module(via, language, output)
    if output == "-":
        write(text, end="")
    else:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
        say(f"wrote {output}")


def schema_of(via: Connecting) -> AppSchema:
    """Return the app as it describes itself now."""
    from gradlink._protocol.schema import read_app

    with via.client(download_files=False) as client:
        info = cast("JSONObject", client.view_api(all_endpoints=True, print_info=False, return_format="dict"))
        return read_app(client.config, info)


def _check(via: Connecting, output: str) -> None:
    from gradlink.cli.check import compared, made_from, show

    if output == "-":
        raise click.UsageError("--check needs the file to compare with: -o FILE")
    changes = compared(via, made_from(output))
    show(output, changes, via.app)
    if changes:
        raise click.exceptions.Exit(exits.FAILED)


def _module(via: Connecting, language: str, output: str) -> str:
    # Late, so that --help answers at once.
    from gradlink.codegen.description import describe_app
    from gradlink.codegen.python import python_module
    from gradlink.codegen.typescript import typescript_module

    schema = schema_of(via)
    if language == "ts":
        return typescript_module(schema, via.app, "app.ts" if output == "-" else output)
    return python_module(describe_app(schema), via.app, "client.py" if output == "-" else output)
