"""``gradlink chat``: a conversation with a chat app, in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import chain

import click

from gradlink._describe.fields import fields_of
from gradlink._sync.interrupts import whole
from gradlink.cli import arguments
from gradlink.cli.completing import complete_argument, complete_endpoint
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import complain, output, put, say
from gradlink.cli.conversation import Answer, Conversation, chat_endpoint
from gradlink.cli.watching import Watch, watched
from gradlink.errors import GradlinkError

HELP = "/new begins anew, /quit or Ctrl-D leaves, Ctrl-C stops an answer; @PATH sends a file along."


@click.command("chat")
@connecting
@click.argument("endpoint", required=False, metavar="[ENDPOINT]", shell_complete=complete_endpoint)
@click.argument("items", nargs=-1, metavar="[NAME=VALUE]...", shell_complete=complete_argument)
@click.option("--plain", is_flag=True, help="Write answers as they are, not as Markdown.")
def command(via: Connecting, endpoint: str | None, items: tuple[str, ...], *, plain: bool) -> None:
    """Talk to a chat app.

    ENDPOINT is the one that answers, /chat by default; NAME=VALUE gives its other parameters. Where standard input is
    not a terminal, each of its lines is a message.
    """
    if endpoint is not None and "=" in endpoint and not endpoint.startswith("/"):
        items, endpoint = (endpoint, *items), None
    with via.client() as client:
        found = chat_endpoint(client, endpoint)
        fields = fields_of(client.config, found)
        given: dict[str, list[arguments.Given]] = {}
        for item in items:
            name, value = arguments.split_item(item)
            given.setdefault(name, []).append(value)
        conversation = Conversation(client, found, fields, given)
        interactive = sys.stdin.isatty()
        if interactive:
            say(f"{client.src} {found.title}. {HELP}")
        for message in _messages(interactive=interactive):
            if (
                not _turn(conversation, message, markdown=not plain and sys.stdout.isatty())
                and not interactive
            ):
                raise click.exceptions.Exit(conversation.failed)


def _turn(conversation: Conversation, message: str, *, markdown: bool) -> bool:
    """Send a message and write the answer; False if there is none."""
    match message.split():
        case []:
            return True
        case ["/new"]:
            conversation.begin_anew()
            say("a new conversation")
            return True
        case ["/help"]:
            say(HELP)
            return True
        case _:
            pass
    answer: Answer | None = None
    try:
        with watched() as watch:
            with whole():  # or nothing could stop it
                answer = conversation.send(message)
            _show(answer, watch, markdown=markdown)
    except KeyboardInterrupt:
        if answer is not None:
            answer.stop()
        say("stopped")
    except GradlinkError as exc:
        complain(exc)
        conversation.note_failure(exc)
        return False
    return True


def _show(answer: Iterator[str], watch: Watch, *, markdown: bool) -> None:
    first = next(answer, "")
    watch.stop()
    parts = chain((first,), answer)
    if markdown:
        from gradlink.cli.markdown import write_markdown

        write_markdown(parts, output().console())
    else:
        _write(parts)


def _write(answer: Iterable[str]) -> None:
    ends_line = True
    for added in answer:
        put(added)
        ends_line = added.endswith("\n")
    if not ends_line:
        put("\n")


def _messages(*, interactive: bool) -> Iterator[str]:
    if not interactive:
        for line in sys.stdin:
            yield line.rstrip("\n")
        return
    with suppress(ImportError):  # as on Windows
        import_module("readline")  # which lets the prompt be edited
    while True:
        try:
            line = input("> ")
        except EOFError:
            sys.stderr.write("\n")
            return
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            say(HELP)
            continue
        if line.strip() in {"/quit", "/exit"}:
            return
        yield line
