"""What a server can do is decided in one table: nothing else compares versions or protocols."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradlink._protocol.dialect import PROTOCOLS

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "gradlink"
TABLE = PACKAGE / "_protocol" / "dialect.py"
# The class of versions, which users compare.
VERSIONS = PACKAGE / "_protocol" / "version.py"

# What holds a version or a protocol, by its name.
_VERSION = re.compile(r"(^|_)(version|release|numbers|major)$")
_PROTOCOL = re.compile(r"(^|_)protocol$", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+)+")


def comparisons(text: str) -> list[str]:
    """Return what in a module compares versions or protocols, as source."""
    tree = ast.parse(text)
    return [f"{node.lineno}: {ast.unparse(node)[:100]}" for node in _found(tree)]


def _found(tree: ast.AST) -> Iterator[ast.expr | ast.pattern]:
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=ast.Attribute(value=ast.Name(id="sys"))):
                pass  # Python's own version
            case ast.Compare(left=left, ops=ways, comparators=others):
                operands = (left, *others)
                ordered = any(isinstance(way, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for way in ways)
                if any(map(_decides, operands)) or (ordered and any(map(_is_numbers, operands))):
                    yield node
            case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith"), args=args):
                if any(map(_decides, (value, *args))):
                    yield node
            case ast.Attribute(attr="at_least") | ast.Name(id="at_least"):
                yield node
            case ast.MatchValue(value=value) if _decides(value):
                yield node
            case ast.Match(subject=subject) if _decides(subject):
                yield subject
            case _:
                pass


def _decides(operand: ast.expr) -> bool:
    """Tell whether a comparison with ``operand`` decides by version or protocol."""
    match operand:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return bool(_VERSION.search(name) or _PROTOCOL.search(name))
        case ast.Subscript(value=value):
            return _decides(value)
        case ast.Call(func=ast.Name(id=name)):
            return name == "AppVersion"
        case ast.Constant(value=str(text)):
            return text in PROTOCOLS or text.startswith("sse") or bool(_NUMBERS.fullmatch(text))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(map(_decides, parts))
        case _:
            return False


def _is_numbers(operand: ast.expr) -> bool:
    """Tell whether ``operand`` is a tuple of numbers, as versions are compared with."""
    match operand:
        case ast.Tuple(elts=parts):
            return all(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in parts)
        case _:
            return False


@pytest.mark.parametrize(
    "line",
    [
        "if version.at_least(4, 9): ...",
        "found = schema.version >= (4, 9)",
        "found = (4,) <= given",
        "found = schema.version < '4.9'",
        "found = AppVersion('4.9') <= given",
        "found = schema.version.numbers[0] == 4",
        "found = dialect.release == other",
        "found = schema.protocol is Protocol.WS",
        "found = announced == 'sse_v3'",
        "found = announced in {'ws', 'sse'}",
        "found = dialect.protocol != first",
        "found = announced.startswith('sse_v')",
        "match announced:\n    case 'sse_v2': ...",
        "match dialect.protocol:\n    case _: ...",
    ],
)
def test_it_is_found(line: str) -> None:
    assert comparisons(line) != []


@pytest.mark.parametrize(
    "line",
    [
        "found = schema.dialect.sends_edits",
        "found = len(parts) == 4",
        "found = sys.version_info >= (3, 12)",
        "found = chosen.selected_alpn_protocol() == 'h2'",
        "raw = '' if 'protocol' in config else '&serialize=False'",
        "raise ProtocolError(f'the app runs Gradio {version}')",
    ],
)
def test_other_things_are_not(line: str) -> None:
    assert comparisons(line) == []


def test_nothing_but_the_table_compares_versions_or_protocols() -> None:
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if path not in {TABLE, VERSIONS}]
    assert len(modules) > 80
    found = {str(path.relative_to(PACKAGE)): comparisons(path.read_text("utf-8")) for path in modules}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert comparisons(TABLE.read_text("utf-8")) != []
