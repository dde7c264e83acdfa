"""What of an app can be put into another one, and how what cannot is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._text import one_line
from gradlink.errors import GradlinkError, LoadError, ProtocolError
from gradlink.loading.notes import MAX_NOTES, Notes
from gradlink.loading.plan import Chained, Plan, Trigger
from gradlink.loading.reading import MAX_COMPONENTS, MAX_DEPTH, MAX_ENDS, MAX_EVENTS, read_plan
from tests.loading.configs import component, config, event

NAME, GO = component(1, label="Name"), component(2, "button", value="Go")


def read(*args: Any, trust: bool = False, **fields: Any) -> Plan:
    return read_plan(config(*args, **fields), trust=trust)


def left_out(*args: Any, **fields: Any) -> list[str]:
    return list(read(*args, **fields).left_out)


def ids(plan: Plan) -> list[int]:
    return [part.id for part in plan.walk()]


# -- components -----------------------------------------------------------------------------------


def test_a_page_is_read_in_its_order() -> None:
    row = component(3, "row", name="row")
    layout = [{"id": 3, "children": [{"id": 2}, {"id": 1, "children": []}]}, {"id": 4}]
    plan = read([NAME, GO, row, component(4, "tabitem", name="tab")], layout=layout)
    assert ids(plan) == [3, 2, 1, 4]
    assert [part.kind for part in plan.parts] == ["row", "tabitem"]
    assert [part.name for part in plan.parts] == ["row", "tab"]
    assert plan.left_out == ()
    assert plan.title == "App"


def test_what_values_are_comes_along() -> None:
    described = {"api_info": {"type": "string"}, "example_inputs": "a\ud800"}
    (part,) = read([{**NAME, **described}]).parts
    assert part.described == {"api_info": {"type": "string"}, "example_inputs": "a\ufffd"}


def test_a_component_that_is_placed_twice_is_there_once() -> None:
    row = component(3, "row")
    layout = [{"id": 3, "children": [{"id": 1}, {"id": 3, "children": [{"id": 2}]}]}, {"id": 1}, {"id": 3}]
    assert ids(read([NAME, GO, row], layout=layout)) == [3, 1]


def test_what_is_no_component_has_no_place() -> None:
    layout = [{"id": 9}, {}, 1, None, {"id": "1"}, {"id": True}, {"id": 1, "children": "x"}]
    assert ids(read([NAME, {}, 3, {"id": "x"}], layout=layout)) == [1]


def test_pages_that_are_too_large_are_refused() -> None:
    with pytest.raises(
        LoadError, match=r"the app has 20,000 components; at most 5,000 are put into another app"
    ):
        read([NAME] * 20_000, layout=[])
    with pytest.raises(LoadError, match=r"the app has 2,001 events; at most 2,000"):
        read([NAME], [event(n) for n in range(MAX_EVENTS + 1)])
    rows = [component(n, "row") for n in range(MAX_DEPTH + 2)]
    layout: list[Any] = []
    for row in reversed(rows):
        layout = [{"id": row["id"], "children": layout}]
    with pytest.raises(LoadError, match="layout is nested more than 100 deep"):
        read(rows, layout=layout)


def test_the_largest_page_is_read() -> None:
    components = [component(n) for n in range(1, MAX_COMPONENTS + 1)]
    events = [event(n, (1, "change"), inputs=[1], outputs=[1]) for n in range(MAX_EVENTS)]
    plan = read(components, events)
    assert len(ids(plan)) == MAX_COMPONENTS
    assert len(plan.events) == MAX_EVENTS


def test_properties_that_are_nested_too_deep_are_refused() -> None:
    deep: Any = 0
    for _ in range(300):
        deep = [deep]
    for one in ({**NAME, "props": {"value": deep}}, {**NAME, "api_info": deep}):
        with pytest.raises(ProtocolError, match="nested more than 200 deep"):
            read([one])


def test_properties_are_such_as_pages_can_have() -> None:
    (part,) = read([component(1, label="\ud800", value=2**70)]).parts
    assert part.props == {"name": "textbox", "label": "\ufffd", "value": 2.0**70}


# -- what is left out -----------------------------------------------------------------------------


def test_what_gr_render_makes_is_named_by_what_makes_it() -> None:
    place = component(3, "column")
    render = event(1, (1, "change"), (0, "load"), render_id=0, outputs=[3], api_name="apply")
    plan = read([NAME, GO, place], [render, event(2, (2, "click"))])
    assert plan.left_out == ("what gr.render makes (textbox 'Name'.change)",)
    assert ids(plan) == [1, 2]
    assert [one.id for one in plan.events] == [2]
    render = event(1, (0, "load"), render_id=0, outputs=[3])
    assert left_out([NAME, GO, place], [render]) == ["what gr.render makes (the page.load)"]
    render = event(1, render_id=0, outputs=[3], api_name="numbers")
    assert left_out([NAME, GO, place], [render]) == ["what gr.render makes (/numbers)"]


def test_further_pages_are_named_and_not_in_the_first() -> None:
    pages: dict[str, Any] = {
        "": {"layout": {"id": 0, "children": [{"id": 1}]}, "components": [1], "dependencies": [5]},
        "second": {"layout": {"id": 0, "children": [{"id": 2}]}, "components": [2], "dependencies": [6]},
    }
    plan = read(
        [NAME, GO],
        [event(5, (1, "change")), event(6, (2, "click"))],
        pages=[["", "Home", True], ["second", "Second\npage", True], ["third"]],
        page=pages,
    )
    assert plan.left_out == (
        "the page 'Second\\\\npage': an app inside another one has one page",
        "the page 'third': an app inside another one has one page",
    )
    assert ids(plan) == [1]
    assert [one.id for one in plan.events] == [5]


def test_pages_that_an_app_only_says_it_has_change_nothing() -> None:
    assert ids(read([NAME, GO], pages=[1, 2, [], [3]], page=7)) == [1, 2]


@pytest.mark.parametrize("name", ["js", "head", "css"])
def test_scripts_of_the_page_are_named_unless_they_are_trusted(name: str) -> None:
    assert left_out([NAME], **{name: "alert(1)"}) == [f"the app's {name}: it is not trusted (trust=True)"]
    plan = read([NAME], trust=True, **{name: "alert(1)"})
    assert (plan.left_out, plan.scripts) == ((), {name: "alert(1)"})
    for nothing in (None, "", "  ", 3, True):
        assert left_out([NAME], **{name: nothing}) == []


def test_javascript_of_an_event_is_named_by_what_it_happens_to() -> None:
    plan = read(
        [NAME, GO],
        [
            event(1, (2, "click"), js="x => x + 1", api_name="add"),
            event(2, (1, "change"), js="alert(1)", backend_fn=False, api_name="js_fn"),
            event(3, (0, "load"), js="alert(1)", backend_fn=False, api_name="js_fn_1"),
            event(4, (2, "click"), js="() => [null]", backend_fn=False, api_name="js_fn_2", outputs=[1]),
            event(5, (2, "click"), js=True, js_implementation="() => 1", backend_fn=True, api_name="py"),
        ],
    )
    untrusted = "the app is not trusted (trust=True)"
    assert plan.left_out == (
        f"the JavaScript of /add: {untrusted}; its function is called all the same",
        f"the JavaScript of textbox 'Name'.change: {untrusted}",
        f"the JavaScript of the page.load: {untrusted}",
        f"the JavaScript of /py: {untrusted}; its function is called all the same",
    )
    assert [(one.id, one.javascript) for one in plan.events] == [(1, None), (4, "() => [null]"), (5, None)]


def test_javascript_of_a_trusted_app_is_carried_over() -> None:
    events = [
        event(1, (2, "click"), js="x => x"),
        event(2, (2, "click"), js=True, js_implementation="y => y"),
    ]
    plan = read([NAME, GO], events, trust=True)
    assert [one.javascript for one in plan.events] == ["x => x", "y => y"]
    assert plan.left_out == ()


def test_what_follows_a_script_that_is_left_out_still_does() -> None:
    script = event(
        1, (2, "click"), js="alert(1)", backend_fn=False, api_name="js_fn", inputs=[1], outputs=[1]
    )
    then = event(2, (None, "then"), trigger_after=1, api_name="lambda", js="alert(2)")
    plan = read([NAME, GO], [script, then])
    first, second = plan.events
    assert (first.inputs, first.outputs, first.javascript, first.backend) == ((), (), None, False)
    assert second.triggers == Chained(1, "then")
    assert plan.left_out[1].startswith("the JavaScript of what follows button 'Go'.click: ")


def test_what_follows_something_else_that_is_left_out_is_named() -> None:
    render = event(1, (1, "change"), render_id=0, api_name="apply")
    then = event(2, (None, "then"), trigger_after=1, api_name="lambda")
    third = event(3, (None, "success"), trigger_after=2, api_name="lambda_1")
    lost = event(4, (None, "then"), trigger_after=99, api_name="lambda_2")
    assert left_out([NAME, GO], [render, then, third, lost]) == [
        "what gr.render makes (textbox 'Name'.change)",
        "what follows /apply: what it follows is left out",
        "/lambda_2: what it follows is left out",
    ]


def test_functions_of_components_that_are_not_there_are_named() -> None:
    events = [event(1, (2, "click"), inputs=[7]), event(2, (2, "click"), outputs=[8], api_name="lambda")]
    assert left_out([NAME, GO], events) == [
        "/fn_1: it uses components that are not in the page",
        "button 'Go'.click: it uses components that are not in the page",
    ]


def test_functions_of_too_many_components_are_named() -> None:
    many = event(1, (2, "click"), inputs=[1] * MAX_ENDS, outputs=[1])
    assert left_out([NAME, GO], [many]) == ["/fn_1: it uses more than 1000 components"]


@pytest.mark.parametrize("kind", ["loginbutton", "duplicatebutton", "deeplinkbutton", "flagbutton"])
def test_buttons_for_the_apps_own_page_are_named(kind: str) -> None:
    assert left_out([component(1, "button", name=kind, value="Sign in")]) == [
        "what button 'Sign in' does, which is for the app's own page"
    ]


def test_what_is_left_out_is_named_once_and_not_for_ever() -> None:
    same = [event(n, (2, "click"), js="alert(1)", api_name="x") for n in range(50)]
    assert len(left_out([NAME, GO], same)) == 1
    others = [event(n, (2, "click"), js="alert(1)") for n in range(MAX_EVENTS)]
    named = left_out([NAME, GO], others)
    assert len(named) == MAX_NOTES + 1
    assert named[-1] == "and 1900 more things"


def test_notes_are_taken_once_each_and_short() -> None:
    notes = Notes()
    for n in [*range(MAX_NOTES + 1), 3]:
        notes.add(f"{n}")
    assert notes.all() == tuple(map(str, range(MAX_NOTES + 1)))
    notes.add("x" * 10_000)
    assert notes.all()[MAX_NOTES:] == ("and 2 more things",)


def test_names_are_short_and_on_one_line() -> None:
    long = component(1, "button", value="x\n\x1b[31m" * 1000)
    (named,) = left_out([long], [event(1, (1, "click\n" * 1000), js="a", api_name="")])
    assert len(named) < 300
    assert named.isprintable()
    assert len(read([NAME], title="t\n" * 1000).title) == 200


def test_a_component_without_a_label_is_named_by_its_kind() -> None:
    (named,) = left_out([component(1, "button", value=" ")], [event(1, (1, "click"), js="a", api_name="")])
    assert named.startswith("the JavaScript of button.click: ")


# -- events ---------------------------------------------------------------------------------------


def test_what_starts_an_event() -> None:
    targets = [(1, "change"), (0, "load"), (None, "load"), (9, "click"), (1, "change"), (1,), (1, 2), "x", 3]
    (one,) = read([NAME], [{**event(1), "targets": targets}]).events
    assert one.triggers == (Trigger(1, "change"), Trigger(None, "load"))


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({}, "then"),
        ({"trigger_only_on_success": True}, "success"),
        ({"trigger_only_on_failure": True}, "failure"),
    ],
)
def test_when_an_event_follows_another(fields: dict[str, Any], when: str) -> None:
    then = event(2, (None, when), trigger_after=1, **fields)
    assert read([NAME], [event(1, (1, "change")), then]).events[1].triggers == Chained(1, when)


def test_an_event_cannot_follow_itself_or_a_later_one() -> None:
    events = [event(1, (None, "then"), trigger_after=1), event(2, (None, "then"), trigger_after=3), event(3)]
    assert [one.id for one in read([NAME], events).events] == [3]


def test_of_two_functions_with_one_id_the_first_counts() -> None:
    events = [
        event(1, (1, "change"), api_name="a"),
        event(1, (1, "input"), api_name="b"),
        event(2, api_name="c"),
    ]
    assert [one.api_name for one in read([NAME], events).events] == ["a", "c"]


def test_functions_without_ids_are_known_by_their_place() -> None:
    events = [{key: item for key, item in event(7, (1, "change")).items() if key != "id"}] * 2
    assert [one.id for one in read([NAME], events).events] == [0, 1]


def test_endpoints_of_one_name_get_numbers() -> None:
    names = ["b_1", "b", "b", "a", "a", "a_1", "a", "a", "", "", "b/../c", "x" * 1000, None, False]
    plan = read([NAME], [event(n, api_name=name) for n, name in enumerate(names)])
    assert [one.api_name for one in plan.events] == [
        "b_1", "b", "b_2", "a", "a_1", "a_1_1", "a_2", "a_3", "", "", "b/../c", "x" * 200, "", "",
    ]  # fmt: skip


def test_the_end_of_a_session_is_the_apps_own() -> None:
    plan = read([NAME], [event(1, (0, "unload"))])
    assert (plan.events, plan.left_out) == ((), ())


def test_what_an_event_cancels_is_what_is_there() -> None:
    events = [event(1, (1, "change"), cancels=[2, 9, "x", True], backend_fn=False), event(2, (1, "input"))]
    assert read([NAME], events).events[0].cancels == (2,)


def test_a_state_that_is_listened_to_is_known() -> None:
    state = component(3, "state")
    assert read([NAME, state], [event(1, (3, "change"))]).states == {3}
    assert read([NAME, state], [event(1, (1, "change"), inputs=[3])]).states == frozenset()


@pytest.mark.parametrize(
    ("fields", "visibility"),
    [
        ({}, "public"),
        ({"api_visibility": "private"}, "private"),
        ({"api_visibility": "undocumented"}, "undocumented"),
        ({"api_visibility": None, "show_api": True}, "public"),
        ({"api_visibility": None, "show_api": False}, "undocumented"),
        ({"api_name": False}, "private"),
    ],
)
def test_who_may_call_a_function(fields: dict[str, Any], visibility: str) -> None:
    (one,) = read([NAME], [event(1, (1, "change"), **fields)]).events
    assert one.visibility == visibility


def test_settings_of_an_event_are_each_of_its_kind() -> None:
    good = {
        "scroll_to_output": True, "queue": False, "show_progress": "hidden", "trigger_mode": "always_last",
        "stream_every": 0.5, "time_limit": 30,
    }  # fmt: skip
    (one,) = read([NAME], [event(1, (1, "change"), **good)]).events
    assert one.settings == good
    everything: list[Any] = [None, "x", -1, True, 10**400, [], float("inf"), float("nan"), {}]
    for bad in everything:
        (one,) = read([NAME], [event(1, (1, "change"), **dict.fromkeys(good, bad))]).events
        rest = {"scroll_to_output": bad is True, "queue": True}
        assert one.settings == rest


def test_what_else_an_app_says_of_an_event() -> None:
    said = {"types": {"generator": True}, "connection": "stream", "component_prop_inputs": [0], "inputs": [1]}
    (one,) = read([NAME], [event(1, (1, "change"), show_progress_on=[1, 9], **said)]).events
    assert (one.generator, one.whole_inputs, one.shows_on) == (True, (0,), (1,))


# -- anything at all ------------------------------------------------------------------------------

NUMBERS = st.integers(-1, 6)
LEAVES = st.none() | st.booleans() | NUMBERS | st.integers() | st.floats() | st.text(max_size=10)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8
)


def some(**fields: Any) -> Any:
    """Make objects whose fields are right, wrong or missing."""
    return st.fixed_dictionaries({}, optional={name: kind | ANY for name, kind in fields.items()}) | ANY


KINDS = st.sampled_from(["textbox", "button", "state", "row", "x"])
SCRIPTS = st.sampled_from(["() => [null]", "alert(1)", ""])
PROPS = some(name=KINDS, label=st.text(), value=st.text())
NODES = st.recursive(some(id=NUMBERS), lambda inner: some(id=NUMBERS, children=st.lists(inner)), max_leaves=8)
TARGETS = st.lists(
    st.tuples(NUMBERS | st.none(), st.sampled_from(["click", "load", "then", "unload"])).map(list) | ANY
)
DEPENDENCIES = some(
    id=NUMBERS, targets=TARGETS, inputs=st.lists(NUMBERS), outputs=st.lists(NUMBERS), trigger_after=NUMBERS, js=SCRIPTS,
    backend_fn=st.booleans(), cancels=st.lists(NUMBERS), render_id=NUMBERS, api_name=st.text(max_size=5),
    show_progress_on=st.lists(NUMBERS),
)  # fmt: skip
PAGES = st.lists(st.lists(st.sampled_from(["", "a"]) | ANY) | ANY)
CONFIGS = some(
    components=st.lists(some(id=NUMBERS, type=KINDS, props=PROPS)), layout=NODES, dependencies=st.lists(DEPENDENCIES),
    pages=PAGES, page=st.dictionaries(st.sampled_from(["", "a"]), some(layout=NODES, dependencies=st.lists(NUMBERS))),
    js=SCRIPTS, title=st.text(),
).filter(lambda made: isinstance(made, dict))  # fmt: skip


@given(CONFIGS, st.booleans())
def test_whatever_an_app_says_is_read_or_refused(said: dict[str, Any], trust: bool) -> None:
    try:
        plan = read_plan(said, trust=trust)
    except GradlinkError:
        return
    placed = ids(plan)
    assert len(placed) == len(set(placed))
    assert len(plan.left_out) == len(set(plan.left_out)) <= MAX_NOTES + 1
    assert all(one_line(note) == note for note in plan.left_out)
    before: set[int] = set()
    for one in plan.events:
        if isinstance(one.triggers, Chained):
            assert one.triggers.after in before
        before.add(one.id)
    assert all(set(one.cancels) <= before for one in plan.events)
    if not trust:
        assert plan.scripts == {}
        assert all(one.javascript in {None, "() => [null]"} for one in plan.events)
