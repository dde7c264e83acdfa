"""``gradlink check``: whether an app still fits a module that was generated from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradlink._text import one_line
from gradlink.cli import exits
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import json_text, write
from gradlink.cli.generate import SUFFIXES, schema_of

if TYPE_CHECKING:
    from gradlink.codegen.description import Description
    from gradlink.codegen.drift import Change


@click.command("check")
@connecting
@click.argument("file", metavar="FILE")
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="json is for programs."
)
@click.option("--breaking-only", is_flag=True, help="Exit with 1 only if something breaks callers.")
def command(via: Connecting, file: str, form: str, *, breaking_only: bool) -> None:
    """Tell whether an app still fits the client in FILE, which gradlink generate wrote.

    FILE is read and not run. Exits with 1 if the app has drifted: lists what breaks callers first.
    """
    before = made_from(file)
    changes = compared(via, before)
    breaking = [change for change in changes if change.breaking]
    if form == "json":
        write(json_text(_as_json(via.app, file, changes)))
    else:
        show(file, changes, via.app)
    if breaking or (changes and not breaking_only):
        raise click.exceptions.Exit(exits.FAILED)


def made_from(file: str) -> Description:
    """Return what the module in ``file`` was made from. Raises click.UsageError if it does not say so."""
    from gradlink.codegen.fingerprint import read_python, read_typescript

    try:
        text = Path(file).read_text(encoding="utf-8")
        typescript = SUFFIXES.get(Path(file).suffix.lower()) == "ts"
        return read_typescript(text) if typescript else read_python(text)
    except ValueError as exc:
        raise click.UsageError(
            f"{one_line(file)} is not a module that gradlink generate wrote: {exc}"
        ) from None


def compared(via: Connecting, before: Description) -> list[Change]:
    """Return what has changed in the app since ``before``."""
    from gradlink.codegen.description import describe_app
    from gradlink.codegen.drift import drift

    return drift(before, describe_app(schema_of(via)))


def show(file: str, changes: list[Change], app: str) -> None:
    """Write the changes, what breaks callers first."""
    if not changes:
        write(one_line(f"{file} fits the app."))
        return
    for title, breaking in (("Breaking", True), ("Harmless", False)):
        listed = [change for change in changes if change.breaking is breaking]
        if listed:
            write(f"{title}:")
        for change in listed:
            where = f"{change.endpoint} {change.parameter}".rstrip()
            write(one_line(f"  {where}: {change.text}"))
    write(one_line(f"Make it again: gradlink generate {app} -o {file}"))


def _as_json(app: str, file: str, changes: list[Change]) -> dict[str, object]:
    listed: dict[bool, list[dict[str, str]]] = {True: [], False: []}
    for change in changes:
        about = {"kind": change.kind, "endpoint": change.endpoint}
        if change.parameter:
            about["parameter"] = change.parameter
        listed[change.breaking].append({**about, "text": change.text})
    return {
        "app": app,
        "file": file,
        "drifted": bool(changes),
        "breaking": listed[True],
        "harmless": listed[False],
    }
