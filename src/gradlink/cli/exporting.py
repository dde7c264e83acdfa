"""What ``gradlink docs`` writes instead of showing a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import click

from gradlink._dataclass import dataclass
from gradlink.cli.connecting import Connecting
from gradlink.cli.console import say, write

if TYPE_CHECKING:
    from gradlink._protocol.jsonvalue import JSONObject
    from gradlink._protocol.schema import AppSchema
    from gradlink.docs_page.document import Document

F = TypeVar("F", bound=Callable[..., Any])
TextForm = Literal["markdown", "openapi", "llms"]


@dataclass(frozen=True, slots=True)
class Exports:
    """What is to be written.

    Attributes:
        form: the form of a text, None for none.
        html: the directory for a page, None for none.
        output: where a text goes, "-" for standard output.
    """

    form: TextForm | None
    html: str | None
    output: str

    @property
    def wanted(self) -> bool:
        """Something is to be written."""
        return self.form is not None or self.html is not None


def export_options(command: F) -> F:
    """Give a command the options ``html``, ``forms`` and ``output``; see ``exports_of``."""
    texts = {
        "llms": "Write one text for language models and agents.",
        "openapi": "Write the app's HTTP API as OpenAPI 3.1.",
        "markdown": "Write one file of Markdown.",
    }
    command = click.option(
        "-o", "--output", metavar="FILE", help="Where a text goes; standard output by default."
    )(command)
    for form, help_text in texts.items():
        command = click.option(f"--{form}", "forms", flag_value=form, multiple=True, help=help_text)(command)
    return click.option("--html", metavar="DIR", help="Write the page into a directory; it works as a file.")(
        command
    )


def exports_of(html: str | None, forms: tuple[str, ...], output: str | None) -> Exports:
    """Return what the options say. Raises click.UsageError for several forms at once."""
    wanted = [*(["--html"] if html is not None else []), *(f"--{form}" for form in forms)]
    if len(wanted) > 1:
        raise click.UsageError(f"{' and '.join(wanted)}: one at a time")
    if output is not None and not forms:
        raise click.UsageError("-o is for --markdown, --openapi and --llms")
    form = cast("TextForm", forms[0]) if forms else None
    return Exports(form, html, output or "-")


def export(via: Connecting, exports: Exports, *, everything: bool) -> None:
    """Ask the app what it is, and write it."""
    if exports.html is not None:
        _check_directory(exports.html)
    schema, url = _asked(via)
    if exports.html is not None:
        from gradlink.docs_page.exports.site import write_site
        from gradlink.docs_page.html import page

        document = _document(via, schema, url, everything=everything)
        say(f"wrote {write_site(Path(exports.html), page(document, live=False))}")
        return
    text = _text(via, cast("TextForm", exports.form), schema, url, everything=everything)
    if exports.output == "-":
        write(text, end="")
    else:
        Path(exports.output).write_text(text, encoding="utf-8", newline="\n")
        say(f"wrote {exports.output}")


def _check_directory(directory: str) -> None:
    from gradlink.docs_page.exports.site import foreign

    if Path(directory).is_file():
        raise click.UsageError(f"--html {directory} is a file; name a directory")
    if others := foreign(Path(directory)):
        listed = ", ".join(others[:5])
        raise click.UsageError(
            f"--html {directory} has files that gradlink has not written ({listed}); name an empty directory"
        )


def _asked(via: Connecting) -> tuple[AppSchema, str]:
    """Return the app as it describes itself now, and its URL: what is written may be given to others."""
    from gradlink._protocol.routes import without_credentials
    from gradlink._protocol.schema import read_app

    with via.client(download_files=False) as client:
        info = cast("JSONObject", client.view_api(all_endpoints=True, print_info=False, return_format="dict"))
        return read_app(client.config, info), without_credentials(client.src)


def _document(via: Connecting, schema: AppSchema, url: str, *, everything: bool) -> Document:
    from gradlink._protocol.routes import without_credentials
    from gradlink.codegen.snippets.programs import target_of
    from gradlink.docs_page.description import described
    from gradlink.docs_page.programs import Programs

    source = without_credentials(via.app)
    target = target_of(schema, source, url, login=via.auth is not None, token=via.token is not None)
    document = described(schema, source, url, everything=everything)
    return Programs(schema, target).with_snippets(document)


def _text(via: Connecting, form: TextForm, schema: AppSchema, url: str, *, everything: bool) -> str:
    match form:
        case "openapi":
            from gradlink.docs_page.exports.openapi import openapi_document

            login, token = via.auth is not None, via.token is not None
            document = openapi_document(schema, url, login=login, token=token)
            return json.dumps(document, indent=2, allow_nan=False) + "\n"
        case "markdown":
            from gradlink.docs_page.exports.markdown import markdown

            return markdown(_document(via, schema, url, everything=everything))
        case "llms":
            from gradlink.docs_page.exports.llms import llms

            return llms(schema, _document(via, schema, url, everything=everything))
