"""The server of the page, asked by a program."""

from __future__ import annotations

import io
import signal
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.cli.commands import Command, start
from tests.docs_page.asking import Asker
from tests.docs_page.serving import Pages

pytestmark = pytest.mark.live

FILE_OF_THIS_MACHINE = "/etc/hostname"


def wave_of_silence() -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    return content.getvalue()


@pytest.fixture
def ask(pages: Pages) -> Iterator[Any]:
    """Give what asks the page of an app: ``ask("chat").get("")``."""
    with httpx2.Client() as client:
        yield lambda name: Asker(pages(name).address, client)


def test_a_call_is_told_event_by_event(ask: Any) -> None:
    events = ask("chat").call("chat", {"message": "one two"})
    kinds = [event["type"] for event in events]
    assert kinds[0] == "sent"
    assert kinds.count("output") == 4
    assert events[-1] == {"type": "done", "success": True, "cancelled": False, "error": None}


def test_an_endpoint_that_takes_further_input_gets_one_value(ask: Any) -> None:
    asker = ask("batch")
    (endpoint,) = (one for one in asker.get("app.json").json()["endpoints"] if one["live"])
    key = asker.post("files?name=a.wav", wave_of_silence()).json()["key"]
    events = asker.call(endpoint["slug"], {"sound": {"gradlink_picked": key}})
    assert events[-1]["success"], events
    assert [event["values"] for event in events if event["type"] == "output"] == [["True"]]


def test_without_its_origin_nothing_is_done(ask: Any) -> None:
    asker = ask("chat")
    answer = asker.client.post(f"{asker.address}call", content=b"{}")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"[" * 100_000, b"{}", b'{"endpoint": "x"}', b'{"endpoint": [1]}']
)
def test_what_is_no_request_is_refused(ask: Any, body: bytes) -> None:
    for path in ("call", "snippets"):
        assert ask("chat").post(path, body).status_code in {400, 404}


def test_values_that_do_not_fit_are_not_sent(ask: Any) -> None:
    (refused,) = ask("slow").call("bake", {"minutes": 1000})
    assert refused["status"] == 422
    assert refused["problems"] == {"minutes": "1000 is more than the maximum, 100"}


@pytest.mark.parametrize(
    "value", [f"@{FILE_OF_THIS_MACHINE}", FILE_OF_THIS_MACHINE, {"gradlink_picked": "../x"}]
)
def test_no_file_of_this_machine_is_sent_that_was_not_picked(ask: Any, value: Any) -> None:
    (refused,) = ask("hostile").call("steal", {"given": value})
    assert refused["status"] == 422
    assert list(refused["problems"]) == ["given"]


def test_files_that_were_picked_are_gone_with_the_page(ask: Any, pages: Pages, tmp_path: Path) -> None:
    asker = ask("files")
    key = asker.post("files?name=../../evil%00name.txt", b"x" * 100).json()["key"]
    place = pages("files").app.files.directory
    (stored,) = (place / "picked" / key).iterdir()
    assert stored.read_bytes() == b"x" * 100
    events = asker.call("twice", {"file": {"gradlink_picked": key}})
    assert events[-1]["success"], events


def test_sound_is_served_in_parts(ask: Any) -> None:
    asker = ask("kinds")
    events = asker.call("show", {})
    (values,) = (event["values"] for event in events if event["type"] == "output")
    audio = values[9]
    answer = asker.get(f"files/{audio['gradlink_file']}", range="bytes=0-3")
    assert (answer.status_code, answer.content) == (206, b"RIFF")
    assert answer.headers["content-type"] == "audio/wav"


@pytest.mark.parametrize("path", ["files/999", "files/%2e%2e%2fx", "static/dom.js", "x"])
def test_there_is_nothing_else(ask: Any, path: str) -> None:
    assert ask("chat").get(path).status_code == 404


def test_a_picture_with_a_script_is_only_a_picture(ask: Any) -> None:
    asker = ask("hostile")
    first = asker.get("app.json").json()["endpoints"][0]["slug"]
    events = asker.call(first, {})
    (values,) = (event["values"] for event in events if event["type"] == "output")
    picture = next(one for one in values[7] if one["name"].endswith(".svg"))
    shown = asker.get(f"files/{picture['gradlink_file']}", **{"sec-fetch-dest": "image"})
    assert shown.headers["content-type"] == "image/svg+xml"
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    opened = asker.get(f"files/{picture['gradlink_file']}", **{"sec-fetch-dest": "document"})
    assert opened.headers["content-type"] == "application/octet-stream"
    assert opened.headers["content-disposition"].startswith("attachment")


def test_the_command_serves_until_ctrl_c_and_leaves_nothing(apps_url: str, tmp_path: Path) -> None:
    with start("docs", f"{apps_url}chat", "--no-open", env={"TMPDIR": str(tmp_path)}) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        assert "Echo chat" in httpx2.get(address).text
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert b"Ctrl-C ends it." in said
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_is_wrong_before_it_serves(apps_url: str, command: Command) -> None:
    done = command("docs", f"{apps_url}locked", "--no-open")
    assert done.code == 5
    assert "auth" in done.err
    assert command("docs", "http://127.0.0.1:9/", "--no-open").code == 7
