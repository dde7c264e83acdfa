"""What `call` and `stream` share: their options, and a call bound to its endpoint."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from gradlink._dataclass import dataclass
from gradlink._describe.fields import fields_of
from gradlink.cli import arguments, flags
from gradlink.cli.completing import complete_argument, complete_endpoint, complete_flag
from gradlink.cli.connecting import Connecting
from gradlink.cli.console import say, write
from gradlink.cli.endpoints import detach, endpoint_of, submit
from gradlink.cli.results import Results

if TYPE_CHECKING:
    from gradlink import Client, Job
    from gradlink._protocol.schema import Endpoint

# What an endpoint gets by `--flag` is not known before the app has been asked.
CONTEXT = {"ignore_unknown_options": True, "help_option_names": list[str]()}
_HELP = ("-h", "--help")


class CallCommand(click.Command):
    """A command whose help, after APP and ENDPOINT, is that of the endpoint: --help is read like any other option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line; --help alone shows the help of the command."""
        if any(arg in _HELP for arg in args) and all(arg.startswith("-") for arg in args):
            write(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the options of the endpoint, too."""
        return super().shell_complete(ctx, incomplete) + complete_flag(ctx, self.params[0], incomplete)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command line asks for.

    Attributes:
        endpoint: as it was named, None for the only one.
        items: ``NAME=VALUE`` and ``--flag VALUE``, as they stand there.
        base: arguments as JSON, or ``@FILE``.
        target: where the files of the result go.
        json: the result is for programs.
        detach: the job is left to the app.
    """

    endpoint: str | None
    items: tuple[str, ...]
    base: str | None
    target: str | None
    json: bool
    detach: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A call that can be made.

    Attributes:
        arguments: of the endpoint, by name.
    """

    client: Client
    endpoint: Endpoint
    arguments: Mapping[str, Any]
    results: Results

    def submit(self) -> Job:
        """Send it."""
        return submit(self.client, self.endpoint, self.arguments)

    def detach(self) -> str:
        """Send it, and leave its job to the app; return the job's ticket."""
        return detach(self.client, self.endpoint, self.arguments)


def calling(function: Callable[[click.Context, Connecting, Wanted], None]) -> Callable[..., None]:
    """Give a command ENDPOINT, the arguments, and the options that say what becomes of the result.

    It gets them as ``wanted``; the help of an endpoint is written without it.
    """

    @wraps(function)
    def run(via: Connecting, *, form: str, wants_help: bool, **given: Any) -> None:
        ctx = click.get_current_context()
        wanted = Wanted(**given, json=form == "json")
        if wants_help:
            _show_help(ctx, via, wanted.endpoint)
        else:
            function(ctx, via, wanted)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


@contextmanager
def bound(ctx: click.Context, via: Connecting, wanted: Wanted) -> Generator[Bound]:
    """Connect to the app and read the arguments. Raises click.UsageError, or what connecting raises."""
    name, items = wanted.endpoint, list(wanted.items)
    if name is not None and (name.startswith("-") or ("=" in name and not name.startswith("/"))):
        # The endpoint was left out, since the app has only one.
        items, name = [name, *items], None
    with delivering(via, wanted.target, json=wanted.json) as (client, results):
        endpoint = endpoint_of(client, name)
        fields = fields_of(client.config, endpoint)
        given = flags.parse(ctx, endpoint, fields, items)
        values = arguments.read(fields, given, wanted.base)
        yield Bound(client, endpoint, values, results)


@contextmanager
def delivering(via: Connecting, target: str | None, *, json: bool) -> Generator[tuple[Client, Results]]:
    """Connect to the app; the files of results go to ``target``."""
    with ExitStack() as stack:
        options: dict[str, Any] = {}
        if target is not None:
            # In a directory of its own nothing but the files of this result is there to be moved.
            options["download_files"] = stack.enter_context(TemporaryDirectory(prefix="gradlink-"))
        client = stack.enter_context(via.client(**options))
        yield client, Results(json, target, options.get("download_files"))


def _show_help(ctx: click.Context, via: Connecting, endpoint: str | None) -> None:
    """Write the help of a command, or of the endpoint that is named after it."""
    if endpoint is None or "=" in endpoint:
        write(ctx.get_help())
        return
    with via.client(download_files=False) as client:
        found = endpoint_of(client, endpoint)
        write(flags.help_text(ctx, found, fields_of(client.config, found)))


def cancelled(job: Job) -> None:
    """Cancel a job that Ctrl-C has ended, and say what became of it."""
    if job.cancel():
        say("cancelled; the app was asked to stop, too")


OUTPUT = click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(),
    metavar="PATH",
    help="File, or directory, for the files of the result.",
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the result is written; json is for programs.",
)

_OPTIONS: Sequence[Callable[[Any], Any]] = (
    click.argument("endpoint", required=False, metavar="[ENDPOINT]", shell_complete=complete_endpoint),
    click.argument(
        "items", nargs=-1, type=click.UNPROCESSED, metavar="[NAME=VALUE]...", shell_complete=complete_argument
    ),
    click.option(
        "--json", "base", metavar="JSON|@FILE", help="Arguments as a JSON object or list; NAME=VALUE wins."
    ),
    OUTPUT,
    FORMAT,
    click.option(
        "-h", "--help", "wants_help", is_flag=True, help="Show this, or the parameters of ENDPOINT."
    ),
)
