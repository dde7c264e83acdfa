"""What a program that logs sees of its calls."""

from __future__ import annotations

import logging
import re

import pytest

from gradlink import AppError
from tests.live.programs import run
from tests.live.servers import Servers
from tests.live.shells import Shell


def test_a_call_is_one_line_when_it_has_returned(
    server: Servers, connect: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gradlink")
    with connect(server().url, headers={"x-secret": "SECRET"}) as client:
        client.predict("SECRET", api_name="/echo")
        with pytest.raises(AppError):
            client.predict("x", api_name="/err")
        client.predict("SECRET", api_name="/fast")
    lines = [record.getMessage() for record in caplog.records if record.name == "gradlink.calls"]
    times = r"after \d+\.\d\d s \(\d+\.\d\d s in the queue, \d+\.\d\d s running, event \w{32}\)"
    assert len(lines) == 3
    assert re.fullmatch(rf"/echo: succeeded {times}", lines[0])
    assert re.fullmatch(rf"/err: failed with AppError {times}: user error: x", lines[1])
    assert re.fullmatch(r"/fast: succeeded after \d+\.\d\d s", lines[2])
    assert "SECRET" not in caplog.text


RECIPE = """
import logging, sys

logging.basicConfig(stream=sys.stdout, format="%(name)s: %(message)s")
logging.getLogger("gradlink").setLevel(logging.INFO)

from gradlink import Client

with Client(sys.argv[1], verbose=False) as client:
    client.predict("x", api_name="/fast")
"""


def test_the_recipe_prints_it(server: Servers) -> None:
    (line,) = run(RECIPE, server().url)
    assert line.startswith("gradlink.calls: /fast: succeeded after ")
