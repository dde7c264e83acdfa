"""``gradlink docs``: a page that describes an app and calls it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import say, write
from gradlink.cli.exporting import export, export_options, exports_of

if TYPE_CHECKING:
    from gradlink._async.client import AsyncClient
    from gradlink.docs_page.serving import Running


@click.command("docs")
@connecting
@click.option(
    "--host",
    default="127.0.0.1",
    metavar="NAME",
    show_default=True,
    help="Where to listen; others than this machine can use the page if it is another one.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port to listen on; any that is free by default.",
)
@click.option("--open/--no-open", "opens", default=True, help="Whether a browser is opened.")
@click.option("--all", "everything", is_flag=True, help="Also endpoints that the app does not list.")
@export_options
def command(
    via: Connecting,
    host: str,
    port: int,
    html: str | None,
    forms: tuple[str, ...],
    output: str | None,
    *,
    opens: bool,
    everything: bool,
) -> None:
    """Show a page with the endpoints of an app: try them, and copy the code.

    It is served on this machine, to this machine alone, until Ctrl-C. With --html, --markdown, --openapi or --llms
    the description is written instead, and nothing is served.
    """
    exports = exports_of(html, forms, output)
    if exports.wanted:
        export(via, exports, everything=everything)
        return
    _serve(via, host, port, opens=opens, everything=everything)


def _serve(via: Connecting, host: str, port: int, *, opens: bool, everything: bool) -> None:
    check_installed()
    from gradlink._serving.listening import Listening, is_loopback
    from gradlink.docs_page.app import TargetOptions
    from gradlink.docs_page.serving import serve

    def client(directory: Path) -> AsyncClient:
        return via.async_client(download_files=str(directory), files="lazy")

    def ready(page: Running) -> None:
        document = page.app.document
        count = len(document["endpoints"])
        say(f"{document['app']['title']}: {count} {'endpoint' if count == 1 else 'endpoints'} of {via.app}")
        write(page.address)
        if not is_loopback(host):
            say("Whoever has this address can call the app as you: the address has the only key.")
        say("Ctrl-C ends it.")
        if opens:
            open_in_browser(page.address)

    target = TargetOptions(
        via.app, login=via.auth is not None, token=via.token is not None, everything=everything
    )
    serve(client, target, Listening(host, port), ready)


def check_installed() -> None:
    """Raise click.UsageError where the packages of the extra are missing."""
    missing = [name for name in ("starlette", "uvicorn") if importlib.util.find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"the page needs {' and '.join(missing)}; install it with: pip install 'gradlink[docs]'"
        )


def open_in_browser(address: str) -> None:
    """Open the page where there is a browser; the address is printed in any case."""
    import threading
    import webbrowser

    # Some browsers keep whoever starts them waiting.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
