"""``gradlink record``: what is done in an app's page, written down as a program."""

from __future__ import annotations

import importlib.util
import sys
import threading
import webbrowser
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import output as console_output
from gradlink.cli.console import say, write
from gradlink.errors import AuthenticationError, ProtocolError

if TYPE_CHECKING:
    from gradlink._protocol.jsonvalue import JSONObject
    from gradlink._protocol.schema import AppSchema
    from gradlink.codegen.snippets.calls import Target
    from gradlink.recorder.programs.writing import Part
    from gradlink.recorder.recorder import Recorder
    from gradlink.recorder.upstream import App

LANGUAGES: Final = {"python": "recorded.py", "typescript": "recorded.ts"}
TOKEN: Final = "HF_TOKEN"  # noqa: S105  # the name of the variable that has it
MAX_SHOWN: Final = 400
INSTALL: Final = "this command needs starlette and uvicorn; install them with: pip install 'gradlink[record]'"


@click.command("record")
@connecting
@click.option(
    "-o", "--output", metavar="FILE", help="Where to; - writes to the terminal only. recorded.py by default."
)
@click.option(
    "--lang", type=click.Choice(list(LANGUAGES)), help="Language; by the suffix of FILE, or python."
)
@click.option("--test", "as_test", is_flag=True, help="Write a test for pytest; the session is played again.")
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Where to listen; this machine only by default."
)
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), help="Where to listen; a free port by default."
)
@click.option(
    "--open/--no-open", "opens", default=None, help="Open the page in a browser; on a terminal by default."
)
def command(
    via: Connecting,
    output: str | None,
    lang: str | None,
    host: str,
    port: int,
    *,
    as_test: bool,
    opens: bool | None,
) -> None:
    """Use an app in its own page, and get the program that does the same.

    Open the address that is shown, and use the app; Ctrl-C ends the recording. Passwords and tokens are not written.
    """
    if any(importlib.util.find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise click.ClickException(INSTALL)
    language = _language(lang, output)
    if as_test and language != "python":
        raise click.UsageError("--test writes a test for pytest, which is Python")
    _record(
        via, language, output or _default(language, as_test=as_test), host, port, as_test=as_test, opens=opens
    )


def _language(lang: str | None, output: str | None) -> str:
    suffix = Path(output or "").suffix.lower()
    return lang or ("typescript" if suffix in {".ts", ".mts", ".js", ".mjs"} else "python")


def _default(language: str, *, as_test: bool) -> str:
    return "test_recorded.py" if as_test else LANGUAGES[language]


def _record(
    via: Connecting, language: str, output: str, host: str, port: int, *, as_test: bool, opens: bool | None
) -> None:
    from gradlink.recorder.files import RecordedFiles, write_atomically
    from gradlink.recorder.recorder import Outlet, Recorder
    from gradlink.recorder.serving import Serving

    app, schema, target = _app(via)
    path = Path("recorded" if output == "-" else output)
    folder = f"{path.stem}_files"
    kept = path.parent / folder
    files = RecordedFiles(kept, folder if as_test else kept.as_posix())

    def save(text: str) -> None:
        if output != "-":
            write_atomically(path, text)

    recorder = Recorder(target, files, Outlet(language, save, show))
    _hide(recorder, via, app)
    if schema is not None:
        recorder.described(schema)
    with Serving(app, recorder, host, port) as serving:
        say(f"Open {serving.url} and use the app; Ctrl-C ends the recording.")
        recorder.update()
        if opens or (opens is None and sys.stdout.isatty()):
            webbrowser.open(serving.url)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    if as_test:
        from gradlink.recorder.replay import tested

        save(tested(recorder, lambda: replace(via, auth=recorder.auth).client(), path.parent))
    _sum_up(recorder, output)


def _app(via: Connecting) -> tuple[App, AppSchema | None, Target]:
    """Return the app, what it is (None if the browser is to log in), and how programs connect to it."""
    from gradlink._local.tokens import chosen_token
    from gradlink._protocol.routes import normalise
    from gradlink.codegen.snippets.calls import Target
    from gradlink.recorder.upstream import App

    schema: AppSchema | None = None
    token = via.token
    base = src = normalise(via.app)
    try:
        with via.client(download_files=False) as client:
            info = cast(
                "JSONObject", client.view_api(all_endpoints=True, print_info=False, return_format="dict")
            )
            schema = read_schema(client.config, info)
            base = client.src
            # That of the saved one, too, which programs use without being told.
            token = via.token or (chosen_token(None)[0] if client.space_id is not None else None)
            src = base if "://" in via.app else via.app
    except AuthenticationError:
        # The person logs in at the app's own page; where that is, only its URL says.
        if via.auth is not None or "://" not in via.app:
            raise
    headers = dict(via.headers)
    if token:
        headers["Authorization"] = f"Bearer {token}"
    target = Target(src, base, "" if schema is None else schema.prefix, token=TOKEN if via.token else "")
    return App(base, headers, via.auth, via.insecure), schema, target


def read_schema(config: JSONObject, info: JSONObject) -> AppSchema:
    """Return the app that says this of itself. Raises ProtocolError for one whose page cannot be recorded."""
    from gradlink._protocol.dialect import FileForm
    from gradlink._protocol.schema import read_app

    schema = read_app(config, info)
    # Since 4.0 files are sent so, and jobs without WebSockets.
    if schema.dialect.file_form is not FileForm.FILE_DATA:
        raise ProtocolError(
            f"this app has Gradio {schema.version}, whose page speaks through WebSockets; gradlink record needs Gradio 4 "
            "or newer (gradlink generate and gradlink call work with it)"
        )
    return schema


def show(part: Part) -> None:
    """Write the lines of a step to the terminal."""
    colored = console_output().color is not False and sys.stdout.isatty()
    for line in part.lines:
        write(shortened(line) if not colored else click.style(shortened(line), dim=part.dim))


def shortened(line: str) -> str:
    """Return a line as a terminal shows it: the file has all of it."""
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def _hide(recorder: Recorder, via: Connecting, app: App) -> None:
    """Name the secrets of the command line, and those that every request gets."""
    from gradlink.recorder.hidden import environment_name

    if via.auth is not None:
        recorder.logs_in(*via.auth)
    if via.token:
        recorder.secrets.add(via.token, TOKEN)
    for name, value in app.headers.items():
        recorder.secrets.add(value.removeprefix("Bearer "), environment_name(name))


def _sum_up(recorder: Recorder, output: str) -> None:
    calls = sum(step.is_call for step in recorder.recording.steps)
    where = "" if output == "-" else f", in {output}"
    say(f"Recorded {calls} call{'' if calls == 1 else 's'}{where}.")
