"""The command with apps of old releases: no schemas, no names of parameters, WebSockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.commands import Command
from tests.matrix.servers import ReleaseServers


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    """Give a release by name; the one before is ended."""
    servers = ReleaseServers()
    yield servers
    servers.close()


def described(command: Command, url: str, endpoint: str) -> dict[str, Any]:
    """Return the parameters of an endpoint by their labels."""
    told = json.loads(command("info", url, endpoint, "--format", "json").out)
    return {one["label"]: one for one in told["endpoints"][0]["parameters"]}


@pytest.mark.parametrize("release", ["3.34.0", "3.50.2", "4.8.0", "4.44.1"])
def test_files_go_to_old_apps_and_come_back(
    releases: ReleaseServers, command: Command, release: str, tmp_path: Path
) -> None:
    url = releases(release).url("base")
    (tmp_path / "in.txt").write_text("dear")
    name = described(command, url, "file_upper")["file"]["name"]
    done = command(
        "call", url, "file_upper", f"{name}=@{tmp_path / 'in.txt'}", "-o", str(tmp_path / "out.txt")
    )
    assert (done.code, (tmp_path / "out.txt").read_text()) == (0, "DEAR"), done.err
    Image.new("RGB", (2, 1), "red").save(tmp_path / "in.png")
    name = described(command, url, "image_flip")["image"]["name"]
    done = command(
        "call", url, "image_flip", f"{name}=@{tmp_path / 'in.png'}", "-o", str(tmp_path / "out.png")
    )
    assert done.code == 0, done.err
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (2, 1)


@pytest.mark.parametrize("release", ["3.34.0", "3.50.2", "4.8.0", "4.44.1"])
def test_old_apps_are_shown_and_called(releases: ReleaseServers, command: Command, release: str) -> None:
    url = releases(release).url("base")
    shown = command("info", url)
    assert (shown.code, shown.err) == (0, "")
    assert "/echo" in shown.out
    fields = described(command, url, "kitchen")
    assert (fields["slider"]["minimum"], fields["slider"]["maximum"]) == (0, 100)
    assert fields["op"]["choices"] == ["add", "sub"]
    text = described(command, url, "echo")["text"]["name"]
    done = command("call", url, "echo", f"{text}=hi")
    assert (done.out, done.err) == ("hi\n", "")
    a, _, op = (one["name"] for one in described(command, url, "add").values())
    assert float(command("call", url, "add", f"{a}=1", f"{op}=sub").out) == -9
    assert command("call", url, "add", f"{a}=1", f"{op}=mul").code == 2
    text = described(command, url, "count")["text"]["name"]
    streamed = command("stream", url, "count", f"{text}=n", "--format", "json").out.splitlines()
    assert len(streamed) > 1
    assert command("call", url, "err", f"{described(command, url, 'err')['text']['name']}=x").code == 3
