"""The same functions as a real app and as a scripted one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypedDict, get_type_hints

import gradio as gr
from gradio import FileData

import gradlink
from gradlink import AppError, MemoryFile, handle_file
from gradlink.testing import State

# With annotations that are types, which are all that gradio reads.
Point = TypedDict("Point", {"x": int, "y": int})  # noqa: UP013


def add(a: int, b: float = 2.5) -> float:
    return a + b


def kinds(  # noqa: PLR0917
    text: str,
    flag: bool = False,
    choice: Literal["x", "y"] = "x",
    maybe: str | None = None,
    items: list[int] | None = None,
    table: dict[str, Any] = {},  # noqa: B006
    point: Point | None = None,
    anything: Any = None,
    either: int | str = 3,
) -> tuple[str, list[Any]]:
    return text, [flag, choice, maybe, items, table, point, anything, either]


def nothing() -> None:
    return None


def letters(text: str) -> Iterator[str]:
    for count in range(1, len(text) + 1):
        yield text[:count]


async def rows(count: int = 3) -> AsyncIterator[list[int]]:
    for number in range(count):
        yield list(range(number))


def silent() -> Iterator[str]:
    yield from ()


def divide(dividend: float, divisor: float) -> float:
    return dividend / divisor


def halfway(text: str) -> Iterator[str]:
    yield text
    raise ValueError("lost in the middle")


COMMON: dict[str, Callable[..., Any]] = {
    f"/{function.__name__}": function
    for function in (add, kinds, nothing, letters, rows, silent, divide, halfway)
}


def shout(letter: FileData) -> FileData:
    made = Path(letter["path"]).with_name("shout.txt")
    made.write_text(Path(letter["path"]).read_text().upper())
    return FileData(path=str(made))


def refuse(text: str) -> str:
    raise gr.Error(text, title="Full", duration=3)


def fake_shout(letter: MemoryFile) -> gradlink.FileData:
    return handle_file(letter.text().upper().encode(), name="shout.txt")


def fake_refuse(text: str) -> str:
    raise AppError(text, title="Full", duration=3)


def fake_count(step: float, total: State = State(0)) -> float:  # noqa: B008
    total.value += step
    return total.value


REAL = {**COMMON, "/shout": shout, "/refuse": refuse}
SCRIPTED = {**COMMON, "/shout": fake_shout, "/refuse": fake_refuse, "/count": fake_count}


def real() -> gr.Blocks:
    """Return a real app with the functions."""
    with gr.Blocks() as demo:
        for name, function in REAL.items():
            # gradio reads no annotations that are texts, as those here are.
            function.__annotations__ = get_type_hints(function)
            gr.api(function, api_name=name.removeprefix("/"))
        total, number = gr.State(0), gr.Number()
        gr.Button().click(
            lambda step, total: (total + step, total + step),
            [number, total],
            [number, total],
            api_name="count",
        )
    return demo
