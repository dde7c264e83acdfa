"""Runs a command of the command line, and turns what goes wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from gradlink import __version__
from gradlink._text import one_line
from gradlink.cli import exits
from gradlink.cli.console import complain, prepare_streams, say
from gradlink.cli.interrupts import noticed
from gradlink.errors import GradlinkError

# Each is loaded when it is used, since what it imports takes longer than printing the help.
COMMANDS = {
    "info": "Show the endpoints of an app, their parameters and results.",
    "call": "Call an endpoint and print its result.",
    "stream": "Call an endpoint and print what it adds, as it arrives.",
    "jobs": "Collect the results of detached jobs.",
    "chat": "Talk to a chat app.",
    "map": "Call an endpoint for each row of a file.",
    "doctor": "Find out why a client cannot use an app.",
    "docs": "Show a page with an app's endpoints, to try them and copy the code.",
    "generate": "Write a client with types for one app, in Python or TypeScript.",
    "check": "Tell whether an app still fits a generated client.",
    "record": "Use an app in its page, and get the program that does the same.",
    "cache": "Show what files of results take on this machine, and remove them.",
    "completion": "Print the code that completes commands in a shell.",
}


class Commands(click.Group):
    """The commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"gradlink.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands do, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=Commands,
    name="gradlink",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="APP is the URL of an app, or the name of a Hugging Face Space such as user/space.",
)
@click.version_option(__version__, prog_name="gradlink", message="%(prog)s %(version)s")
def gradlink() -> None:
    """Call any Gradio app from the command line."""


def run(arguments: Sequence[str]) -> int:
    """Run a command; return its exit code. Errors are told on standard error, without a traceback."""
    prepare_streams()
    if "_GRADLINK_COMPLETE" in os.environ:
        from gradlink.cli.shells import use_whole_words

        use_whole_words()
        gradlink.main(prog_name="gradlink")  # which ends the program
    debug = "--debug" in arguments
    try:
        # Not by its main(), which makes of a reader that has left an exit code of its own.
        with noticed(), gradlink.make_context("gradlink", list(arguments)) as context:
            gradlink.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return exits.CANCELLED
    except click.ClickException as exc:
        _complain_of_usage(exc)
        return exc.exit_code
    except BrokenPipeError as exc:
        # Whoever read has left; nothing may be written when the interpreter ends, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.exit_code(exc)
    except KeyboardInterrupt:
        return exits.CANCELLED
    except Exception as exc:
        if debug:
            raise
        expected = isinstance(exc, (GradlinkError, OSError))
        complain(exits.text_of(exc) if expected else f"{type(exc).__name__}: {exc}")
        if not expected:
            say("This is a mistake of gradlink's; --debug shows where it is.")
        return exits.exit_code(exc)
    return exits.OK


def _complain_of_usage(error: click.ClickException) -> None:
    complain(error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        root = context
        while root.parent is not None and root.parent.parent is not None:
            root = root.parent
        words = [
            root.command_path,
            *(one_line(root.params[name]) for name in ("app", "endpoint") if root.params.get(name)),
        ]
        say(f"See: {' '.join(words)} --help")
