"""The pages of apps of old releases: no schemas, no names of parameters, WebSockets, files as data."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx2
import pytest
from PIL import Image

from tests.docs_page.asking import Asker
from tests.docs_page.serving import START_SECONDS, start
from tests.matrix.servers import ReleaseServers

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    """Give a release by name; the one before is ended."""
    servers = ReleaseServers()
    yield servers
    servers.close()


@pytest.mark.parametrize("release", ["3.34.0", "4.8.0"])
def test_old_apps_are_shown_and_called(releases: ReleaseServers, release: str) -> None:
    running, thread = start(releases(release).url("base"))
    try:
        with httpx2.Client() as client:
            asker = Asker(running.address, client)
            endpoints = {one["slug"]: one for one in asker.get("app.json").json()["endpoints"]}
            controls = {one["label"]: one["control"] for one in endpoints["kitchen"]["parameters"]}
            assert (controls["slider"], controls["op"], controls["check"]) == ("range", "choice", "checkbox")
            (text,) = endpoints["echo"]["parameters"]
            events = asker.call("echo", {text["name"]: "hi"})
            assert [one["values"] for one in events if one["type"] == "output"] == [["hi"]]
            content = io.BytesIO()
            Image.new("RGB", (2, 1), "red").save(content, "png")
            key = asker.post("files?name=in.png", content.getvalue()).json()["key"]
            (image,) = endpoints["image_flip"]["parameters"]
            assert image["control"] == "file"
            events = asker.call("image_flip", {image["name"]: {"gradlink_picked": key}})
            (values,) = (one["values"] for one in events if one["type"] == "output")
            shown = asker.get(f"files/{values[0]['gradlink_file']}")
            assert shown.headers["content-type"].startswith("image/")
            with Image.open(io.BytesIO(shown.content)) as picture:
                assert picture.size == (2, 1)
    finally:
        running.end()
        thread.join(START_SECONDS)
