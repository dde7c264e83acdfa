"""The properties of components in the words of another Gradio.

Wire: ``props`` of the components in /config, and updates. Only what is seen is converted: Gradio 5 has a property for each
button of a component's corner, Gradio 6 one list of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gradlink._protocol.jsonvalue import JSONObject, as_list

_COPY: Final = {"show_copy_button": "copy"}
_DOWNLOAD: Final = {"show_download_button": "download"}
_SHARE: Final = {"show_share_button": "share"}
_FULLSCREEN: Final = {"show_fullscreen_button": "fullscreen"}
_PLOT: Final = {**_FULLSCREEN, "show_export_button": "export"}

# By the kind of a component: its property in Gradio 5, and the word in Gradio 6.
BUTTONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "annotatedimage": _FULLSCREEN,
        "audio": _DOWNLOAD | _SHARE,
        "barplot": _PLOT,
        "chatbot": _SHARE | _COPY | {"show_copy_all_button": "copy_all"},
        "dataframe": _FULLSCREEN | _COPY,
        "dialogue": _COPY,
        "gallery": _SHARE | _DOWNLOAD | _FULLSCREEN,
        "image": _DOWNLOAD | _SHARE | _FULLSCREEN,
        "imageeditor": _DOWNLOAD | _SHARE | _FULLSCREEN,
        "imageslider": _DOWNLOAD | _FULLSCREEN,
        "lineplot": _PLOT,
        "markdown": _COPY,
        "nativeplot": _PLOT,
        "scatterplot": _PLOT,
        "slider": {"show_reset_button": "reset"},
        "textbox": _COPY,
        "video": _DOWNLOAD | _SHARE,
    }
)
# They show all of them where /config says nothing.
_ALL_BUTTONS: Final = frozenset({"dataframe", "imageeditor"})
_WITH_WEBCAM: Final = frozenset({"image", "imageeditor", "video"})


def rename(kind: str, props: JSONObject, theirs: int, ours: int, before: JSONObject) -> JSONObject:
    """Return properties of a component of Gradio ``theirs`` as Gradio ``ours`` names them.

    Args:
        kind: the component's type in /config.
        props: some of its properties, or all.
        theirs: the major version that they are of.
        ours: the major version that is wanted.
        before: its properties in /config, of which ``props`` may change some.
    """
    found = dict(props)
    if theirs < 5:
        _from_4(kind, found)
    if theirs < 6 <= ours:
        _to_6(kind, found, before)
    if ours < 6 <= theirs:
        _from_6(kind, found)
    return found


def _from_4(kind: str, props: JSONObject) -> None:
    if kind in _WITH_WEBCAM and "mirror_webcam" in props:
        mirror = props.pop("mirror_webcam")
        props.setdefault("webcam_options", {"mirror": mirror is True, "constraints": None})
    if kind == "dataframe" and "height" in props:
        props.setdefault("max_height", props.pop("height"))
    if kind == "dataframe" and "__type__" not in props:
        # It has no buttons yet; later ones show them unless they are told not to.
        props |= dict.fromkeys(BUTTONS[kind], False)
    if kind == "chatbot" and "avatar_images" in props:
        # The first releases say only where the pictures are.
        props["avatar_images"] = [
            {"path": item, "meta": {"_type": "gradio.FileData"}} if isinstance(item, str) else item
            for item in as_list(props["avatar_images"])
        ]


def _to_6(kind: str, props: JSONObject, before: JSONObject) -> None:
    words = BUTTONS.get(kind, {})
    if any(name in props for name in words):
        # An update says only which buttons it changes; /config says all.
        shown = {**before, **props}
        props["buttons"] = [word for name, word in words.items() if shown.get(name) is True]
        for name in words:
            props.pop(name, None)
    if kind == "dataframe" and "col_count" in props:
        props.setdefault("column_count", props["col_count"])
    if kind == "dialogue" and "show_submit_button" in props:
        props.setdefault("submit_btn", props.pop("show_submit_button"))


def _from_6(kind: str, props: JSONObject) -> None:
    if kind in _ALL_BUTTONS and "__type__" not in props:
        props.setdefault("buttons", [*BUTTONS[kind].values()])
    if isinstance(buttons := props.get("buttons"), list):
        for name, word in BUTTONS.get(kind, {}).items():
            props[name] = word in buttons
    if kind == "dataframe" and "column_count" in props:
        props.setdefault("col_count", props["column_count"])
    if kind == "dialogue" and "submit_btn" in props:
        props.setdefault("show_submit_button", props["submit_btn"] is not False)
