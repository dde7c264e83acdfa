"""TypeScript modules for apps of all generations."""

from __future__ import annotations

import re

import pytest

from gradlink._protocol.schema import read_app
from gradlink.codegen.typescript import typescript_module
from tests.vectors.cases import VECTORS, app

RELEASES = sorted(path.name for path in (VECTORS / "apps").iterdir())


def module(release: str) -> str:
    return typescript_module(read_app(*app(release)), "http://127.0.0.1:7860", "app.ts")


def block(text: str, name: str) -> str:
    """Return the lines of one endpoint."""
    return text.partition(f'  "{name}": {{\n')[2].partition("\n  };\n")[0]


def test_an_endpoint_has_its_arguments_and_values() -> None:
    assert block(module("6.31.0"), "/add") == (
        "    args: {\n"
        "      a: number;\n"
        "      /** Default 10. */\n"
        "      b?: number;\n"
        '      /** Default "add". */\n'
        '      op?: "add" | "sub";\n'
        "    };\n"
        '    values: [a: number, b?: number, op?: "add" | "sub"];\n'
        "    data: [result: number];"
    )


def test_an_endpoint_without_arguments_takes_none() -> None:
    assert block(module("6.31.0"), "/ping") == (
        "    args: Record<string, never>;\n    values: [];\n    data: [out: string];"
    )


def test_files_go_as_arguments_and_come_as_file_data() -> None:
    assert block(module("6.31.0"), "/file_upper") == (
        "    args: {\n"
        "      file: FileArgument;\n"
        "    };\n"
        "    values: [file: FileArgument];\n"
        "    data: [file_out: FileData];"
    )


def test_long_types_are_written_once_under_a_name() -> None:
    text = module("6.31.0")
    assert "history?: ChatHistory;" in text
    assert text.count("export type ChatHistory = ") == 1


@pytest.mark.parametrize("release", RELEASES)
def test_every_generation_has_its_endpoints(release: str) -> None:
    text = module(release)
    schema = read_app(*app(release))
    named = {
        e.api_name
        for e in schema.endpoints.values()
        if e.api_name and e.visibility == "public" and e.callable
    }
    assert set(re.findall(r'^  "(/[^"]+)": \{$', text, re.MULTILINE)) == named
    assert len(named) > 20
    assert text.count("{") == text.count("}")


def test_the_same_app_gives_the_same_module() -> None:
    assert module("6.31.0") == module("6.31.0")
