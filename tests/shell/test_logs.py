"""What gradlink logs on standard error."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from gradlink._shell import logs


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """Give gradlink's logger as it is when nobody has asked for anything, and leave it so."""
    found = logging.getLogger("gradlink")
    level, handlers, own = found.level, list(found.handlers), list(logs._handlers)
    found.handlers, logs._handlers[:] = [], []
    yield found
    found.handlers, logs._handlers[:] = handlers, own
    found.setLevel(level)


def test_it_is_written_once_however_often_it_is_asked_for(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.log_to_stderr(logging.DEBUG)
    logs.log_to_stderr(logging.INFO)
    logging.getLogger("gradlink.x").info("said")
    logging.getLogger("gradlink.x").debug("not said")
    written = capsys.readouterr().err
    assert written.count("gradlink.x: said") == 1
    assert "not said" not in written


@pytest.mark.parametrize(
    ("value", "level"), [("debug", logging.DEBUG), (" INFO ", logging.INFO), ("loud\n", logging.DEBUG)]
)
def test_the_environment_names_a_level(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str], value: str, level: int
) -> None:
    logs.log_as_wanted(value)
    assert logger.level == level
    assert (r"GRADLINK_LOG=loud\n is not a level" in capsys.readouterr().err) == (value == "loud\n")


def test_an_answer_is_logged_without_secrets(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.log_to_stderr(logging.DEBUG)
    logs.log_answer("GET", "https://user:secret@host:8080/file=a%20b?__sign=secret", 200)
    written = capsys.readouterr().err
    assert "GET https://host:8080/file=a%20b: 200" in written
    assert "secret" not in written
