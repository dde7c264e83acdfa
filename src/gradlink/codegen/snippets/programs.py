"""One call as programs in every language that there is one for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gradlink._protocol.dialect import FileForm
from gradlink._protocol.schema import AppSchema
from gradlink.codegen.description import describe_app
from gradlink.codegen.python_names import ModuleNames, module_names
from gradlink.codegen.snippets import curl, python, python_typed, shell, typescript
from gradlink.codegen.snippets.calls import Call, Snippet, Target
from gradlink.codegen.snippets.values import Unwritable
from gradlink.errors import ArgumentError

TITLES = {
    "python": "Python",
    "python-async": "Python, async",
    "python-typed": "Python, typed",
    "typescript": "TypeScript",
    "curl": "curl",
    "shell": "Shell",
}


def snippets(call: Call, names: ModuleNames) -> list[Snippet]:
    """Return a program in each language of ``TITLES``, in their order; ``names`` are those of the app's typed module."""
    writers: dict[str, Callable[[Call], str]] = {
        "python": python.sync_program,
        "python-async": python.async_program,
        "python-typed": partial(python_typed.program, names=names),
        "typescript": typescript.program,
        "curl": curl.program,
        "shell": shell.program,
    }
    return [_snippet(language, writers[language], call) for language in TITLES]


def target_of(schema: AppSchema, src: str, url: str, *, login: bool = False, token: bool = False) -> Target:
    """Return the app as programs connect to it.

    Args:
        src: as its users name it.
        url: its URL.
        login: it is used with a name and a password, which programs read from APP_USER and APP_PASSWORD.
        token: it is used with a token of the Hub, which programs read from HF_TOKEN.
    """
    return Target(
        src=src,
        url=url.rstrip("/") + "/",
        api_prefix=schema.prefix,
        has_calls=schema.dialect.calls_by_name,
        takes_file_data=schema.dialect.file_form is FileForm.FILE_DATA,
        user="APP_USER" if login else "",
        password="APP_PASSWORD" if login else "",
        token="HF_TOKEN" if token else "",
    )


def names_of(schema: AppSchema) -> ModuleNames:
    """Return the names of the app's typed module."""
    return module_names(describe_app(schema))


def _snippet(language: str, write: Callable[[Call], str], call: Call) -> Snippet:
    try:
        return Snippet(language, code=write(call))
    except (Unwritable, ArgumentError) as exc:
        return Snippet(language, impossible=str(exc))
