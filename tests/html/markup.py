"""What HTML consists of, for tests of what it must not."""

from __future__ import annotations

from html.parser import HTMLParser

from gradlink._text import one_line

# Those that gradlink writes; none of them can load or run anything but what stands in them.
ELEMENTS = frozenset(
    {
        "a", "audio", "code", "details", "div", "img", "span", "style", "summary", "table", "tbody", "td", "th", "thead",
        "tr", "video",
    }
)  # fmt: skip
ATTRIBUTES = frozenset(
    {"alt", "class", "colspan", "controls", "href", "open", "rel", "src", "style", "target", "title"}
)
_EMPTY = frozenset({"img"})


class Markup(HTMLParser):
    """The elements and texts of a piece of HTML.

    Attributes:
        attributes: name and value of each attribute of each element.
        texts: what is read between the elements, without the style.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)


def markup(html: str) -> Markup:
    """Return what a piece of HTML consists of, all of which is allowed to be there."""
    found = Markup(html)
    assert set(found.elements) <= ELEMENTS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    for name, value in found.attributes:
        if name in {"href", "src"}:
            assert value.startswith(
                ("http://", "https://", "file:///", "data:image/", "data:audio/", "data:video/")
            )
        if name == "style":
            assert value.startswith("width: ")
    shown = found.text.replace("\n", "")
    assert shown == one_line(shown)
    return found
