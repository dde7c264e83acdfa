"""``gradlink info``: what an app offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradlink._describe.fields import fields_of
from gradlink._describe.functions import callable_endpoints
from gradlink.cli import describing
from gradlink.cli.completing import complete_endpoint
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import json_text, output, write
from gradlink.cli.endpoints import endpoint_of
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink import Client
    from gradlink._protocol.schema import Endpoint


@click.command("info")
@connecting
@click.argument("endpoint", required=False, metavar="[ENDPOINT]", shell_complete=complete_endpoint)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also endpoints without a name, and those that the app does not list.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "agent"]),
    default="human",
    help="json is for programs, agent for language models.",
)
def command(via: Connecting, endpoint: str | None, form: str, *, everything: bool) -> None:
    """Show the endpoints of an app, or the parameters and results of one.

    ENDPOINT is a name such as /predict, or the number of a function.
    """
    with via.client(download_files=False) as client:
        waiting = _queue_size(client)
        one = None if endpoint is None else endpoint_of(client, endpoint)
        shown = (
            [one] if one is not None else callable_endpoints(client.endpoints.values(), everything=everything)
        )
        match form:
            case "json":
                write(json_text(describing.as_json(client, shown, waiting)))
            case "agent":
                write(describing.for_agents(client, shown, via.app))
            case _:
                _show(client, shown, via.app, waiting, detailed=one is not None or len(shown) == 1)


def _queue_size(client: Client) -> int | None:
    """Return how many jobs wait; an app that cannot be asked now is described all the same."""
    try:
        return client.queue_size()
    except GradlinkError:
        return None


def _show(client: Client, shown: list[Endpoint], app: str, waiting: int | None, *, detailed: bool) -> None:
    from gradlink.cli import tables

    console = output().console()
    console.print(tables.heading(client, waiting))
    if not shown:
        console.print("It has no endpoint that it lists; see them all with --all.")
    elif detailed:
        for part in tables.details(client, shown[0]):
            console.print(part)
        console.print(tables.hint(shown[0], app, fields_of(client.config, shown[0])), soft_wrap=True)
    else:
        console.print(tables.overview(shown))
        console.print(tables.hint(shown[0], app), soft_wrap=True)
