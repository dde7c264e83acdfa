"""What the requests of pages are about."""

from __future__ import annotations

import pytest

from gradlink.recorder.asked import Asked, Subject, read_request


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        ("POST", "/gradio_api/queue/join", "", Asked(Subject.JOIN)),
        ("POST", "/queue/join", "__theme=dark", Asked(Subject.JOIN)),
        ("POST", "/queue/data", "", Asked(Subject.JOIN)),
        ("POST", "/gradio_api/upload", "upload_id=x", Asked(Subject.UPLOAD)),
        ("POST", "/run/predict", "", Asked(Subject.RUN, "predict")),
        ("POST", "/gradio_api/api/greet", "", Asked(Subject.RUN, "greet")),
        ("POST", "/gradio_api/call/v2/greet", "", Asked(Subject.CALL, "greet")),
        ("POST", "/gradio_api/cancel", "", Asked(Subject.CANCEL)),
        ("POST", "/gradio_api/stream/e1", "", Asked(Subject.CHUNK, "e1")),
        ("POST", "/gradio_api/stream/e1/close", "", Asked(Subject.CLOSE, "e1")),
        ("POST", "/login", "", Asked(Subject.LOGIN)),
        ("GET", "/gradio_api/queue/data", "session_hash=s", Asked(Subject.MESSAGES, "s")),
        ("GET", "/queue/join", "fn_index=3&session_hash=s", Asked(Subject.MESSAGES_OF_JOB, "s", 3)),
        ("GET", "/", "", Asked(Subject.PAGE)),
        ("GET", "/second", "", Asked(Subject.PAGE)),
        ("GET", "/gradio_api/heartbeat/s", "", Asked(Subject.OTHER)),
        ("PUT", "/queue/join", "", Asked(Subject.OTHER)),
    ],
)
def test_what_is_asked(method: str, path: str, query: str, expected: Asked) -> None:
    assert read_request(method, path, query, "/") == expected


def test_an_app_below_a_path_is_asked_there_only() -> None:
    assert read_request("POST", "/sub/queue/join", "", "/sub/") == Asked(Subject.JOIN)
    assert read_request("POST", "/queue/join", "", "/sub/") == Asked(Subject.OTHER)
    assert read_request("GET", "/sub", "", "/sub/") == Asked(Subject.PAGE)
