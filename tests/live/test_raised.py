"""What a program prints that does not catch an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.processes import free_port
from tests.live.servers import Servers

SYNC = """
import sys
from gradlink import Client

def main():
    client = Client(sys.argv[1], verbose=False, retries=0)
    {call}

main()
"""
ASYNC = """
import asyncio, sys
from gradlink import AsyncClient

async def main():
    async with AsyncClient(sys.argv[1], verbose=False, retries=0) as client:
        {call}

asyncio.run(main())
"""
COMPAT = SYNC.replace("from gradlink import", "from gradlink.compat.client import").replace(", retries=0", "")


def printed(program: str, url: str, **environment: str) -> list[str]:
    """Run a program that fails; return what it prints of that."""
    ended = subprocess.run(
        [sys.executable, "-c", program, url],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "", **environment},
    )
    assert ended.returncode == 1
    return ended.stderr.splitlines()


def own_frames(lines: list[str]) -> list[str]:
    package = str(Path("src", "gradlink")) + "/"
    return [line for line in lines if line.startswith("  File ") and ("gradlink/" in line or package in line)]


@pytest.mark.parametrize(
    ("program", "frames"), [(SYNC, 1), (COMPAT, 1), (ASYNC, 2)], ids=["sync", "compat", "asyncio"]
)
def test_an_app_that_does_not_run_is_a_few_lines(program: str, frames: int) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    lines = printed(program.format(call="client"), url)
    assert lines[-1].endswith(f"no connection to {url}config: [Errno 111] Connection refused") or (
        f"ConnectError: no connection to {url}config: " in lines[-1]
    )
    # `async with` connects in its own method, which awaits the one that callers may await.
    assert len(own_frames(lines)) == frames, "\n".join(lines)
    (cause,) = lines[
        : lines.index("The above exception was the direct cause of the following exception:") - 1
    ]
    assert cause.startswith("gradlink._shell.networkerror.NetworkError: ")


@pytest.mark.parametrize(
    "call",
    [
        'client.predict("x", api_name="/err")',
        'client.submit("x", api_name="/err").result()',
        'list(client.submit("x", api_name="/err"))',
        'list(client.submit("x", api_name="/err").deltas())',
        'client.api.err("x")',
        'client.predict("x", api_name="/nope")',
        'client.predict("in.png", api_name="/image_flip")',
    ],
)
def test_an_error_of_a_call_has_one_frame(server: Servers, call: str) -> None:
    lines = printed(SYNC.format(call=call), server().url)
    assert lines[0] == "Traceback (most recent call last):"
    assert len(own_frames(lines)) == 1, "\n".join(lines)


@pytest.mark.parametrize(
    "call",
    [
        'await client.predict("x", api_name="/err")',
        'await client.submit("x", api_name="/err").result()',
        '[value async for value in client.submit("x", api_name="/err")]',
        'await client.api.err("x")',
    ],
)
def test_an_error_of_an_async_call_has_one_frame(server: Servers, call: str) -> None:
    lines = printed(ASYNC.format(call=call), server().url)
    assert lines[0].strip() == "Traceback (most recent call last):"
    assert len(own_frames(lines)) == 1, "\n".join(lines)


def test_who_debugs_sees_all_frames() -> None:
    lines = printed(SYNC.format(call="client"), f"http://127.0.0.1:{free_port()}/", GRADLINK_LOG="debug")
    assert len(own_frames(lines)) > 10


def test_the_cause_of_the_cause_can_be_found() -> None:
    program = """
import sys
from gradlink import Client, ConnectError
try:
    Client(sys.argv[1], retries=0)
except ConnectError as error:
    sys.exit(type(error.__cause__.__context__).__name__)
"""
    assert printed(program, f"http://127.0.0.1:{free_port()}/") == ["ConnectionRefusedError"]


@pytest.mark.parametrize("program", [SYNC, ASYNC], ids=["sync", "asyncio"])
def test_a_proxy_that_needs_a_package_names_it(program: str) -> None:
    missing = "import sys\nsys.modules['socksio'] = None\n"
    *_, line = printed(
        missing + program.format(call="client"), "http://app.example/", ALL_PROXY="socks5://127.0.0.1:9"
    )
    assert line == (
        "gradlink.errors.MissingPackageError: a SOCKS proxy needs a package that is not installed: "
        'pip install "httpx2[socks]"'
    )


@pytest.mark.parametrize("program", [SYNC, ASYNC], ids=["sync", "asyncio"])
def test_a_dead_proxy_is_named(program: str) -> None:
    port = free_port()
    proxy = f"http://user:SECRET@127.0.0.1:{port}"
    lines = printed(program.format(call="client"), "http://app.example/", HTTP_PROXY=proxy)
    assert f"the proxy http://127.0.0.1:{port} cannot be reached" in lines[-1]
    assert "SECRET" not in "\n".join(lines)
