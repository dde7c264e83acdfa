"""Texts of an app are looked through in linear time: by every pattern of the package, and by what is written by hand.

An app may send a text of megabytes, and patterns run under locks and on event loops.
"""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gradlink
from gradlink import AppError
from gradlink._describe.describe import describe
from gradlink._describe.signature import (
    docstring,
    parameter_note,
    plain_text,
    shown_type,
    signature,
)
from gradlink._describe.typehints import python_type
from gradlink._hub.names import is_space_id, space_reference
from gradlink._hub.replies import hub_error
from gradlink._hub.stages import Runtime, not_running
from gradlink._io import HttpReply
from gradlink._local.store import safe_name
from gradlink._protocol.datauri import content_of, is_data_uri, media_type
from gradlink._protocol.dialect import NEWEST, dialect_of
from gradlink._protocol.filedata import (
    base_name,
    file_address,
    file_name,
    find_inline,
    is_private_address,
    own_server_path,
)  # fmt: skip
from gradlink._protocol.messages import decode_message
from gradlink._protocol.names import identifiers
from gradlink._protocol.quota import QuotaMessage, read_quota_message
from gradlink._protocol.replies import app_error, reply_error, retry_after
from gradlink._protocol.routes import Routes, normalise, origin, resolve, without_credentials
from gradlink._protocol.schema import read_app
from gradlink._protocol.version import AppVersion
from gradlink._text import lines, one_line
from gradlink.codegen.quoting import comment_lines, label_of, name_of
from gradlink.codegen.typescript import typescript_module
from gradlink.codegen.typescript_types import typescript_type
from tests.protocol.counting import work

# Patterns

SOURCE = Path(gradlink.__file__).parent
FUNCTIONS = frozenset(
    {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
)
ANCHORED = frozenset({"match", "fullmatch"})
# Steps from one place of the text. What can be proven in this way is far above what happens.
MOST_STEPS = 15_000
PARSER: Any = re._parser  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern in the source; ``pattern`` is None if it is not a literal.

    Attributes:
        anchored: it is only tried at one place of a text, not at each.
    """

    place: str
    pattern: str | None
    anchored: bool


def patterns_of(source: str, name: str) -> Iterator[Found]:
    """Yield the patterns of a module."""
    tree = ast.parse(source)
    names: dict[int, str] = {}
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=value)
                | ast.AnnAssign(target=ast.Name(id=target), value=value)
            ):
                names[id(value)] = target
            case ast.Attribute(value=ast.Name(id=owner), attr=method):
                uses.setdefault(owner, set()).add(method)
            case _:
                pass
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[first, *_], lineno=line
            ) if method in FUNCTIONS:
                how = {method} if method != "compile" else uses.get(names.get(id(node), ""), set())
                text = first.value if isinstance(first, ast.Constant) else None
                if isinstance(text, bytes):
                    text = text.decode("latin-1")
                anchored = bool(how) and how <= ANCHORED
                yield Found(f"{name}:{line}", text if isinstance(text, str) else None, anchored)
            case _:
                pass


PATTERNS = [
    found
    for path in sorted(SOURCE.rglob("*.py"))
    for found in patterns_of(path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE)))
]


class SuperlinearError(AssertionError):
    """A pattern may take more time than the text is long."""


def holds(items: Any, character: str) -> bool:
    """Tell whether the single character that ``items`` stands for may be this one."""
    ((operation, value),) = items
    match str(operation), value:
        case "LITERAL", code:
            return bool(code == ord(character))
        case "IN", members:
            assert all(str(kind) in {"LITERAL", "RANGE"} for kind, _ in members), members
            low = [member if isinstance(member, tuple) else (member, member) for _, member in members]
            return any(first <= ord(character) <= last for first, last in low)
        case _:
            raise SuperlinearError(f"an unbounded repetition beside {operation}")


def steps_of(items: list[Any], anchored: bool, last: bool) -> tuple[int, int]:
    """Return in how many ways ``items`` may match at one place, and how many characters one way looks at.

    Raises SuperlinearError for a repetition without bound, unless nothing can fail after it (``last``), or the
    pattern is tried at one place only and what follows cannot be what is repeated.
    """
    ways, length = 1, 0
    for index, (operation, value) in enumerate(items):
        ends = last and index == len(items) - 1
        more, longer = 1, 1
        match str(operation), value:
            case (("LITERAL" | "NOT_LITERAL" | "ANY" | "IN" | "AT" | "CATEGORY"), _):
                pass
            case "SUBPATTERN", (_, _, _, inner):
                more, longer = steps_of(list(inner), anchored, ends)
            case "ATOMIC_GROUP", inner:
                longer = total(list(inner))
            case (("ASSERT" | "ASSERT_NOT"), (_, inner)):
                longer = total(list(inner))
            case "BRANCH", (_, branches):
                each = [steps_of(list(branch), anchored, ends) for branch in branches]
                more, longer = sum(one for one, _ in each), sum(one for _, one in each)
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (_, PARSER.MAXREPEAT, inner)):
                single = len(inner) == 1 and str(inner[0][0]) in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}
                if not single or str(operation) == "MIN_REPEAT":
                    raise SuperlinearError(
                        "a repetition without bound of more than one character, or a lazy one"
                    )
                if not ends:
                    if not anchored or index + 1 == len(items):
                        raise SuperlinearError("a repetition without bound before something that may fail")
                    both = [
                        c for c in map(chr, range(0x300)) if holds(inner, c) and holds([items[index + 1]], c)
                    ]
                    if both:
                        raise SuperlinearError(
                            f"what is repeated without bound may be followed by itself: {both}"
                        )
            case (("MAX_REPEAT" | "MIN_REPEAT"), (least, most, inner)):
                one, long = steps_of(list(inner), anchored, last=False)
                more = most - least + 1 if one == 1 else sum(one**count for count in range(least, most + 1))
                longer = most * long
            case "POSSESSIVE_REPEAT", (_, most, inner):
                longer = most * total(list(inner))
            case _:
                raise SuperlinearError(f"{operation} is not known to this test")
        ways, length = ways * more, length + longer
    return ways, length


def total(items: list[Any]) -> int:
    ways, length = steps_of(items, anchored=False, last=False)
    return ways * length


def prove(pattern: str, *, anchored: bool) -> None:
    """Raise SuperlinearError unless the pattern surely takes linear time."""
    ways, length = steps_of(list(PARSER.parse(pattern)), anchored, last=True)
    if ways * length > MOST_STEPS:
        raise SuperlinearError(f"up to {ways * length} steps from each place")


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_every_pattern_takes_linear_time(found: Found) -> None:
    assert found.pattern is not None, (
        f"{found.place}: the pattern is not a literal, so nothing can be said of it"
    )
    prove(found.pattern, anchored=found.anchored)


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 15
    assert {"_protocol/quota.py", "_text.py", "codegen/quoting.py"} <= {
        one.place.split(":")[0] for one in PATTERNS
    }
    source = "import re\nP = re.compile('a')\nP.fullmatch(x)\nre.sub('b', c, d)\nre.split(e, f)\n"
    assert list(patterns_of(source, "m")) == [
        Found("m:2", "a", anchored=True), Found("m:4", "b", anchored=False), Found("m:5", None, anchored=False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d+(?:\.\d+)?)\s*s requested",  # the ones of the quota, as they were
        r"exceeded your [\w ]*?\b(quota|runs limit)",
        r"in (?:(\d+) days?, )?(\d+):",
        r";\s*t\s*=",
        r"(a+)+", r"(a|b)*c", r"a+$", r"a*?", r"\d{1,9}\d{1,9}\d{1,9}\d{1,9}", r"(?:a{0,9}){0,9}", r"(a)\1",
    ],
)  # fmt: skip
def test_a_pattern_that_may_take_longer_is_refused(pattern: str) -> None:
    with pytest.raises(SuperlinearError):
        prove(pattern, anchored=False)


def test_a_pattern_at_one_place_may_repeat_what_cannot_follow() -> None:
    prove("[a-z]+/[a-z]+", anchored=True)
    with pytest.raises(SuperlinearError, match="followed by itself"):
        prove("[a-z/]+/[a-z]+", anchored=True)


# What is written by hand, and what the library does


ROUTES = Routes("http://h/app/", "/gradio_api")


def reply(status: int, text: str, **headers: str) -> HttpReply:
    return HttpReply(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode(), "http://h/"
    )


def detail(text: str) -> HttpReply:
    return reply(422, json.dumps({"detail": [{"loc": [text, text], "msg": text}]}))


def entry(text: str) -> Any:
    return {
        "label": text, "component": text, "parameter_has_default": True, "parameter_default": [text, {text: text}],
        "type": {"enum": [text, "b"]}, "python_type": {"type": text, "description": text},
    }  # fmt: skip


def info(text: str) -> Any:
    endpoint = {"parameters": [entry(text)] * 2, "returns": [entry(text)], "description": text}
    return {"named_endpoints": {f"/{text}": endpoint}, "unnamed_endpoints": {}}


def app(text: str) -> Any:
    props = {"label": text, "value": text}
    config: Any = {
        "version": f"6.31.0{text}", "title": text, "protocol": "sse_v3", "api_prefix": text,
        "components": [{"id": number, "type": "textbox", "props": props} for number in range(2)],
        "dependencies": [{"id": 0, "api_name": text, "inputs": [0, 1], "outputs": [0], "backend_fn": True}],
    }  # fmt: skip
    return read_app(config, info(text))


def described(text: str) -> None:
    schema = app(text)
    for endpoint in schema.endpoints.values():
        str(signature(endpoint.parameters, [(text, text)]))
        docstring(text, text, endpoint.parameters, [(text, text)])
    typescript_module(schema, "http://h/")


READERS: dict[str, Callable[[str], object]] = {
    "quota, titled": lambda text: read_quota_message("ZeroGPU quota exceeded", text),
    "quota": lambda text: read_quota_message(text, text),
    "log": lambda text: decode_message(json.dumps({"msg": "log", "log": text})),
    "unexpected error": lambda text: decode_message(json.dumps({"msg": "unexpected_error", "message": text})),
    "unknown message": lambda text: decode_message(json.dumps({"msg": text})),
    "version": lambda text: AppVersion(text) == text,
    "routes": lambda text: (Routes("http://h/", text).join, Routes(f"http://h/{text}/", "x").file(text), ROUTES.chunk(text)),
    "URL": lambda text: without_credentials(normalise(f"http://h/{text}")),
    "host": lambda text: (origin(f"http://{text}/"), is_private_address(f"http://{text}/")),
    "place": lambda text: resolve("http://h/a/b", text),
    "app": app,
    "description": lambda text: describe(info(text)),
    "signature, docstring and module": described,
    "text": lambda text: (plain_text(text), parameter_note(text), one_line(text), lines(text), comment_lines(text)),
    "type text": lambda text: shown_type(text, has_default=True, default=None),
    "names": lambda text: (label_of(text, "x"), name_of([text, text], "x")),
    "schema": lambda text: python_type({"properties": {text: {"const": text}}, "required": [text]}),
    "reference": lambda text: python_type({"items": {"$ref": f"#{text}"}}),
    "TypeScript schema": lambda text: typescript_type({"enum": [text]}, file="F", sent=True),
    "file on disk": safe_name,
    "file of a result": lambda text: file_name({"path": text, "url": text, "orig_name": text}),
    "address of a file": lambda text: file_address(ROUTES, {"path": text, "url": f"http://h/file={text}"}),
    "own path": lambda text: own_server_path(ROUTES, f"http://h/app/gradio_api/file={text}"),
    "data URI": lambda text: (is_data_uri(f"data:{text}"), find_inline(f"data:{text};base64,", "image"), base_name(text)),
    "content of a data URI": lambda text: (media_type(f"data:{text}"), content_of(f"data:,{text}")),
    "base64 of a data URI": lambda text: content_of(f"data:;base64,{text}"),
    "Space": lambda text: (space_reference(text), space_reference(f"https://{text}.hf.space"), is_space_id(text)),
    "stage": lambda text: str(not_running(text, Runtime(text, problem=text), text)),
    "Hub": lambda text: hub_error(reply(429, text, ratelimit=text), "x"),
    "Hub, said": lambda text: hub_error(reply(500, "", x_error_message=text), "x"),
    "error page": lambda text: str(reply_error(reply(500, text), "x")),
    "error detail": lambda text: str(reply_error(detail(text), "x")),
    "login": lambda text: str(reply_error(reply(401, json.dumps({"detail": {"auth_message": text}})), "x")),
    "Retry-After": lambda text: retry_after({"retry-after": text}),
    "error of an app": lambda text: str(app_error({"error": text, "title": text}, None, NEWEST, "/f")),
    "error of an old app": lambda text: str(app_error({"error": f"'{text}'"}, None, dialect_of("sse_v3", AppVersion("4.0")), "/f")),
    "error with a title": lambda text: str(AppError(text, title=text)),
}  # fmt: skip
PIECES = [
    "a", "A_", "1", "1.", ".", "-", " ", "\n", "\r\n", "\t", "/", "//", "\\", "../", "a/", "%", "%2", "'", '"', "`", "@",
    "*/", ";t=", "; t ", "=", ",", "[", "(", "{", ":", "::", "?", "#", "&a=", "é", "\u0300\u0316", "\ufdfa", "\u2028", "\x1b",
    "exceeded your ", "again in ", "again in 1 day, ", "1s requested vs ", "data:", ";base64,", "con.", "None | ",
    "Mon, ", "<br>",
]  # fmt: skip


@pytest.mark.slow("counts the work on inputs that grow")
@pytest.mark.parametrize("reader", READERS)
def test_the_work_on_a_text_grows_no_faster_than_the_text(reader: str) -> None:
    read = READERS[reader]
    for piece in PIECES:
        counts = []
        for size in (400, 800, 1_600):
            text = piece * (size // len(piece))
            counts.append(work(lambda text=text: attempt(read, text)))  # type: ignore[misc]
        least, middle, most = counts
        assert middle <= 2.3 * least + 1_000, (piece, counts)
        assert most <= 2.3 * middle + 1_000, (piece, counts)


def attempt(read: Callable[[str], object], text: str) -> None:
    """Read a text; one that is not an address, JSON or version of an app may be refused."""
    with suppress(gradlink.GradlinkError, ValueError):
        read(text)


def test_only_the_start_of_a_label_is_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def normalize(form: str, text: str) -> str:
        lengths.append(len(text))
        return unicodedata.normalize(form, text)

    # 40,000 marks in the wrong order took five seconds.
    monkeypatch.setattr("gradlink._protocol.names.unicodedata", SimpleNamespace(normalize=normalize))
    marks = "a" + "\u0300\u0316" * 50_000
    assert len(set(identifiers([marks, marks, f"1{marks}", f"a b {marks}"]))) == 4
    assert len(lengths) >= 4
    assert max(lengths) <= 1_000


def test_counting_sees_what_is_quadratic() -> None:
    def quadratic(text: str) -> list[int]:
        return [text.count("b") for _ in text]

    assert work(lambda: quadratic("a" * 200)) > 3.5 * work(lambda: quadratic("a" * 100))


def test_numbers_in_a_text_of_any_length_are_numbers_or_nothing() -> None:
    digits = "9" * 10_000
    said = f"exceeded your quota ({digits}s requested vs. {digits}s left). Try again in {digits} days, {digits}:00:00"
    assert read_quota_message("Error", said) == QuotaMessage(None, None, None)
    said = "exceeded your quota (999999999s requested vs. -1.5s left). Try again in 999999 days, 999999:59:59"
    assert read_quota_message("Error", said) == QuotaMessage(999999999.0, -1.5, 89_999_913_599.0)
    assert AppVersion(digits).numbers == ()
    assert AppVersion(f"6.31.{digits}").numbers == ()
    assert AppVersion("6.31.0") < digits[:50]
    assert str(AppVersion(digits)) == digits
