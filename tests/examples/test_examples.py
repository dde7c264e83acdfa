"""Every example runs as it stands, and does what it says."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

from examples.bot import Bot
from gradlink import AppError
from gradlink.testing import FakeApp, queued, stream
from tests.examples.programs import ROOT, run, serving
from tests.live.servers import Servers

STORY_BEGINS = "In a harbour town lived a clerk"
STORY_ENDS = "half a letter on time is worth more than a whole one too late."


def readme_program(url: str) -> str:
    """Return the five lines that the README begins with, with another URL."""
    program = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[0]
    assert len(program.splitlines()) == 5
    assert program.count("http://127.0.0.1:7860") == 1
    return str(program.replace("http://127.0.0.1:7860", url))


def assert_well(done: subprocess.CompletedProcess[str]) -> None:
    """Hold if a program has ended well, and has said nothing on standard error but that it has connected."""
    assert done.returncode == 0
    assert re.fullmatch(r"(Loaded as API: .*\n)?", done.stderr)


def test_the_readme_runs_as_printed(server: Servers) -> None:
    done = run(program=readme_program(server().url))
    assert_well(done)
    assert "You said: Tell me a story" in done.stdout


def test_the_readme_runs_against_the_demo_app(demo_url: str) -> None:
    done = run(program=readme_program(demo_url))
    assert_well(done)
    assert STORY_BEGINS in done.stdout
    assert STORY_ENDS in done.stdout


def test_stream(server: Servers) -> None:
    done = run("examples/stream.py", server().url)
    assert_well(done)
    assert done.stdout == "You said: Tell me a story"


def test_batch(demo_url: str) -> None:
    names = [f"guest {number}" for number in range(20)]
    done = run("examples/batch.py", demo_url, *names)
    assert_well(done)
    assert sorted(done.stdout.splitlines()) == sorted(f"{name}: Hello, {name}." for name in names)


def test_events(demo_url: str) -> None:
    done = run("examples/events.py", demo_url)
    assert_well(done)
    lines = done.stdout.splitlines()
    assert "now PROCESSING" in lines
    assert "info from Kitchen: The oven is warm, cake goes in." in lines
    assert "Baking cake: 1 of 3 minutes" in lines
    assert "output 0: cake, baked for 3 minutes" in lines
    assert lines[-1] == "it is done"


def test_fastapi_async(demo_url: str) -> None:
    arguments = ("-m", "uvicorn", "--app-dir", "examples", "fastapi_async:app", "--port", "0")
    with serving(*arguments, GRADIO_URL=demo_url) as url, httpx2.Client(base_url=url, timeout=60) as http:
        assert http.get("/greet", params={"name": "Ada"}).json() == "Hello, Ada."
        assert http.get("/quotient", params={"dividend": 8, "divisor": 2}).json() == 4.0
        refused = http.get("/quotient", params={"dividend": 8, "divisor": 0})
        assert (refused.status_code, refused.json()) == (422, {"detail": "Nothing can be divided by zero."})
        with http.stream("GET", "/story") as response:
            pieces = list(response.iter_text())
    assert "".join(pieces).startswith(STORY_BEGINS)
    assert "".join(pieces).endswith(STORY_ENDS)
    assert len(pieces) > 1


def test_flask_gevent(demo_url: str) -> None:
    with (
        serving("examples/flask_gevent/app.py", GRADIO_URL=demo_url, PORT="0") as url,
        httpx2.Client(base_url=url, timeout=60) as http,
    ):
        assert http.get("/greet", params={"name": "Ada"}).text == "Hello, Ada."
        picture = http.post("/postcard", content=b"Wish you were here")
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
        story = http.get("/story", params={"about": "Ada"}).text
        assert story.startswith(STORY_BEGINS)
        assert story.endswith(STORY_ENDS)
        # Who goes away early has the one oven cleared for the next cake.
        with http.stream("GET", "/cake", params={"what": "bread"}) as response:
            next(response.iter_lines())
        cake = http.get("/cake", params={"what": "cake"}).text.splitlines()
        assert (cake[0], cake[-1]) == ("status", "done")


def test_chat(demo_url: str) -> None:
    done = run("examples/chat.py", demo_url, stdin="Hello\nAnd then?\n\n")
    assert_well(done)
    assert re.fullmatch(rf"> {STORY_BEGINS}.*{STORY_ENDS}\n> {STORY_BEGINS}.*{STORY_ENDS}\n> ", done.stdout)


def test_images(demo_url: str, tmp_path: Path) -> None:
    for name, colour in (("a.png", "white"), ("b.jpg", "black")):
        Image.new("RGB", (8, 8), colour).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image", "utf-8")
    (tmp_path / "c.png").write_bytes(b"no image either")
    for _ in range(2):
        done = run("examples/images.py", demo_url, str(tmp_path))
        assert done.returncode == 1
        assert sorted(done.stdout.splitlines()) == ["a.png: day", "b.jpg: night"]
        assert done.stderr.startswith("c.png: /classify: ")


def test_bot(demo_url: str) -> None:
    done = run("examples/bot.py", demo_url)
    assert_well(done)
    lines = done.stdout.splitlines()
    assert lines.count("…") == 2
    answers = [line for line in lines if line.startswith(STORY_BEGINS) and line.endswith(STORY_ENDS)]
    assert len(answers) == 2
    assert any(line.endswith(" …") for line in lines[2:])


def test_bot_says_what_went_wrong() -> None:
    async def play(script: Any) -> list[str]:
        said: list[str] = []
        with FakeApp({"/chat": script}) as app:
            async with app.async_client() as client:
                await Bot(client, edit_seconds=0).answer(Recorded(said), "Hello")
        return said

    class Recorded:
        def __init__(self, said: list[str]) -> None:
            self._said = said

        async def send(self, text: str) -> Recorded:
            await self.edit(text)
            return self

        async def edit(self, text: str) -> None:
            self._said.append(text)

    assert asyncio.run(play(queued(at=1, then=stream("a", "ab")))) == [
        "…",
        "(1 before you)",
        "a …",
        "ab …",
        "ab",
    ]
    assert asyncio.run(play(AppError("No story today"))) == ["…", "The app says: No story today"]
