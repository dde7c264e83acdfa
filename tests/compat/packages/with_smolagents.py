"""What an agent of smolagents does with apps: usage: URL FOLDER."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

from gradio_client.exceptions import AppError
from PIL import Image
from smolagents import Tool

from tests.compat.packages.telling import tell, tell_who_answered

URL, FOLDER = sys.argv[1], Path(sys.argv[2])


def tool(api_name: str | None) -> Any:
    return Tool.from_space(URL, name="tool", description="A tool.", api_name=api_name)


def picture(agent_image: Any) -> list[Any]:
    """Return of what class a picture is, whether its file lies where it is to lie, and how it looks."""
    path = Path(agent_image.to_string())
    raw = agent_image.to_raw()
    return [
        type(agent_image).__name__,
        path.suffix,
        path.exists(),
        raw.size,
        raw.convert("RGB").getpixel((3, 3)),
    ]


def text_of(path: object) -> list[Any]:
    return [isinstance(path, str), Path(str(path)).name, Path(str(path)).read_text()]


def failure() -> str:
    try:
        tool("/fail")("this")
    except AppError as error:
        return f"gradio_client.exceptions.AppError: {error}"
    return "it did not fail"


def first_of_all() -> Any:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        chosen = tool(None).api_name
    return [chosen, *(str(warning.message) for warning in caught if warning.category is UserWarning)]


def main() -> None:
    red = FOLDER / "red.png"
    Image.new("RGB", (8, 6), "red").save(red)
    note = FOLDER / "note.txt"
    note.write_text("hello file\n")
    clip = FOLDER / "clip.mp4"
    clip.write_text("a film of mine")
    greet, invert, film = tool("/predict"), tool("/invert"), tool("/film")
    tell("what a text takes", lambda: [greet.inputs, greet.output_type])
    tell("what a picture takes", lambda: [invert.inputs, invert.output_type])
    tell("what a film gives", lambda: film.output_type)
    tell("a text by position", lambda: greet("Bob"))
    tell("a text by name", lambda: greet(name="Ann"))
    tell("a picture by its path", lambda: picture(invert(str(red))))
    tell("a picture of PIL", lambda: picture(invert(Image.new("RGB", (4, 4), "blue"))))
    tell("a picture and a number", lambda: picture(tool("/draw")("lime")))
    tell("a film", lambda: text_of(film("rain")))
    tell("a film there", lambda: tool("/watch")(str(clip)))
    tell("a file there", lambda: tool("/measure")(str(note)))
    tell("a file back", lambda: text_of(tool("/write")("written down")))
    tell("a parameter left out", lambda: tool("/caption")(str(red)))
    tell("two texts", lambda: tool("/warn")("dogs"))
    tell("the app's error", failure)
    tell("an endpoint that is not there", lambda: tool("/nope"))
    tell("no endpoint named", first_of_all)
    tell_who_answered()


main()
