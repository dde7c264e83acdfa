"""Calls from a real Ray, whose actors are processes: every row, the bound over all of them, one that is killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import gradlink.ray
from gradlink.ray.gate import NAMESPACE, Entrance
from tests.documents.pages import blocks, replaced
from tests.examples.programs import free_port, serving
from tests.live.servers import Servers
from tests.live.waits import new_key
from tests.ray.conftest import ROOT, Cluster

# Processes of Ray import what it needs, which takes long on a machine that is busy.
pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(600),
    # Ray's own, and its sockets are open while it runs.
    pytest.mark.filterwarnings("ignore"),
]
SECONDS = 240.0
TOKEN = "hf_" + "doNotShowThis"


def until(holds: Callable[[], object]) -> None:
    """Wait for what neither Ray nor the machine can tell."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def actors(of: str, doing: str = ".submit") -> list[int]:
    """Return the processes that call this endpoint now, or are there to do so."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_text()
        except OSError:
            continue  # it has ended
        if title.startswith(f"ray::MapWorker(MapBatches(Call({of}))){doing}"):
            found.append(int(folder.name))
    return found


def gates() -> list[str]:
    import ray

    return [
        actor["name"]
        for actor in ray.util.list_named_actors(all_namespaces=True)
        if actor["namespace"] == NAMESPACE
    ]


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_all_rows_come_within_the_bound_though_an_actor_is_killed(
    cluster: Cluster, server: Servers, other: ThreadPoolExecutor
) -> None:
    import ray.data

    app, key = server("crowd"), new_key()
    calls = gradlink.ray.Call(
        app.url,
        "/work",
        output="did",
        inputs={"number": "id"},
        arguments={"key": key},
        max_calls=4,
        concurrency=3,
        # A machine that is busy may keep the one that is left from saying so for seconds.
        lease=20.0,
        token=TOKEN,
    )
    rows = ray.data.range(60, override_num_blocks=10).map_batches(calls, concurrency=(1, 2), batch_size=6)
    done = other.submit(rows.take_all)
    # One actor has three calls at most: another one has come, and both together have no more than four.
    until(lambda: app.counts(key).get("started", 0) >= 4)
    until(lambda: len(actors("/work")) == 2)
    os.kill(actors("/work")[0], signal.SIGKILL)
    app.open_gate(key, 1000)
    taken = done.result(SECONDS)
    assert sorted(row["id"] for row in taken) == list(range(60))
    assert all(row["did"] == f"did {row['id']}" for row in taken)
    counts = app.counts(key)
    assert counts["most"] == 4
    # What the one that was killed was calling was called again, and nothing but the rest of its batch could be.
    times = [counts[f"number {number}"] for number in range(60)]
    assert set(times) == {1, 2}
    assert times.count(2) <= 6
    # Those who have ended leave the gate, and the last one closes it.
    until(lambda: calls.settings.name not in gates())
    until(lambda: not actors("/work", ""))
    said = [path for path in cluster.logs.rglob("*") if path.is_file()]
    assert len(said) > 10
    assert [path for path in said if TOKEN.encode() in path.read_bytes()] == []


def test_an_error_ends_the_run_if_it_is_to_be_raised(cluster: Cluster, server: Servers) -> None:
    import ray.data

    calls = gradlink.ray.Call(server("crowd").url, "/work", arguments={"key": new_key()})
    rows = ray.data.from_items([{"number": -1}]).map_batches(
        calls, compute=ray.data.ActorPoolStrategy(size=1)
    )
    with pytest.raises(Exception, match="AppError: /work: no number is to be negative") as raised:
        rows.take_all()
    assert isinstance(raised.value, ray.exceptions.RayTaskError)


def test_a_gate_that_has_crashed_knows_who_has_permits(cluster: Cluster, other: ThreadPoolExecutor) -> None:
    import ray

    name = new_key()
    one, two = (Entrance(name, 1, 6.0) for _ in range(2))
    permit = one.take()
    ray.kill(ray.get_actor(name, namespace=NAMESPACE), no_restart=False)
    waiting = other.submit(two.take)
    heard = threading.Event()
    waiting.add_done_callback(lambda _: heard.set())
    # Longer than a lease: the permit is that of one who is there.
    assert not heard.wait(8.0)
    one.give_back(permit)
    two.give_back(waiting.result(SECONDS))
    # One who is not heard of any more loses its permit, and whoever comes to a gate that has ended makes another one.
    two.take()
    two._closed.set()
    one.give_back(one.take())
    one.close()
    until(lambda: name not in gates())
    one.give_back(one.take())
    one.close()


@pytest.mark.parametrize("crashed", [False, True])
def test_a_gate_that_nobody_comes_to_ends(cluster: Cluster, crashed: bool) -> None:
    import ray

    # As an actor makes it that is killed before it has said anything.
    name = new_key()
    there = Entrance._find(SimpleNamespace(_name=name, _most=4, _lease=2.0))
    if crashed:
        ray.kill(there, no_restart=False)
    until(lambda: name not in gates())


def test_the_example_sends_the_images_of_a_data_set(
    cluster: Cluster, server: Servers, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "examples/ray_parquet.py", server("crowd").url, "/mirrored", str(out)],
        cwd=ROOT,
        env={**os.environ, "RAY_ADDRESS": cluster.address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Ray writes warnings of its own there, when it likes.
    assert "7 images, 1 error" in done.stdout.splitlines()
    table = pq.read_table(out)
    assert table.column_names == ["id", "photo", "image", "error", "execution"]
    rows = sorted(table.to_pylist(), key=lambda row: row["id"])
    assert [row["id"] for row in rows] == list(range(8))
    assert [row["id"] for row in rows if row["error"] is not None] == [5]
    assert rows[5]["image"] is None
    for row in rows[:5] + rows[6:]:
        assert row["execution"] is None
        given, made = (Image.open(io.BytesIO(content)) for content in (row["photo"]["bytes"], row["image"]))
        assert made.convert("RGB").getpixel((0, 0)) == given.convert("RGB").getpixel((given.width - 1, 0))


def test_the_program_of_the_documentation_writes_a_column(cluster: Cluster, tmp_path: Path) -> None:
    (block,) = [
        block for block in blocks(ROOT / "docs" / "many-calls.md") if "gradlink.ray.Call" in block.code
    ]
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(photo, "PNG")
    (tmp_path / "photos").mkdir()
    pq.write_table(pa.table({"photo": [photo.getvalue()] * 3}), tmp_path / "photos" / "part.parquet")
    with serving("-m", "tests.documents.studio", GRADIO_SERVER_PORT=str(free_port())) as url:
        program = replaced(block.code, {"s3://bucket": str(tmp_path), "user/space": url})
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "RAY_ADDRESS": cluster.address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert pq.read_table(tmp_path / "captions")["caption"].to_pylist() == ["a picture of 64 x 48"] * 3
