"""What has changed between two descriptions of an app."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Field,
    File,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    union,
)
from gradlink.codegen.containing import contains
from gradlink.codegen.description import Argument, Description, Function, Given, Value
from gradlink.codegen.drift import Change, drift
from gradlink.codegen.fingerprint import fingerprint, read_python
from gradlink.codegen.python import python_module
from gradlink.codegen.shape_json import bare, shape_of_json, shape_to_json

CHOICE = Choice(("a", "b"))
GREET = Function(
    "/greet",
    (Argument("name", Text(), None, "Your name."), Argument("mood", CHOICE, Given("a"))),
    (Value("greeting", Text()),),
)
COUNT = Function(
    "/count", (Argument("n", Number(True, 1, 10), Given(3)),), (Value("left", Number()),), streams=True
)
APP = Description("App", "6.31.0", (COUNT, GREET))


def found(before: Function, now: Function) -> list[tuple[bool, str, str]]:
    changes = drift(Description("", "", (before,)), Description("", "", (now,)))
    return [(change.breaking, change.kind, f"{change.parameter} {change.text}".strip()) for change in changes]


def with_argument(function: Function, place: int, **changes: Any) -> Function:
    arguments = list(function.arguments)
    arguments[place] = replace(arguments[place], **changes)
    return replace(function, arguments=tuple(arguments))


def with_value(function: Function, **changes: Any) -> Function:
    return replace(function, values=(replace(function.values[0], **changes),))


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (GREET, []),
        (with_argument(GREET, 0, name="nome"), [
            (True, "parameter gone", "name is gone; renamed to nome?"),
            (True, "parameter new", "nome is a new required parameter"),
        ]),
        (with_argument(GREET, 1, name="xyz"), [
            (True, "parameter gone", "mood is gone; renamed to xyz?"),
            (False, "parameter new", "xyz is a new parameter that may be left out"),
        ]),
        (replace(GREET, arguments=GREET.arguments[:1]), [(True, "parameter gone", "mood is gone")]),
        (replace(GREET, arguments=GREET.arguments[::-1]), []),
        (replace(GREET, arguments=(*GREET.arguments, Argument("n", Text()))),
         [(True, "parameter new", "n is a new required parameter")]),
        (replace(GREET, arguments=(*GREET.arguments, Argument("n", Text(), Given("x")))),
         [(False, "parameter new", "n is a new parameter that may be left out")]),
        (with_argument(GREET, 1, shape=Choice(("a",))), [(True, "choice gone", "mood has no choice 'b' any more")]),
        (with_argument(GREET, 1, shape=Choice(("b", "a"))), [(False, "type", "mood takes Literal['b', 'a'] now, not Literal['a', 'b'], which includes it")]),
        (with_argument(GREET, 1, shape=Choice(("a", "b", "c"))), [(False, "choice new", "mood has a new choice: 'c'")]),
        (with_argument(GREET, 1, shape=Choice(("a", "c"))), [
            (True, "choice gone", "mood has no choice 'b' any more"),
            (False, "choice new", "mood has a new choice: 'c'"),
        ]),
        (with_argument(GREET, 1, shape=Text()),
         [(False, "type", "mood takes str now, not Literal['a', 'b'], which includes it")]),
        (with_argument(GREET, 0, shape=CHOICE), [(True, "type", "name takes Literal['a', 'b'] now, not str")]),
        (with_argument(GREET, 0, shape=Number()), [(True, "type", "name takes float now, not str")]),
        (with_argument(GREET, 1, default=None), [(True, "default gone", "mood must be given now")]),
        (with_argument(GREET, 0, default=Given("x")), [(False, "default new", "name may be left out now")]),
        (with_argument(GREET, 1, default=Given("b")),
         [(False, "default changed", "mood is 'b' now if it is left out, not 'a'")]),
        (with_argument(GREET, 1, default=Given(digest="x")),
         [(False, "default changed", "mood is another long value now if it is left out, not 'a'")]),
        (with_argument(GREET, 0, text="Other."), [(False, "text", "name is described in other words")]),
        (replace(GREET, text="Other."), [(False, "text", "is described in other words")]),
        (replace(GREET, streams=True), [(True, "streams", "streams now")]),
        (with_value(GREET, shape=Number()), [(True, "returns", "returns float now as its value, not str")]),
        (with_value(GREET, shape=CHOICE),
         [(False, "returns", "returns Literal['a', 'b'] now as its value, not str, which is less than that")]),
        (with_value(GREET, label="other"), [(False, "text", "calls its value other now")]),
        (replace(GREET, values=GREET.values * 2), [(True, "returns", "returns 2 values now, not 1")]),
    ],
)  # fmt: skip
def test_each_change_of_an_endpoint_is_found(now: Function, changes: list[tuple[bool, str, str]]) -> None:
    assert found(GREET, now) == changes


@pytest.mark.parametrize(
    ("shape", "change"),
    [
        (Number(True, 1, 5), (True, "range", "n takes numbers from 1 to 5 now, not from 1 to 10")),
        (
            Number(True, 0, 10),
            (False, "range", "n takes numbers from 0 to 10 now, not from 1 to 10, which includes it"),
        ),
        (
            Number(True),
            (False, "range", "n takes numbers of any size now, not from 1 to 10, which includes it"),
        ),
        (Number(True, None, 9), (True, "range", "n takes numbers up to 9 now, not from 1 to 10")),
        (Number(True, 2), (True, "range", "n takes numbers from 2 now, not from 1 to 10")),
        (Number(), (False, "type", "n takes float now, not int, which includes it")),
    ],
)
def test_a_range_may_be_wider(shape: Shape, change: tuple[bool, str, str]) -> None:
    assert found(COUNT, with_argument(COUNT, 0, shape=shape)) == [change]


def test_a_stream_that_is_none_any_more() -> None:
    assert found(COUNT, replace(COUNT, streams=False)) == [(True, "streams", "does not stream any more")]


def test_endpoints_come_and_go() -> None:
    hello = replace(GREET, name="/hello")
    assert drift(APP, replace(APP, functions=(COUNT, hello))) == [
        Change(True, "endpoint gone", "/greet", "", "is gone; renamed to /hello?"),
        Change(False, "endpoint new", "/hello", "", "is new"),
    ]
    assert drift(APP, replace(APP, functions=(COUNT,))) == [
        Change(True, "endpoint gone", "/greet", "", "is gone")
    ]
    assert drift(replace(APP, functions=(COUNT,)), APP) == [
        Change(False, "endpoint new", "/greet", "", "is new")
    ]
    unlike = Function("/other", values=(Value("x", File()),))
    assert [c.text for c in drift(APP, replace(APP, functions=(COUNT, unlike)))] == ["is gone", "is new"]


def test_titles_and_versions_are_not_compared() -> None:
    assert drift(APP, replace(APP, title="Other", version="7.0")) == []


def test_values_that_are_equal_in_python_alone_are_not_the_same() -> None:
    assert found(COUNT, with_argument(COUNT, 0, default=Given(value=True)))[0][1] == "default changed"


# -- properties ----------------------------------------------------------------------------------------

texts = st.text(max_size=8)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([0.5, 1.5]) | texts
bounds = st.none() | st.integers(-9, 9)
leaves = (
    st.sampled_from([Text(), Boolean(), Null(), File(), AnyJson(), Anything(), Never()])
    | st.builds(Number, st.booleans(), bounds, bounds)
    | st.lists(scalars, min_size=1, max_size=4, unique_by=repr).map(
        lambda values: Null() if values == [None] else Choice(tuple(values))
    )
)


def _extended(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    fields = st.lists(
        st.builds(Field, texts, inner, required=st.booleans()), max_size=3, unique_by=lambda f: f.name
    )
    return (
        inner.map(Many)
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: Row(tuple(items)))
        | st.builds(lambda found, rest: Record(tuple(found), rest), fields, st.none() | inner)
        | st.lists(inner, min_size=2, max_size=3).map(union)
    )


_shapes: st.SearchStrategy[Shape] = st.recursive(leaves, _extended, max_leaves=8)
defaults = st.none() | scalars.map(Given) | st.just(Given(digest="0123"))


# Composites have a name, where Hypothesis would otherwise print all that they are made of.


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    return draw(_shapes)


@st.composite
def functions(draw: st.DrawFn, name: str | None = None) -> Function:
    names = draw(st.lists(texts, max_size=3, unique=True))
    taken = tuple(Argument(one, draw(shapes()), draw(defaults), draw(texts)) for one in names)
    values = tuple(Value(draw(texts), draw(shapes())) for _ in range(draw(st.integers(0, 3))))
    return Function(name or f"/{draw(texts)}", taken, values, draw(st.booleans()), draw(texts))


@st.composite
def apps(draw: st.DrawFn, least: int = 0) -> Description:
    names = draw(st.lists(texts, min_size=least, max_size=3, unique=True))
    return Description(draw(texts), draw(texts), tuple(draw(functions(f"/{name}")) for name in names))


@given(apps())
def test_an_app_has_not_drifted_from_itself(app: Description) -> None:
    assert drift(app, app) == []


@given(apps())
def test_a_module_says_exactly_what_it_was_made_from(app: Description) -> None:
    again = read_python(python_module(app, "http://h/"))
    assert again == app
    assert drift(app, again) == []
    assert fingerprint(again) == fingerprint(app)


@given(apps(), apps())
def test_any_two_apps_can_be_compared(one: Description, other: Description) -> None:
    changes = drift(one, other)
    assert [change.breaking for change in changes] == sorted((c.breaking for c in changes), reverse=True)
    names = [[function.name for function in app.functions] for app in (one, other)]
    gone = {change.endpoint for change in changes if change.kind == "endpoint gone"}
    assert gone == set(names[0]) - set(names[1])


@given(apps(1), functions())
def test_what_is_added_is_harmless_and_what_is_taken_away_is_not(app: Description, extra: Function) -> None:
    extra = replace(extra, name="/a name that is long enough not to be there")
    more = replace(app, functions=(*app.functions, extra))
    assert [(c.breaking, c.endpoint) for c in drift(app, more)] == [(False, extra.name)]
    assert [(c.breaking, c.endpoint) for c in drift(more, app)] == [(True, extra.name)]


@given(shapes())
def test_a_shape_is_read_back_as_it_was_written(shape: Shape) -> None:
    assert shape_of_json(shape_to_json(shape)) == bare(shape)
    assert repr(bare(bare(shape))) == repr(bare(shape))


@given(shapes(), shapes(), st.booleans())
def test_a_shape_is_within_itself_and_within_a_union_with_it(shape: Shape, other: Shape, sent: bool) -> None:
    assert contains(shape, shape, sent=sent)
    assert contains(union([shape, other]), shape, sent=sent)
    assert contains(Anything(), shape, sent=sent)


@pytest.mark.parametrize(
    ("outer", "inner", "sent", "both"),
    [
        (Number(), Number(whole=True), True, True),
        (Number(whole=True), Number(), False, False),
        (Text(), CHOICE, True, True),
        (CHOICE, Text(), False, False),
        (Number(True, 0, 5), Choice((1, 5)), True, True),
        (Number(True, 0, 5), Choice((6,)), False, False),
        (Number(), Choice((True,)), False, False),
        (Choice((True, False)), Boolean(), True, True),
        (Choice((1, 0)), Boolean(), False, False),
        (Choice(("a", None)), Null(), True, True),
        (Union((Text(), Null())), Text(), True, True),
        (Text(), Union((Text(), Null())), False, False),
        (Many(Text()), Row((CHOICE, Text())), True, True),
        (Row((Text(),)), Row((Text(), Text())), False, False),
        (File(), Text(), False, False),
        (Text(), Anything(), False, False),
        (Record((Field("a", Text()),)), Record((Field("a", Text(), required=True),)), True, True),
        (Record((Field("a", Text(), required=True),)), Record((Field("a", Text()),)), False, False),
        (Record((Field("a", Text(), required=True),)), Record((Field("a", Text(), has_default=True),)), False, True),
        (Record((Field("a", Text()),)), Record((Field("a", Text()), Field("b", Text()))), False, True),
        (Record(rest=Text()), Record((Field("a", CHOICE, required=True),)), True, True),
        (Record(rest=Number()), Record((Field("a", CHOICE),)), False, False),
        (Choice((1,), left_out=("int",)), Choice((7,)), True, True),
    ],
)  # fmt: skip
def test_one_shape_is_within_another(outer: Shape, inner: Shape, sent: bool, both: bool) -> None:
    assert contains(outer, inner, sent=True) is sent
    assert contains(outer, inner, sent=False) is both


@pytest.mark.parametrize("value", [None, 1, "text", [], {}, {"number": "x"}, {"any": 1}, {"list": "text"}])
def test_what_is_no_shape_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="shape"):
        shape_of_json(value)
