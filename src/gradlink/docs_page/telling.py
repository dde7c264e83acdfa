"""What happens to a call, as the page is told it: one JSON object for each event."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, assert_never, cast

from gradlink._async.files import AsyncLazyFile
from gradlink._protocol.events import DoneEvent, Event, LogEvent, OutputEvent, ProgressEvent, StatusEvent
from gradlink._text import lines, one_line
from gradlink.docs_page.files import media_of
from gradlink.errors import AppError, GradlinkError, ValidationError

FILE: Final = "gradlink_file"
# More than anybody reads on a page, less than what makes it slow.
MAX_TEXT: Final = 400_000
MAX_ITEMS: Final = 2_000
MAX_VALUES: Final = 200_000
_MAX_DEPTH: Final = 60
_MAX_MESSAGE: Final = 20_000


def told(event: Event, offer: Callable[[AsyncLazyFile], str]) -> dict[str, Any]:
    """Return an event of a job as JSON; ``offer`` makes a file one that the page can have."""
    match event:
        case StatusEvent():
            return {
                "type": "status",
                "code": event.code.value,
                "rank": event.rank,
                "queue_size": event.queue_size,
                "eta": _number(event.eta),
            }
        case ProgressEvent():
            return {
                "type": "progress",
                "units": [
                    {
                        "index": _number(unit.index),
                        "length": _number(unit.length),
                        "unit": one_line(unit.unit or "")[:200],
                        "progress": _number(unit.progress),
                        "desc": one_line(unit.desc or "")[:500],
                    }
                    for unit in event.units[:10]
                ],
            }
        case LogEvent():
            return {
                "type": "log",
                "level": event.level,
                "title": one_line(event.title or "")[:500],
                "message": lines(event.message)[:_MAX_MESSAGE],
                "visible": event.visible,
            }
        case OutputEvent():
            return {"type": "output", "index": event.index, **values(event.value, offer)}
        case DoneEvent():
            return {
                "type": "done",
                "success": event.success,
                "cancelled": event.cancelled,
                "error": None if event.error is None else error(event.error),
            }
        case _:
            assert_never(event)


def values(value: Any, offer: Callable[[AsyncLazyFile], str]) -> dict[str, Any]:
    """Return the values of a result as JSON: a call of several outputs has a tuple of them."""
    shown = _Shown(offer)
    listed = cast("Sequence[Any]", value) if isinstance(value, tuple) else (value,)
    return {"values": [shown.value(one, 0) for one in listed], "cut": shown.cut}


def error(failure: BaseException) -> dict[str, Any]:
    """Return what the page says of a failure."""
    title = failure.title if isinstance(failure, AppError) and failure.title != "Error" else ""
    return {
        "kind": type(failure).__name__,
        "title": one_line(title)[:500],
        "text": (_text_of(failure) or type(failure).__name__)[:_MAX_MESSAGE],
        "problems": dict(failure.problems) if isinstance(failure, ValidationError) else {},
        "app": isinstance(failure, AppError),
        "execution": failure.execution if isinstance(failure, GradlinkError) else None,
    }


def _text_of(failure: BaseException) -> str:
    return failure.said if isinstance(failure, AppError) else str(failure)


class _Shown:
    """Makes values into JSON of a size that a page can show.

    Attributes:
        cut: something was left out.
    """

    def __init__(self, offer: Callable[[AsyncLazyFile], str]) -> None:
        self.cut = False
        self._offer = offer
        self._left = MAX_VALUES

    def value(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            self.cut = True
            return "…"
        match value:
            case AsyncLazyFile():
                return {FILE: self._offer(value), "name": value.name, "media": media_of(value)}
            case str():
                return self._text(value)
            case float():
                return value if math.isfinite(value) else str(value)
            case None | bool() | int():
                return value
            case Mapping():
                items = list(cast("Mapping[str, Any]", value).items())
                kept = self._some(items)
                # What looks like a file of this page is none, if an app says it.
                return {
                    (f"{key} " if key == FILE else str(key)): self.value(item, depth + 1)
                    for key, item in kept
                }
            case list() | tuple():
                return [
                    self.value(item, depth + 1) for item in self._some(list(cast("Sequence[Any]", value)))
                ]
            case _:
                return one_line(value)[:1000]

    def _some(self, items: list[Any]) -> list[Any]:
        if len(items) <= MAX_ITEMS:
            return items
        self.cut = True
        return items[:MAX_ITEMS]

    def _text(self, text: str) -> str:
        if len(text) <= MAX_TEXT:
            return text
        self.cut = True
        return text[:MAX_TEXT] + "…"


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
