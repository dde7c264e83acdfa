"""Apps that say of their page what no app would: loading refuses them, or shows what is left, and reads nothing here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import AppError, Client
from gradlink._protocol.filedata import META
from tests.loading.bare import WAIT_SECONDS, Original, file, serving
from tests.loading.configs import component, config, event
from tests.loading.opening import Opened, Outer

pytestmark = pytest.mark.live

SCRIPT = "alert('hostile')"


@pytest.fixture
def original() -> Iterator[Original]:
    with serving(Original()) as original:
        yield original


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "gradlink-secret.txt"
    path.write_text("of this machine", encoding="utf-8")
    return path


def load(
    outer: Outer, original: Original, *args: Any, options: dict[str, Any] | None = None, **fields: Any
) -> Opened:
    original.config = config(*args, **fields)
    return outer.open(original.url, **(options or {}))


def page(client: httpx2.Client, opened: Opened) -> tuple[str, list[dict[str, Any]]]:
    """Return the outer app's page and its description's components, which must both be there."""
    assert opened.error is None, opened.error
    answer = client.get(opened.url)
    assert answer.status_code == 200
    described = client.get(f"{opened.url}config")
    assert described.status_code == 200
    assert client.get(f"{opened.url}gradio_api/info").status_code == 200
    return answer.text + described.text, described.json()["components"]


KINDS = [
    "image", "file", "audio", "video", "gallery", "chatbot", "model3d", "button", "downloadbutton", "uploadbutton", "html",
    "imageeditor", "multimodaltextbox", "annotatedimage", "dataframe", "json", "plot", "markdown", "code", "imageslider",
]  # fmt: skip


def test_no_file_of_this_machine_is_read_or_named(
    outer: Outer, original: Original, client: httpx2.Client, secret: Path
) -> None:
    path = str(secret)
    bare = {"path": path, "url": f"/gradio_api/file={path}", "meta": dict(META)}
    values = [
        path,
        bare,
        [bare],
        {"image": bare, "caption": "x"},
        [[{"file": bare}, None]],
        {"files": [path]},
    ]
    names = (
        "value",
        "icon",
        "watermark",
        "placeholder",
        "avatar_images",
        "default",
        "root_dir",
        "examples",
        "label",
    )
    components = [
        component(n, kind, **{name: values[n % len(values)] for name in names})
        for n, kind in enumerate(KINDS * 2, 1)
    ]
    outer.read()
    opened = load(outer, original, components)
    text, made = page(client, opened)
    # gradio puts inputs into forms.
    assert len([one for one in made if one["type"] != "form"]) == len(components) + 1
    assert not [name for name in outer.read() if secret.name in name]
    # A path is a text as any other; as a file it is one of the app.
    found = files_in([one["props"] for one in made])
    assert len(found) > len(KINDS)
    for value in found:
        assert value["path"] != path
        assert path not in value["url"]
    assert {value["url"].partition("gradio_api/proxy")[0] for value in found} == {opened.url}
    assert {client.get(value["url"]).status_code for value in found[::10]} == {404}
    for prefix in (
        "gradio_api/file=",
        "file=",
        "gradio_api/proxy=gradlink/gradio_api/file=",
        "gradio_api/stream/",
    ):
        assert client.get(f"{opened.url}{prefix}{path}").status_code in {403, 404}
    assert "of this machine" not in text


def files_in(value: Any) -> list[dict[str, Any]]:
    match value:
        case list():
            return [one for item in value for one in files_in(item)]
        case dict():
            inside = [one for item in value.values() for one in files_in(item)]
            return [value, *inside] if value.get("meta") == META else inside
        case _:
            return []


def test_no_script_is_carried_over(outer: Outer, original: Original, client: httpx2.Client) -> None:
    components = [
        component(1, "html", js_on_load=SCRIPT, head=f"<script>{SCRIPT}</script>", value="x"),
        component(2, "button", value="Go"),
        component(3, "image", server_fns=["ls", "__init__"], value=None),
    ]
    events = [
        event(1, (2, "click"), js=SCRIPT, outputs=[1]),
        event(2, (2, "click"), js=f"() => [1]; {SCRIPT}", backend_fn=False, outputs=[1]),
        event(3, (0, "load"), js=f"() => [{SCRIPT}]", backend_fn=False),
        event(4, (2, "click"), js=True, js_implementation=SCRIPT, backend_fn=False),
    ]
    scripts = {"js": SCRIPT, "head": f"<script>{SCRIPT}</script>", "css": f"x {{}}/*{SCRIPT}*/"}
    text, made = page(client, opened := load(outer, original, components, events, **scripts))
    assert "hostile" not in text
    assert [asked for one in made if (asked := one["props"].get("server_fns"))] == [["ls"]]
    (named,) = opened.left_out
    assert [note for note in named if note.startswith("the app's ")] == [
        f"the app's {name}: it is not trusted (trust=True)" for name in ("js", "head", "css")
    ]
    assert len([note for note in named if note.startswith("the JavaScript of ")]) == 4
    assert [message.partition(": left out: ")[2] for message in opened.warned] == list(named)


def test_the_outer_apps_server_does_nothing_for_a_component(
    outer: Outer, original: Original, client: httpx2.Client, secret: Path
) -> None:
    components = [
        component(1, "fileexplorer", root_dir="/"),
        component(2, "imageeditor"),
        component(3, "dialogue"),
    ]
    opened = load(outer, original, components)
    _, made = page(client, opened)
    for one in made:
        for name in ("ls", "accept_blobs", "format", "preprocess", "get_config", "postprocess"):
            asked = {"session_hash": "x", "component_id": one["id"], "fn_name": name, "data": []}
            answer = client.post(f"{opened.url}gradio_api/component_server", json=asked)
            assert answer.status_code == 404, (one["type"], name, answer.text)


def test_no_button_gives_the_outer_app_a_login_or_a_function(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    names = ["loginbutton", "duplicatebutton", "deeplinkbutton", "flagbutton"]
    components = [component(n, "button", name=name, value=f"Button {n}") for n, name in enumerate(names)]
    opened = load(outer, original, components)
    _, made = page(client, opened)
    assert [one["type"] for one in made] == ["markdown", *["button"] * 4]
    assert [one["props"]["value"] for one in made[1:]] == ["Button 0", "Button 1", "Button 2", "Button 3"]
    # One ends sessions.
    assert len(client.get(f"{opened.url}config").json()["dependencies"]) == 1
    assert client.get(f"{opened.url}login/huggingface").status_code == 404
    assert opened.left_out == [
        tuple(f"what button 'Button {n}' does, which is for the app's own page" for n in range(4))
    ]


# Classes of gradio, and names of what is none.
NONE = [
    "blocks", "interface", "chatinterface", "tabbedinterface", "workflow", "component", "formcomponent", "block",
    "blockcontext", "object", "", "../x", "os", "gradio_client",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["interface", "component", "../x"])
def test_what_is_no_component_is_refused(outer: Outer, original: Original, kind: str) -> None:
    opened = load(outer, original, [component(1, kind)])
    assert opened.error is not None
    name, text = opened.error
    assert name == "LoadError"
    assert text.startswith(f"the app has a custom component {kind!r}, which is not installed here")


def test_what_is_no_component_is_shown_as_json(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    kinds = [*NONE, *(f"nobody_has_{n}" for n in range(300))]
    components = [component(n, kind, value={"n": n}) for n, kind in enumerate(kinds, 1)]
    opened = load(outer, original, components, options={"missing": "json"})
    _, made = page(client, opened)
    assert [one["type"] for one in made[1:]] == ["json"] * len(kinds)
    (named,) = opened.left_out
    assert named[0] == "the custom component 'blocks': shown as JSON (gradio_blocks is not installed)"
    assert named[-1] == f"and {len(kinds) - 100} more things"


def test_a_page_that_is_too_large_is_refused(outer: Outer, original: Original) -> None:
    opened = load(outer, original, [component(n) for n in range(1, 20_001)])
    assert opened.error == (
        "LoadError",
        "the app has 20,000 components; at most 5,000 are put into another app",
    )


@pytest.mark.parametrize(
    "layout",
    [
        [{"id": 3, "children": [{"id": 3, "children": [{"id": 1}]}, {"id": 1}, {"id": 1}]}, {"id": 3}],
        [{"id": 3, "children": [{"id": 4, "children": [{"id": 3}, {"id": 1}]}]}, {"id": 4}, {"id": 1}],
        [
            {"id": 0},
            {"id": -1},
            {"id": 2**80},
            {"id": "1"},
            {"id": None},
            7,
            {"id": 1, "children": [{"id": 3}]},
        ],
    ],
)
def test_a_layout_that_is_none_is_shown_as_far_as_it_goes(
    outer: Outer, original: Original, client: httpx2.Client, layout: list[Any]
) -> None:
    components = [component(1), component(3, "row"), component(4, "column")]
    _, made = page(client, load(outer, original, components, layout=layout))
    assert [one["type"] for one in made].count("textbox") == 1


def test_events_that_fit_nothing_leave_the_rest(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    events = [
        event(1, (1, "change"), inputs=[1], outputs=[1], api_name="good"),
        event(1, (1, "input"), api_name="twice"),
        event(2, (99, "click"), (1, "__class__"), (1, "no_such"), (1, "get_config"), api_name="unknown"),
        event(3, (1, "change"), inputs=[99], api_name="missing"),
        event(4, (None, "then"), trigger_after=4, api_name="itself"),
        event(5, (None, "then"), trigger_after=6, api_name="early"),
        event(6, (None, "then"), trigger_after=1, api_name="follows"),
        event(7, (1, "change"), cancels=[7, 99, 1], backend_fn=False, api_name="cancels"),
        event(8, (1, "change"), inputs=[1] * 300, outputs=[1] * 300, api_name="../../x\n\ud800"),
        event(
            2**70,
            (1, "change"),
            show_progress_on=[99, 1],
            api_name="large",
            time_limit=2**90,
            stream_every=1e300,
        ),
        event(-1, (2, "click"), inputs=[2], outputs=[2], component_prop_inputs=[0, 5, -1], api_name="row"),
        {"targets": 7, "inputs": {}, "outputs": "x", "id": "y", "api_name": ["z"], "js": {}, "cancels": 3},
    ]
    opened = load(outer, original, [component(1), component(2, "row")], events)
    page(client, opened)
    (named,) = opened.left_out
    for text in ("/missing: ", "/itself: ", "/early: ", ".no_such of /unknown: ", ".__class__ of /unknown: "):
        assert len([note for note in named if text in note]) == 1, (text, named)
    names = {one["api_name"] for one in client.get(f"{opened.url}config").json()["dependencies"]}
    assert {"good", "follows"} <= names
    assert not names & {"twice", "missing", "itself", "early"}


def test_functions_of_one_name_are_loaded(outer: Outer, original: Original, client: httpx2.Client) -> None:
    events = [event(n, (1, "change"), api_name="x") for n in range(300)]
    opened = load(outer, original, [component(1)], events)
    page(client, opened)
    dependencies = client.get(f"{opened.url}config").json()["dependencies"]
    assert len({one["api_name"] for one in dependencies}) == len(dependencies)


@pytest.mark.parametrize("depth", [150, 250, 900])
def test_properties_that_are_nested_deep_are_shown_or_refused(
    outer: Outer, original: Original, client: httpx2.Client, depth: int
) -> None:
    deep: Any = file("/app/x")
    for _ in range(depth):
        deep = {"a": deep}
    opened = load(outer, original, [component(1, "json", value=deep)])
    if opened.error is None:
        assert depth < 200
        _, made = page(client, opened)
        assert len(files_in(made)) == 1
    else:
        assert depth > 150
        assert opened.error[0] in {"ProtocolError", "LoadError"}


def test_what_cannot_be_written_does_not_take_the_page_with_it(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    odd = ["\ud800", 2**64, -(2**70), 10**350, float("nan"), float("inf"), "\0", "\u2028</script><script>"]
    components = [
        {
            **component(1, "json", value=odd, label="\udfff"),
            "api_info": {"enum": odd, "\ud800": odd},
            "example_inputs": odd,
        },
        component(2, "textbox", value="</script><script>alert(1)</script>", elem_id="\ud800", visible=2**70),
    ]
    original.config = config(
        components, [event(1, (1, "change"), inputs=[1], api_name="\ud800")], title="\ud800</script>"
    )
    _, made = page(client, outer.open(original.url))
    assert made[1]["props"]["value"][:2] == ["\ufffd", 2.0**64]
    assert "</script><script>alert(1)" not in client.get(outer.open(original.url).url).text


def test_what_cannot_be_written_of_a_call_does_not_end_the_visitors_stream(
    outer: Outer, original: Original
) -> None:
    unit = {"index": 1, "length": 2, "unit": "\ud800", "progress": None, "desc": "\ud801"}
    before = [
        {"msg": "process_starts", "eta": 1.0},
        {
            "msg": "log",
            "log": "said \ud800",
            "title": "\udfff",
            "level": "info",
            "duration": 1,
            "visible": True,
        },
        {"msg": "progress", "progress_data": [unit]},
    ]
    opened = load(
        outer, original, [component(1)], [event(1, (1, "change"), inputs=[1], outputs=[1], api_name="say")]
    )
    assert opened.error is None
    with Client(opened.url, verbose=False, timeout=20) as caller:
        output = {"data": ["\ud800", 2**70], "is_generating": False}
        original.tells = [
            *before,
            {"msg": "process_completed", "success": True, "output": output},
            {"msg": "close_stream"},
        ]
        assert caller.predict("x", api_name="/say") == "\ufffd"
        failed = {
            "msg": "process_completed",
            "success": False,
            "output": {"error": "bad \ud800", "title": "\udfff"},
        }
        original.tells = [*before, failed, {"msg": "close_stream"}]
        with pytest.raises(AppError, match="bad \ufffd"):
            caller.predict("x", api_name="/say")


@pytest.mark.parametrize(
    "said",
    [
        {}, [], None, 7, {"components": 7}, {"version": "6.31.0"}, {"version": "9" * 5000, "mode": "blocks"},
        {"version": "6.31.0", "components": {}, "layout": {"children": 7}, "dependencies": 3},
        {"version": "6.31.0", "components": [{"id": 1}], "layout": {"children": [{"id": 1}]}, "dependencies": []},
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_description_is_refused(outer: Outer, original: Original, said: Any) -> None:
    original.config = said
    error = outer.open(original.url).error
    assert error is not None
    assert error[0].endswith("Error")
    assert error[0] not in {
        "TypeError",
        "ValueError",
        "AttributeError",
        "KeyError",
        "IndexError",
        "RecursionError",
    }
    assert len(error[1]) < 2000
    assert json.dumps(error[1]).isascii()


def test_every_kind_of_component_is_made_without_its_properties(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    hostile: dict[str, Any] = {
        "value": {"__class__": "x"}, "choices": 7, "samples": [["x"]], "components": ["blocks", {"name": "interface"}, 7],
        "columns": "x", "headers": {}, "selected": {}, "minimum": "x", "key": {}, "rendered_in": 99, "proxy_url": "http://evil/",
        "_selectable": "x", "every": 0, "load_fn": "x", "fn": SCRIPT, "render": False, "id": 99,
    }  # fmt: skip
    kinds = [
        *KINDS,
        "dataset",
        "timer",
        "state",
        "browserstate",
        "tabs",
        "tab",
        "sidebar",
        "accordion",
        "group",
        "form",
    ]
    kinds += [
        "slider",
        "dropdown",
        "checkboxgroup",
        "radio",
        "number",
        "highlightedtext",
        "label",
        "colorpicker",
        "datetime",
    ]
    components = [component(n, kind, **hostile) for n, kind in enumerate(kinds, 1)]
    text, _ = page(client, load(outer, original, components))
    assert "http://evil/" not in text
