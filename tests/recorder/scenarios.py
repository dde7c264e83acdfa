"""What is done in the pages of several releases of Gradio, and what the programs must give then."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gradlink.recorder.steps import Step
from tests.recorder.driving import Recorded, recording

# A page is drawn before it listens; on a busy machine long before.
LISTENING_MS = 5_000
MOST_TRIES = 9
_IDLE = "() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 1000)))"
# Streams that stay open are not among these resources, and what a timer calls is left out; a page that is busy is not
# asked before it has done its work.
_SETTLED = """() => {
    const made = performance.getEntriesByType("resource").filter((one) => !one.name.includes("/queue/"));
    return performance.now() - Math.max(...made.map((one) => one.responseEnd)) > 1000;
}"""


def texts_numbers_and_state(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/basic/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.get_by_label("Name").fill("Ada")
        click(page, "Greet")
        shown(page, "Out", "Hello AdaHello Ada")
        click(page, "Measure")
        shown(page, "Size", "18")
        for number in ("6", "7"):
            click(page, "Count")
            shown(page, "Count", number)
        recorded.ended("greet", "measure", "count", "count")
    lines = [line.strip() for line in recorded.program.splitlines()]
    assert lines[5:] == [
        "# the page calls /begin by itself, and later calls need what it keeps",
        'client.predict(api_name="/begin")',
        'greet = client.predict(name="Ada", api_name="/greet")',
        "print(greet)",
        'measure = client.predict(obj=greet, api_name="/measure")',
        "print(measure)",
        'count_result = client.predict(api_name="/count")',
        "print(count_result)",
        'count_result_2 = client.predict(api_name="/count")',
        "print(count_result_2)",
    ]
    assert recorded.run().splitlines()[-4:] == ["Hello AdaHello Ada", "18", "6", "7"]


def a_chat(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/chat/", tmp_path) as recorded:
        visit(page, recorded.url)
        answers = []
        for message in ("hello", "again"):
            box = page.locator("textarea:visible").last
            box.fill(message)
            enter(page, box)
            answer = page.get_by_text(f"You said {message}, after")
            answer.wait_for()
            answers.append(answer.inner_text().strip())
            recorded.wait(lambda: sum(step.ended for step in calls(recorded)) == len(answers))
    names = [line.split(" = ")[0].strip() for line in recorded.program.splitlines() if "predict" in line]
    assert len(names) == 2
    assert recorded.run().splitlines()[-2:] == answers


def a_chat_of_the_apps_own_hands_its_history_on(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/own_chat/", tmp_path) as recorded:
        visit(page, recorded.url)
        for number in (1, 2):
            page.get_by_role("textbox", name="Message").fill(f"hi {number}")
            enter(page, page.get_by_role("textbox", name="Message"))
            page.get_by_text(f"answer {number}").wait_for()
            recorded.ended(*(["bot"] * number))
    assert 'bot = client.predict(history=user[1], api_name="/bot")' in recorded.program
    assert "history=bot" in recorded.program
    assert "hi 2" in recorded.run().splitlines()[-1]


def images_that_are_sent_and_sent_on(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/image/", tmp_path) as recorded:
        visit(page, recorded.url)
        send(page, "../up.png", picture())
        page.locator("img[src*='file=']").first.wait_for()
        click(page, "Turn")
        recorded.ended("turn")
        page.locator("img[src*='file=']").nth(1).wait_for()
        click(page, "Measure")
        shown(page, "Size", "(20, 30)")
        recorded.ended("measure")
    assert [path.name for path in (tmp_path / "recorded_files").iterdir()] == ["up.png"]
    assert "handle_file(turn)" in recorded.program
    assert recorded.run().splitlines()[-1] == "(20, 30)"


def a_slow_app_whose_stream_is_cancelled(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/slow/", tmp_path) as recorded:
        visit(page, recorded.url)
        click(page, "Tell")
        shown(page, "Out", "part 2")
        recorded.ended("tell")
        page.get_by_label("Parts").fill("500")
        click(page, "Tell")
        recorded.wait(lambda: recorded.recorder.recording.steps[-1].seen > 3)
        click(page, "Halt")
        recorded.ended("tell", "tell")
    assert "job.cancel()" in recorded.program
    seen = next(step.seen for step in recorded.recorder.recording.steps if step.cancelled)
    assert recorded.run().splitlines()[-3 - seen :] == [f"part {n}" for n in [*range(3), *range(seen)]]


def a_login_and_a_password_box(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/gated/", tmp_path, login=True) as recorded:
        visit(page, recorded.url)
        boxes = page.locator("input:visible")
        boxes.nth(0).fill("somebody")
        boxes.nth(1).fill("pass-word-of-the-app")
        # The page is loaded once more then; it is ready when it says that it lives.
        with page.expect_request(lambda request: "/heartbeat/" in request.url):
            click(page, "Login")
        settled(page)
        page.get_by_label("Secret").fill("typed-in-the-box")
        click(page, "Enter")
        shown(page, "Out", "16 characters")
        recorded.ended("enter")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    said = "\n".join(line for part in recorded.shown for line in part.lines)
    for secret in ("pass-word-of-the-app", "typed-in-the-box", "somebody"):
        assert secret.encode() not in written
        assert secret not in said
    given = {"APP_USER": "somebody", "APP_PASSWORD": "pass-word-of-the-app", "APP_TEXT": "typed-in-the-box"}
    assert recorded.run(**given).splitlines()[-1] == "16 characters"


def visit(page: Any, url: str) -> None:
    """Open a page, and wait until it listens."""
    page.goto(url)
    settled(page)


def settled(page: Any) -> None:
    """Wait until a page has long had all that it is made of: what is filled in before is lost when it is drawn once more."""
    from playwright.sync_api import Error as MovedOnError

    for _ in range(MOST_TRIES):
        # A login loads it once more, which ends what is asked of it.
        with suppress(MovedOnError):
            page.wait_for_function(_SETTLED)
            return
    raise AssertionError("the page does not settle")


def click(page: Any, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    asks(page, button.click)


def enter(page: Any, box: Any) -> None:
    asks(page, lambda: box.press("Enter"))


def asks(page: Any, act: Callable[[], object]) -> None:
    """Do what has the page ask the app for something; a page that does not listen yet, though it is there, asks nothing."""
    from playwright.sync_api import Error as MovedOnError
    from playwright.sync_api import TimeoutError as NothingAskedError

    asked: list[Any] = []

    def note(request: Any) -> None:
        asked.append(request)

    page.on("request", note)
    try:
        for _ in range(MOST_TRIES):
            with suppress(NothingAskedError), page.expect_request(_is_asking, timeout=LISTENING_MS):
                act()
                return
            # A page that is only slow has asked by the time that it has nothing else to do; what is done once more is asked twice.
            with suppress(MovedOnError):
                page.evaluate(_IDLE)
            if any(map(_is_asking, asked)):
                return
    finally:
        page.remove_listener("request", note)
    raise AssertionError("the page asks nothing")


def _is_asking(request: Any) -> bool:
    path = urlsplit(request.url).path
    return request.method == "POST" and bool({"join", "run", "cancel", "login"} & set(path.split("/")))


def shown(page: Any, label: str, value: str) -> None:
    """Wait until the page shows a value."""
    from playwright.sync_api import expect

    expect(page.get_by_label(label, exact=True)).to_have_value(value)


def calls(recorded: Recorded) -> list[Step]:
    """Return the calls that the program makes so far."""
    return [step for step in recorded.recorder.recording.steps if step.is_call]


def send(page: Any, name: str, content: bytes) -> None:
    kind = "image/png" if name.endswith("png") else "audio/wav"
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )


def picture() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(made, "PNG")
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 800)
    return made.getvalue()
