"""What a shell can complete: commands and options by click, and what the app has, asked for while somebody types.

Completion must not print, fail or take long: an app that does not answer at once completes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, TypeAlias

import click
from click.shell_completion import CompletionItem

from gradlink._text import one_line
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink import Client

# What people wait for while they type.
SECONDS = 3.0

Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _quietly(complete: Complete) -> Complete:
    """Complete nothing where the app cannot be asked."""

    @wraps(complete)
    def run(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            return complete(ctx, param, incomplete)
        except (GradlinkError, click.UsageError, OSError):
            return []

    return run


@_quietly
def complete_endpoint(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of an endpoint of the app that stands before it."""
    del param
    from gradlink._describe.functions import callable_endpoints

    wanted = incomplete if incomplete.startswith("/") or not incomplete else f"/{incomplete}"
    with _client(ctx) as client:
        return [
            CompletionItem(e.api_name, help=one_line(e.description.partition("\n")[0]) or None)
            for e in callable_endpoints(client.endpoints.values())
            if e.api_name and e.api_name.startswith(wanted) and _can_be_typed(e.api_name)
        ]


@_quietly
def complete_argument(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ``name=`` of a parameter of the endpoint, or what may follow it where the app has choices."""
    del param
    from gradlink._describe.fields import fields_of
    from gradlink.cli.endpoints import endpoint_of

    with _client(ctx) as client:
        fields = fields_of(client.config, endpoint_of(client, ctx.params.get("endpoint")))
    name, equals, begun = incomplete.partition("=")
    if not equals:
        return [
            CompletionItem(f"{one.name}=", help=one_line(one.label))
            for one in fields
            if one.name.startswith(name) and _can_be_typed(one.name)
        ]
    choices = next((one.choices for one in fields if one.name == name), ())
    texts = [str(value) for _, value in choices]
    return [
        CompletionItem(f"{name}={text}") for text in texts if text.startswith(begun) and _can_be_typed(text)
    ]


@_quietly
def complete_flag(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ``--name`` of a parameter of the endpoint."""
    del param
    if not incomplete.startswith("-") or ctx.params.get("endpoint") is None:
        return []
    from gradlink._describe.fields import fields_of
    from gradlink.cli.endpoints import endpoint_of
    from gradlink.cli.flags import endpoint_command

    with _client(ctx) as client:
        endpoint = endpoint_of(client, ctx.params["endpoint"])
        made = endpoint_command(ctx, endpoint, fields_of(client.config, endpoint))
    flags = [flag for param in made.params for flag in (*param.opts, *param.secondary_opts)]
    return [CompletionItem(flag) for flag in flags if flag.startswith("--") and flag.startswith(incomplete)]


@contextmanager
def _client(ctx: click.Context) -> Generator[Client]:
    """Connect to the app that stands on the line so far."""
    from gradlink.cli.connecting import Connecting, login

    given = ctx.params
    app = given.get("app")
    if not isinstance(app, str):
        raise click.UsageError("there is no APP yet")
    via = Connecting(
        app, login(given.get("auth")), given.get("token"), insecure=bool(given.get("insecure")), retries=0
    )
    with via.client(wait=0, connect_seconds=SECONDS, download_files=False) as client:
        yield client


def _can_be_typed(text: str) -> bool:
    """Tell whether ``text`` can stand on a command line as it is: an app may call its things anything."""
    return text.isprintable() and not any(c.isspace() or c in "\"'\\$`;&|<>(){}[]*?!#~" for c in text)
