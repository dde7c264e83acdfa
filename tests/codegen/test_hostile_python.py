"""What an app says gets into a Python module as a literal, a docstring or a name, and in no other way."""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache

import pytest

from gradlink.codegen.description import describe_app
from gradlink.codegen.fingerprint import fingerprint, read_python, read_typescript
from gradlink.codegen.python import python_module
from gradlink.codegen.python_names import USED
from gradlink.codegen.quoting import docstring_lines, python_literal, python_text
from gradlink.codegen.typescript import typescript_module
from tests.codegen.hostile import HOSTILE, hostile_app, spoiled

SOURCE = "http://127.0.0.1:7860"
EVERYTHING = "".join(text for name, text in HOSTILE.items() if name != "very long")
# Whatever the generator writes is one of these.
NODES = (
    ast.Module, ast.ImportFrom, ast.alias, ast.AnnAssign, ast.Assign, ast.Expr, ast.ClassDef, ast.FunctionDef,
    ast.AsyncFunctionDef, ast.arguments, ast.arg, ast.Return, ast.Await, ast.Call, ast.keyword, ast.Name, ast.Attribute,
    ast.Constant, ast.Subscript, ast.Tuple, ast.List, ast.Dict, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load,
    ast.Store,
)  # fmt: skip
CALLS = re.compile(r"super|super\(\)\.__init__|TypedDict|self\._(call|call_any|run|stream)")


@cache
def modules(text: str) -> list[str]:
    schemas = [hostile_app(text, thorough=thorough) for thorough in (False, True)]
    return [python_module(describe_app(schema), SOURCE) for schema in schemas]


def check(text: str) -> None:
    """Check that a module holds nothing but what its template makes."""
    assert not re.search("[\r\v\f\x00\x1c-\x1e\x85\u2028\u2029\ufeff\ud800-\udfff]", text)
    tree = ast.parse(text.encode("utf-8"))
    assert ast.dump(tree) == ast.dump(ast.parse(text, type_comments=True))
    declared = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    declared |= {
        one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    arguments = {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    for node in ast.walk(tree):
        assert isinstance(node, NODES), ast.dump(node)
        match node:
            case ast.arg():
                assert unicodedata.normalize("NFKC", node.arg) == node.arg
            case ast.ImportFrom():
                assert node.module in {"__future__", "typing", "gradlink.typed"}
            case ast.Call():
                assert CALLS.fullmatch(ast.unparse(node.func))
            case ast.Attribute():
                assert ast.unparse(node.value) in {"self", "super()"}
            case ast.Name(ctx=ast.Load()):
                assert node.id in USED | declared | arguments
            case ast.Expr():
                assert isinstance(node.value, (ast.Constant, ast.Call))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                assert not node.decorator_list
                assert node.name == "__init__" or not node.name.startswith("_")
            case _:
                pass
    statements = [node for node in tree.body if isinstance(node, (ast.ClassDef, ast.AnnAssign, ast.Assign))]
    top = [
        getattr(node, "name", None) or ast.unparse(node).partition("=")[0].partition(":")[0].strip()
        for node in statements
    ]
    assert len(set(top)) == len(top)
    assert set(top) & USED == {"APP"}
    methods = {
        child.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for child in node.body
        if not isinstance(child, (ast.Expr, ast.AnnAssign))
        and isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert not methods & USED
    # What checkers obey stands in a comment: there are those of the template alone.
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert len(comments) == 4
    for line in text.splitlines()[:2]:
        assert "coding" not in line


@pytest.mark.slow("writes and parses a module of 50 endpoints for each text")
@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_an_app_says_is_code(said: str) -> None:
    for text in modules(HOSTILE[said]):
        check(text)


@pytest.mark.slow("writes and parses a module of 50 endpoints for each text")
@pytest.mark.parametrize("release", ["3.16.2", "3.34.0", "3.50.2", "4.0.0", "4.44.1", "5.49.1"])
def test_nothing_an_app_of_any_generation_says_is_code(release: str) -> None:
    check(python_module(describe_app(hostile_app(EVERYTHING, release)), SOURCE))


@pytest.mark.parametrize("said", HOSTILE)
def test_the_module_can_be_used(said: str) -> None:
    for text in modules(HOSTILE[said]):
        found: dict[str, object] = {}
        exec(compile(text, "client.py", "exec"), found)  # noqa: S102  # checked by the test above
        assert found["APP"] == SOURCE


@pytest.mark.slow("writes and parses a module of 50 endpoints for each text")
@pytest.mark.parametrize("said", HOSTILE)
def test_it_says_what_it_was_made_from_in_both_languages(said: str) -> None:
    for thorough in (False, True):
        schema = hostile_app(HOSTILE[said], thorough=thorough)
        description = describe_app(schema)
        assert read_python(python_module(description, SOURCE)) == description
        assert read_typescript(typescript_module(schema, SOURCE)) == description
        for line in fingerprint(description):
            assert line.isascii()
            assert line.isprintable()
            assert line == line.strip()
            assert not set(line) & set("#@*<>&'`$%^~")


@pytest.mark.parametrize("said", HOSTILE)
def test_a_literal_is_what_was_said(said: str) -> None:
    shown = python_text(HOSTILE[said])
    assert shown.isprintable()
    assert ast.literal_eval(shown) == HOSTILE[said]


@pytest.mark.parametrize("said", HOSTILE)
def test_a_docstring_ends_where_its_template_ends_it(said: str) -> None:
    body = "\n".join(["x", *docstring_lines(HOSTILE[said]), ""])
    assert ">>>" not in body
    (statement,) = ast.parse(f'r"""{body}"""').body
    assert isinstance(statement, ast.Expr)
    assert ast.literal_eval(statement.value) == body


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (True, "True"),
        (-3, "-3"),
        (1e-05, "1e-05"),
        ("a", '"a"'),
        ('say "a"', "'say \"a\"'"),
        ("it's", '"it\'s"'),
        ('"it\'s"', "'\"it\\'s\"'"),
        ("ä\u200b\\\n", '"ä\\u200b\\\\\\n"'),
        (10**400, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_a_value_is_written_as_the_formatter_writes_it(value: object, shown: str | None) -> None:
    assert python_literal(value) == shown


def test_the_command_that_makes_it_again_can_be_pasted() -> None:
    description = describe_app(hostile_app("x"))
    text = python_module(description, "http://h/;rm x\n", "my client.py")
    assert "#   gradlink generate 'http://h/;rm x\\n' -o 'my client.py'\n" in text
    check(text)
    check(python_module(description, '"""\n# coding: utf-7\nimport os', "\n\nx=1"))


def test_a_hostile_fingerprint_is_refused_and_never_run() -> None:
    for text in ("", "x = 1", "_MADE_FROM: Final = f(1)", "(" * 100_000, "_MADE_FROM: str = '{}'", "\x00"):
        with pytest.raises(ValueError, match=r"it|what"):
            read_python(text)
    for text in ("", "//|", "//|[]", "//|" + "[" * 100_000):
        with pytest.raises(ValueError, match=r"it|what"):
            read_typescript(text)


def test_spoiling_reaches_what_is_written() -> None:
    assert spoiled({"label": "a"}, "x", thorough=False, config=False) == {"label": "xax"}
