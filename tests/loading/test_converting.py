"""What components say and are told, in the form of another Gradio and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.dialect import dialect_of
from gradlink._protocol.version import AppVersion
from gradlink.loading.chats import Form, convert, convert_event
from gradlink.loading.converting import Conversion, conversions
from gradlink.loading.plan import Part
from gradlink.loading.renaming import BUTTONS, rename

META = {"_type": "gradio.FileData"}
texts = st.text(max_size=20)
file_data = st.builds(lambda name: {"path": name, "meta": META}, texts)
files = st.builds(lambda data, alt: {"file": data, "alt_text": alt}, file_data, st.none() | texts)
components = st.builds(
    lambda value: {"component": "label", "value": value, "constructor_args": {}, "props": {}}, texts
)
contents: st.SearchStrategy[Any] = texts | files | components
pairs = st.lists(st.lists(st.none() | contents, min_size=2, max_size=2), max_size=6)
roles = st.sampled_from(["user", "assistant", "system"])


def messages(content: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    message = st.fixed_dictionaries(
        {"role": roles, "content": content},
        optional={"metadata": st.none() | st.just({"title": "Thought"}), "options": st.none()},
    )
    return st.lists(message, max_size=6)


def part(content: Any) -> Any:
    if isinstance(content, str):
        return {"text": content, "type": "text"}
    return {**content, "type": "file" if "file" in content else "component"}


parts = st.lists(contents.map(part), max_size=3)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["role", "content", "type", "file", "component", "value", "path", "__type__", "video"]
            )
            | texts,
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
forms: st.SearchStrategy[Form] = st.sampled_from(["pairs", "single", "parts"])


@given(pairs)
def test_pairs_come_back_as_they_were(history: list[Any]) -> None:
    assert convert(convert(history, "pairs", "parts"), "parts", "pairs") == history


@given(pairs)
def test_a_pair_is_always_two_messages(history: list[Any]) -> None:
    there: Any = convert(history, "pairs", "parts")
    assert [message["role"] for message in there] == ["user", "assistant"] * len(history)
    for place, message in enumerate(there):
        said: Any = convert_event({"index": place, "value": "x"}, "parts", "pairs")
        turn, side = said["index"]
        assert message["content"] == [part(c) for c in [history[turn][side]] if c is not None]


@given(messages(contents))
def test_messages_of_one_content_come_back_as_they_were(history: list[Any]) -> None:
    assert convert(convert(history, "single", "parts"), "parts", "single") == history


@given(messages(parts))
def test_messages_of_several_parts_come_back_as_they_were(history: list[Any]) -> None:
    assert convert(convert(history, "parts", "single"), "single", "parts") == history


@given(messages(parts), forms)
def test_nothing_that_is_said_gets_lost(history: list[Any], wants: Form) -> None:
    again: Any = convert(convert(history, "parts", wants), wants, "parts")
    shown = [m for m in history if m["role"] != "system"] if wants == "pairs" else history
    assert [(m["role"], p) for m in again for p in m["content"]] == [
        (m["role"], p) for m in shown for p in m["content"]
    ]


@given(anything, forms, forms)
def test_an_app_may_send_anything_as_a_history(value: Any, has: Form, wants: Form) -> None:
    convert(value, has, wants)
    convert_event(value, has, wants)


@given(anything, st.sampled_from(sorted(BUTTONS)), st.sampled_from([4, 5, 6, 0]), st.sampled_from([5, 6]))
def test_an_app_may_send_anything_as_a_value(value: Any, kind: str, theirs: int, ours: int) -> None:
    conversion = Conversion(kind, {"value": value}, theirs, ours)
    conversion.outgoing(value)
    conversion.incoming(value)
    conversion.event(value)
    conversion.properties({"value": value, "buttons": value, "avatar_images": value, "height": value})


def test_what_is_said_of_a_chat_without_a_place_stays() -> None:
    for data in (None, {"index": [1, 0]}, {"index": 3, "value": {"text": "an example"}}, {"value": "copied"}):
        assert convert_event(data, "parts", "pairs") == data
    assert convert_event({"index": 3, "value": "x"}, "parts", "single") == {"index": 3, "value": "x"}


def test_a_like_is_of_one_side() -> None:
    liked = {"index": 3, "value": ["said", "more"], "liked": True}
    assert convert_event(liked, "parts", "pairs") == {"index": [1, 1], "value": "said", "liked": True}


def test_gradio_4_says_which_messages_a_like_is_of() -> None:
    liked = {"index": 4, "value": ["said", "more"], "liked": True}
    messages_of_4 = Conversion("chatbot", {"type": "messages"}, 4, 6)
    assert messages_of_4.event(liked) == {**liked, "index": [4, 5]}
    assert messages_of_4.event(None) is None
    assert Conversion("chatbot", {"type": "messages"}, 5, 6).event(liked) == liked
    assert Conversion("chatbot", {}, 4, 6).event(liked) == {**liked, "index": [2, 0], "value": "said"}


@pytest.mark.parametrize("kind", sorted(BUTTONS))
def test_buttons_have_their_words(kind: str) -> None:
    old = dict.fromkeys(BUTTONS[kind], False)
    shown = next(iter(old))
    there = rename(kind, {**old, shown: True}, 5, 6, {})
    assert there == {"buttons": [BUTTONS[kind][shown]]}
    back = rename(kind, there, 6, 5, {})
    assert {name: back[name] for name in old} == {**old, shown: True}


def test_an_update_of_one_button_leaves_the_others() -> None:
    before: dict[str, Any] = {"show_download_button": True, "show_share_button": False}
    assert rename("image", {"show_share_button": True}, 5, 6, before) == {"buttons": ["download", "share"]}
    assert rename("image", {"label": "x"}, 5, 6, before) == {"label": "x"}


def test_what_the_first_releases_of_gradio_4_say() -> None:
    webcam = {"webcam_options": {"mirror": False, "constraints": None}}
    assert rename("image", {"mirror_webcam": False}, 4, 5, {}) == webcam
    assert rename("dataframe", {"height": 300, "col_count": [1, "fixed"]}, 4, 6, {}) == {
        "buttons": [],
        "max_height": 300,
        "col_count": [1, "fixed"],
        "column_count": [1, "fixed"],
    }
    assert rename("chatbot", {"avatar_images": ["/a.png", None]}, 4, 6, {}) == {
        "avatar_images": [{"path": "/a.png", "meta": META}, None]
    }


def test_what_gradio_6_shows_unless_it_is_told_not_to() -> None:
    there = rename("dataframe", {"column_count": [2, "fixed"]}, 6, 5, {})
    assert there == {
        "buttons": ["fullscreen", "copy"],
        "show_fullscreen_button": True,
        "show_copy_button": True,
        "column_count": [2, "fixed"],
        "col_count": [2, "fixed"],
    }
    assert rename("dataframe", {"__type__": "update", "value": None}, 6, 5, {}) == {
        "__type__": "update",
        "value": None,
    }
    assert rename("dialogue", {"submit_btn": False}, 6, 5, {})["show_submit_button"] is False
    assert rename("dialogue", {"show_submit_button": False}, 5, 6, {}) == {"submit_btn": False}


def video(path: str) -> Any:
    return {"path": path, "meta": META}


def test_a_video_and_its_subtitles() -> None:
    both = {"video": video("a.mp4"), "subtitles": video("a.vtt")}
    newer = Conversion("video", {}, 5, 6)
    assert newer.properties({"value": both, "label": "x"}) == {
        "label": "x",
        "value": video("a.mp4"),
        "subtitles": video("a.vtt"),
    }
    update = {"__type__": "update", "value": video("a.mp4"), "subtitles": video("a.vtt")}
    assert newer.outgoing(both) == update
    assert newer.outgoing({"__type__": "update", "value": both}) == update
    assert newer.outgoing({**both, "subtitles": None}) == video("a.mp4")
    assert newer.incoming(video("a.mp4")) == {"video": video("a.mp4"), "subtitles": None}
    assert newer.incoming(None) is newer.outgoing(None) is None
    older = Conversion("video", {}, 6, 5)
    assert older.properties({"value": video("a.mp4"), "subtitles": video("a.vtt")})["value"] == both
    assert older.incoming(both) == video("a.mp4")


def test_an_update_of_a_chat() -> None:
    conversion = Conversion("chatbot", {"type": "tuples"}, 4, 6)
    assert conversion.outgoing({"__type__": "update", "value": [["a", None]], "label": "x"}) == {
        "__type__": "update",
        "label": "x",
        "value": convert([["a", None]], "pairs", "parts"),
    }
    assert conversion.changes_values


def test_a_page_of_gradio_5_is_told_what_its_chat_has() -> None:
    for theirs, said, wants in ((4, None, "tuples"), (5, "messages", "messages"), (6, None, "messages")):
        props: Any = {} if said is None else {"type": said}
        conversion = Conversion("chatbot", props, theirs, 5)
        assert conversion.properties(props)["type"] == wants
        assert conversion.changes_values is (theirs == 6)


def test_a_template_of_html_needs_gradio_6() -> None:
    templated: dict[str, Any] = {"html_template": "<b>${value}</b>"}
    assert Conversion("html", templated, 6, 5).missing() == "the template of an HTML component"
    assert Conversion("html", {"html_template": "${value}"}, 6, 5).missing() is None
    assert Conversion("html", templated, 5, 6).missing() is None


def test_the_same_major_version_needs_nothing() -> None:
    def of(version: str) -> dict[int, Conversion]:
        dialect = dialect_of("sse_v3", AppVersion(version))
        return conversions([Part(7, "chatbot", "chatbot", {})], dialect, version, "6.31.0")

    assert of("6.0.2") == {}
    assert set(of("5.0.2")) == set(of("unknown")) == {7}


def test_files_are_marked_as_they_are_since_gradio_4_21() -> None:
    data = dict.fromkeys(("url", "size", "orig_name", "mime_type")) | {"path": "/a.png"}
    marked = {**data, "meta": META}

    def of(kind: str, version: str) -> Conversion:
        dialect = dialect_of("sse_v1", AppVersion(version))
        return conversions([Part(7, kind, kind, {})], dialect, version, "6.31.0")[7]

    assert of("image", "4.8.0").outgoing(data) == marked
    assert of("gallery", "4.8.0").outgoing([{"image": data}]) == [{"image": marked}]
    assert of("image", "4.8.0").properties({"value": data, "label": "x"}) == {"value": marked, "label": "x"}
    assert of("json", "4.8.0").outgoing(data) == of("image", "4.44.1").outgoing(data) == data
    assert convert([[None, {"file": marked}]], "pairs", "parts") == of("chatbot", "4.8.0").outgoing(
        [[None, {"file": data}]]
    )


def test_a_chat_of_pairs_is_not_grouped_unless_it_says_so() -> None:
    says: dict[str, Any] = {"group_consecutive_messages": True}
    assert Conversion("chatbot", {}, 4, 6).properties({}) == {"group_consecutive_messages": False}
    assert Conversion("chatbot", says, 5, 6).properties(says) == says
    assert Conversion("chatbot", {"type": "messages"}, 5, 6).properties({}) == {}
    assert Conversion("chatbot", {}, 4, 6).outgoing({"__type__": "update"}) == {"__type__": "update"}
