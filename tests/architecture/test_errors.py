"""Errors are made with what is known of them, and are the tree that their module draws."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gradlink
from gradlink import errors
from gradlink._facts import with_facts
from gradlink.errors import AppError, ArgumentError, ErrorFacts, GradlinkError

PACKAGE = Path(gradlink.__file__).parent
KINDS: list[type[GradlinkError]] = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GradlinkError) and kind.__module__ == errors.__name__
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def facts_of(kind: type[GradlinkError]) -> dict[str, inspect.Parameter]:
    """Return the parameters by name of the constructor of ``kind`` that are its facts."""
    return {
        name: parameter
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY or name in {"duration", "title", "problems"}
    }


def example(kind: type[GradlinkError]) -> tuple[GradlinkError, dict[str, Any]]:
    """Return an error that has every fact that ``kind`` and its bases take, and these facts."""
    facts = {name: f"a {name}" for name in {**facts_of(GradlinkError), **facts_of(kind)}}
    facts.pop("problems", None)
    make: Any = kind
    return make("a\x1btext", **facts), facts


@each_kind
def test_an_error_has_the_facts_that_it_was_made_with(kind: type[GradlinkError]) -> None:
    error, facts = example(kind)
    assert facts.keys() >= ErrorFacts.__annotations__.keys()
    assert {name: getattr(error, name) for name in facts} == facts
    # That of an app begins with the endpoint and the title.
    assert str(error) == ("a endpoint: a title: " if isinstance(error, AppError) else "") + "a\\x1btext"
    assert error.args == ("a\x1btext",)
    with pytest.raises(TypeError, match="executon"):
        kind("text", executon="unknown")  # type: ignore[call-arg]


def pickled(error: GradlinkError) -> Any:
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - made a moment ago


COPIES: list[Callable[[GradlinkError], Any]] = [copy.copy, copy.deepcopy, pickled]


@each_kind
@pytest.mark.parametrize("again", COPIES)
def test_a_copy_of_an_error_has_its_facts(
    kind: type[GradlinkError], again: Callable[[GradlinkError], Any]
) -> None:
    for error in [kind("text"), example(kind)[0]]:
        copied = again(error)
        assert type(copied) is kind
        assert (vars(copied), copied.args, str(copied)) == (vars(error), error.args, str(error))


@each_kind
def test_what_is_not_known_of_an_error_has_its_default(kind: type[GradlinkError]) -> None:
    error = kind("text")
    expected = {name: parameter.default for name, parameter in facts_of(kind).items()}
    assert {name: getattr(error, name) for name in expected} == expected
    # Of arguments it is known that nothing was sent.
    known: set[Any] = {"not started"} if kind is ArgumentError else set()
    assert {getattr(error, name) for name in ErrorFacts.__annotations__} == {None, (), *known}


def test_an_outer_layer_adds_what_only_it_knows() -> None:
    cause = ValueError("x")
    error = errors.TransportError("text", url="http://h", execution="not started")
    assert with_facts(error, execution="unknown", attempts=2, cause=cause) is error
    assert (error.url, error.execution, error.attempts, error.__cause__) == ("http://h", "unknown", 2, cause)
    assert with_facts(error, endpoint="/f").__cause__ is cause


# -- the tree ------------------------------------------------------------------------------------------


def drawn() -> Iterator[tuple[str, set[str]]]:
    """Yield each class of the tree in the module's docstring, and the names of its bases."""
    above = ["Exception"]
    lines = re.findall(r"^    ([│├└─ ]*)(\w+Error)\b *(.*)$", inspect.getdoc(errors) or "", re.MULTILINE)
    for lead, name, beside in lines:
        depth = len(lead) // 4 + 1
        above[depth:] = [name]
        others = [other.rpartition(".")[2] for other in re.findall(r"[\w.]+Error", beside)]
        yield name, {above[depth - 1], *others}


def test_the_tree_is_the_one_that_the_module_draws() -> None:
    places = list(drawn())
    assert {name for name, _ in places} == {kind.__name__ for kind in KINDS}
    for name, bases in places:
        assert (name, {base.__name__ for base in getattr(errors, name).__bases__}) == (name, bases)


def test_what_is_no_matter_of_the_network_is_no_connection_error() -> None:
    for kind in [errors.FileTooLargeError, errors.QueueError, errors.ArgumentError, errors.AppError]:
        assert not issubclass(kind, ConnectionError)


# -- who writes to an error ----------------------------------------------------------------------------

# What has an attribute of such a name and is not an error.
NO_ERRORS = {
    "account",
    "before",
    "block",
    "job",
    "known",
    "properties",
    "self",
    "self._state",
    "space",
    "view",
}
FACTS = {name for kind in KINDS for name in facts_of(kind)} | {"__cause__", "__context__", "__dict__"}


def written_later(tree: ast.AST) -> Iterator[str]:
    """Yield what a module writes to the attributes of an error that somebody else has made."""
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name("self" | "cls")):
                continue
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store() | ast.Del()):
                is_caught = isinstance(owner, ast.Name) and owner.id in caught
                if is_caught or (name in FACTS and ast.unparse(owner) not in NO_ERRORS):
                    yield ast.unparse(node)
            case ast.Attribute(attr="__dict__"):
                yield ast.unparse(node)
            case ast.Call(func=ast.Name("setattr" | "vars"), args=[owner, *_]) if (
                ast.unparse(owner) not in NO_ERRORS
            ):
                yield ast.unparse(node)
            case _:
                pass


@pytest.mark.parametrize(
    "code",
    [
        "error.execution = 'unknown'",
        "error.url, found = url, True",
        "error.__cause__ = cause",
        "error.attempts += 1",
        "error.__dict__.update(facts)",
        "vars(error).update(facts)",
        "setattr(error, 'status', 404)",
        "job.outcome.error.logs = ()",
        "try: f()\nexcept ValueError as e: e.anything = 1",
    ],
)
def test_a_fact_that_is_written_later_is_seen(code: str) -> None:
    assert len(list(written_later(ast.parse(code)))) == 1


def test_nothing_but_one_module_writes_to_an_error() -> None:
    found = {
        str(path.relative_to(PACKAGE)): written
        for path in sorted(PACKAGE.rglob("*.py"))
        if (written := list(written_later(ast.parse(path.read_text("utf-8")))))
    }
    # The copy in another class is one that nobody has yet.
    assert found.pop("_facts.py") == [
        "setattr(error, name, fact)",
        "error.__cause__",
        "setattr(made, name, text if name == 'message' else fact)",
        "made.__cause__",
        "made.__context__",
        "vars(error)",
        "cause.__context__",
        "cause.__cause__",
    ]
    # It makes classes.
    assert found.pop("_dataclass.py") == [
        "setattr(made, name, methods[name])",
        "vars(sys.modules[owner.__module__])",
    ]
    assert found == {}
