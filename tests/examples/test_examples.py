"""Every example runs as it stands, and does what it says."""

from __future__ import annotations

import re
import subprocess

import httpx2

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


def test_tickets(demo_url: str) -> None:
    page = (ROOT / "docs/tickets.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert program.count("http://127.0.0.1:7860") == 2
    done = run(program=program.replace("http://127.0.0.1:7860", demo_url))
    assert done.returncode == 0
    assert re.fullmatch(r"(Loaded as API: .*\n)*", done.stderr)
    assert done.stdout.splitlines()[-1] == "marble cake, baked for 8 minutes"


def test_pool(demo_url: str) -> None:
    page = (ROOT / "docs/many-servers.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    program = re.sub(r"http://127\.0\.0\.1:786\d", demo_url, program)
    done = run(program=program)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Hello, Ada.", "Hello, Grace.", "Hello, Alan."]


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
