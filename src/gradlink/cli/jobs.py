"""``gradlink jobs``: what becomes of jobs that were detached."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import click

from gradlink.cli.call import finish
from gradlink.cli.calling import FORMAT, OUTPUT, delivering
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.watching import watched

EXAMPLE = """
\b
ticket=$(gradlink call http://127.0.0.1:7860 /bake cake=marble --detach)
gradlink jobs collect "$ticket"
"""


@click.group("jobs")
def command() -> None:
    """Collect the results of detached jobs."""


@command.command("collect", epilog=EXAMPLE)
@partial(connecting, app="TICKET")
@OUTPUT
@FORMAT
def collect(via: Connecting, target: str | None, form: str) -> None:
    """Wait for a job that "gradlink call --detach" has left to its app, and print its result, once.

    TICKET says where the app is: take it only from those whose apps you would call.
    """
    from gradlink._protocol.ticket import read_ticket

    text, ticket = via.app, read_ticket(via.app)
    with (
        delivering(replace(via, app=ticket.base), target, json=form == "json") as (client, results),
        watched() as watch,
    ):
        finish(client.attach(text), watch, results, client.endpoints[ticket.fn_index])
