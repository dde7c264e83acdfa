"""What a caller gets for files and tables: paths, addresses, content, files that are fetched when asked, frames."""

from __future__ import annotations

import gc
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

from gradlink import (
    ArgumentError,
    AsyncClient,
    AsyncLazyFile,
    Client,
    ClientClosedError,
    FileData,
    FileError,
    FileTooLargeError,
    LazyFile,
    MemoryFile,
)
from tests.live.servers import Request, Server, Servers
from tests.live.shells import CarriedClient, Shell

TEXT = "Grüße"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "downloads"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


@pytest.fixture
def base(server: Servers) -> Server:
    return server("values")


def fetched(base: Server, since: int) -> list[Request]:
    return [request for request in base.requests(since) if "/file=" in request.path]


def ask(client: Any, method: Any, *args: Any) -> Any:
    """Return the answer of a method of a lazy file, which is a coroutine function where the client is an AsyncClient."""
    return client._call(method, *args) if isinstance(client, CarriedClient) else method(*args)


# -- files ---------------------------------------------------------------------------------------------


def test_a_call_says_what_its_files_become(base: Server, connect: Shell, folder: Path) -> None:
    with connect(base.url) as client:
        assert Path(client.predict(TEXT, api_name="/written")).read_text("utf-8") == TEXT
        assert Path(client.predict(TEXT, files="path", api_name="/written")).is_relative_to(folder.resolve())
        url = client.predict(TEXT, files="url", api_name="/written")
        assert isinstance(url, FileData)
        assert url.url is not None
        held = client.predict(TEXT, files="memory", api_name="/written")
        assert isinstance(held, MemoryFile)
        assert (held.text(), held.name) == (TEXT, "a b.txt")
        lazy = client.predict(TEXT, files="lazy", api_name="/written")
        assert isinstance(lazy, (LazyFile, AsyncLazyFile))
        assert ask(client, lazy.text) == TEXT
        assert client.submit(TEXT, files="url", api_name="/written").result()["meta"] == url["meta"]


def test_a_client_and_its_views_say_it_for_all_calls(base: Server, connect: Shell) -> None:
    with connect(base.url, files="memory") as client:
        assert isinstance(client.predict(TEXT, api_name="/written"), MemoryFile)
        assert isinstance(client.api.written(TEXT), MemoryFile)
        assert isinstance(client.predict(TEXT, files="url", api_name="/written"), FileData)
        view = client.with_options(files="path")
        assert isinstance(view.predict(TEXT, api_name="/written"), str)
        assert isinstance(view.with_options(retries=1).predict(TEXT, api_name="/written"), str)


def test_download_files_false_is_the_address(base: Server, connect: Shell, folder: Path) -> None:
    for options in ({"download_files": False}, {"download_files": False, "files": "url"}, {"files": "url"}):
        with connect(base.url, **options) as client:
            assert isinstance(client.predict(TEXT, api_name="/written"), FileData)
    with connect(base.url, download_files=False) as client:
        # A call that wants files all the same has them where they are without the option.
        assert Path(client.predict(TEXT, files="path", api_name="/written")).is_relative_to(folder.resolve())


def test_an_endpoint_may_have_parameters_of_these_names(base: Server, connect: Shell) -> None:
    with connect(base.url) as client:
        assert client.predict(files="a", frames="b", api_name="/named") == "a b"
        assert client.with_options(files="url").predict("c", "d", api_name="/named") == "c d"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_options_that_are_none_are_named(base: Server, kind: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^files is one of 'path', 'url', 'memory', 'lazy', not 'disk'$"):
        kind(base.url, files="disk", verbose=False)
    with pytest.raises(ArgumentError, match=r"^frames is one of 'pandas', 'polars', not 'numpy'$"):
        kind(base.url, frames="numpy", verbose=False)
    with pytest.raises(ArgumentError, match=r"^download_files=False is files='url'; it cannot be given with"):
        kind(base.url, files="path", download_files=False, verbose=False)


def test_options_of_a_call_that_are_none_are_named(base: Server, connect: Shell) -> None:
    with connect(base.url) as client:
        for give in (
            client.with_options,
            lambda **options: client.predict(TEXT, api_name="/written", **options),
        ):
            with pytest.raises(
                ArgumentError, match=r"^files is one of 'path', 'url', 'memory', 'lazy', not 1$"
            ):
                give(files=1)


def test_files_in_memory_are_not_stored(base: Server, connect: Shell, folder: Path, tmp_path: Path) -> None:
    with connect(base.url, files="memory") as client:
        left, right = client.predict("x", api_name="/both")
        assert (left.bytes(), right.bytes(), len(right)) == (b"x", b"x!", 2)
        image = client.predict(3, api_name="/picture")
        assert image.image().size == (3, 2)
        assert image.array().tolist() == [[[7, 7, 7]] * 3] * 2
        rate, samples = client.predict(8000, api_name="/tone").array()
        assert (rate, samples.tolist()) == (8000, [[0, 1], [2, 3]])
    assert not folder.exists() or list(folder.iterdir()) == []
    assert left.save(tmp_path / "c.txt") == tmp_path / "c.txt"
    assert (tmp_path / "c.txt").read_bytes() == b"x"
    assert left.save(tmp_path).name == "a b.txt"
    copy = pickle.loads(pickle.dumps(left))  # noqa: S301
    assert (copy.bytes(), copy.name, copy.url) == (b"x", "a b.txt", left.url)
    with pytest.raises(FileError, match=r"missing"):
        left.save(tmp_path / "missing" / "c.txt")


def test_files_in_memory_are_bounded(base: Server, connect: Shell) -> None:
    with connect(base.url, files="memory", max_download=1000) as client:
        assert len(client.predict("x" * 1000, api_name="/written")) == 1000
        with pytest.raises(FileTooLargeError):
            client.predict("x" * 1001, api_name="/written")


def test_an_empty_file_in_memory_is_a_file(base: Server, connect: Shell) -> None:
    with connect(base.url, files="memory") as client:
        held = client.predict("", api_name="/written")
    assert held
    assert held.bytes() == b""


def test_a_lazy_file_is_fetched_once_when_it_is_asked_for(
    base: Server, connect: Shell, folder: Path, tmp_path: Path
) -> None:
    with connect(base.url, files="lazy") as client:
        since = len(base.requests())
        left, right = client.predict(TEXT, api_name="/both")
        assert left.url.startswith(base.url)
        assert (left.name, left.data["orig_name"]) == ("a b.txt", "a b.txt")
        assert fetched(base, since) == []
        assert Path(ask(client, left.path)).is_relative_to(folder.resolve())
        assert (ask(client, left.bytes), ask(client, left.text)) == (TEXT.encode(), TEXT)
        assert ask(client, left.save, tmp_path / "c.txt").read_text("utf-8") == TEXT
        assert len(fetched(base, since)) == 1
    # What was fetched is there, what was not is not.
    assert ask_after(client, left) == TEXT.encode()
    assert right.name == "a b.txt"


def ask_after(client: Any, file: Any) -> Any:
    if isinstance(client, CarriedClient):
        return anyio.run(file.bytes)
    return file.bytes()


def test_a_lazy_file_says_that_its_client_was_closed(base: Server, connect: Shell) -> None:
    with connect(base.url, files="lazy") as client:
        file = client.predict(TEXT, api_name="/written")
        client.close()
        with pytest.raises(
            ClientClosedError, match=r"^the client was closed before the file 'a b\.txt' was fetched$"
        ):
            ask(client, file.bytes)


def test_lazy_files_are_images_and_arrays(base: Server, connect: Shell) -> None:
    with connect(base.url, files="lazy") as client:
        picture = client.predict(3, api_name="/picture")
        assert ask(client, picture.image).size == (3, 2)
        assert ask(client, picture.array).shape == (2, 3, 3)
        rate, samples = ask(client, client.predict(8000, api_name="/tone").array)
        assert (rate, samples.dtype, samples.shape) == (8000, np.int16, (2, 2))
        with pytest.raises(OSError, match="cannot identify image file"):
            ask(client, client.predict("x", api_name="/written").image)


def test_a_lazy_file_is_not_pickled(base: Server, connect: Shell) -> None:
    with connect(base.url, files="lazy") as client:
        file = client.predict("x", api_name="/written")
        with pytest.raises(
            TypeError, match=r"LazyFile belongs to the connection of its process; pickle its bytes"
        ):
            pickle.dumps(file)
        assert pickle.loads(pickle.dumps(file.data)) == file.data  # noqa: S301


def test_a_client_stays_open_for_its_lazy_files(base: Server) -> None:
    file = Client(base.url, files="lazy", verbose=False).predict(TEXT, api_name="/written")
    gc.collect()
    assert file.text() == TEXT


def test_threads_share_the_fetching_of_a_lazy_file(base: Server) -> None:
    with Client(base.url, files="lazy", verbose=False) as client, ThreadPoolExecutor(8) as threads:
        since = len(base.requests())
        file = client.predict("x" * 100_000, api_name="/written")
        paths = set(threads.map(lambda _: file.path(), range(8)))
    assert len(paths) == len(fetched(base, since)) == 1


async def test_tasks_share_the_fetching_of_a_lazy_file(base: Server) -> None:
    async with AsyncClient(base.url, files="lazy", verbose=False) as client:
        since = len(base.requests())
        file = await client.predict("x" * 100_000, api_name="/written")
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(file.path)
        assert len(fetched(base, since)) == 1


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_a_file_of_a_result_goes_into_another_call(base: Server, connect: Shell, form: str) -> None:
    with connect(base.url, files=form) as client:
        picture = client.predict(3, api_name="/picture")
        since = len(base.requests())
        assert client.predict(picture, api_name="/image")["got"]["size"] == [3, 2]
        assert client.predict([picture], api_name="/gallery")["got"][0][0]["size"] == [3, 2]
        assert client.predict({"text": "", "files": [picture]}, api_name="/message")["got"]["files"][0][
            2
        ] == [3, 2]
        uploads = [request for request in base.requests(since) if request.path.endswith("/upload")]
    # The app has what it has sent itself.
    assert len(uploads) == (3 if form == "memory" else 0)


def test_a_client_is_pickled_with_its_forms(base: Server) -> None:
    with Client(base.url, files="memory", frames="polars", verbose=False) as client:
        copy = pickle.loads(pickle.dumps(client))  # noqa: S301
        with copy:
            assert isinstance(copy.predict(TEXT, api_name="/written"), MemoryFile)
            assert isinstance(copy.predict("mixed", api_name="/table"), pl.DataFrame)


# -- tables --------------------------------------------------------------------------------------------


def test_a_table_is_a_frame_where_the_caller_wants_one(base: Server, connect: Shell) -> None:
    with connect(base.url) as client:
        assert client.predict("mixed", api_name="/table")["headers"] == ["n", "ratio", "text", "on"]
        frame = client.predict("mixed", frames="pandas", api_name="/table")
        assert isinstance(frame, pd.DataFrame)
        assert [frame[name].dtype.kind for name in ("n", "ratio", "on")] == ["i", "f", "b"]
        frame = client.with_options(frames="polars").predict("mixed", api_name="/table")
        assert frame.schema == {"n": pl.Int64, "ratio": pl.Float64, "text": pl.String, "on": pl.Boolean}
        assert client.predict("empty", frames="polars", api_name="/table").columns == ["a", "b"]
        assert list(client.predict("doubled", frames="pandas", api_name="/table").columns) == ["a", "a_2"]


def test_each_value_of_a_generator_is_a_frame(base: Server, connect: Shell) -> None:
    with connect(base.url, frames="pandas") as client:
        job = client.submit(3, api_name="/rows")
        assert [frame["n"].tolist() for frame in job] == [[0], [0, 1], [0, 1, 2]]
        assert job.result()["n"].tolist() == [0, 1, 2]
        assert [len(frame) for frame in job.outputs()] == [1, 2, 3]


def test_a_frame_that_came_out_goes_in_again(base: Server, connect: Shell) -> None:
    with connect(base.url, frames="pandas") as client:
        frame = client.predict("mixed", api_name="/table")
        got = client.predict(frame, api_name="/frame")["got"]
    assert got["data"] == [[1, 0.5, "a", True], [2, None, None, False]]


def test_frames_of_a_library_that_is_missing_are_refused(
    base: Server, connect: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        connect(base.url, frames="polars") as client,
        pytest.raises(ArgumentError, match=r"^frames='polars' needs polars, which is not installed$"),
    ):
        client.submit("mixed", api_name="/table")


def test_images_survive_the_way_there_and_back(base: Server, connect: Shell) -> None:
    with connect(base.url, files="memory") as client:
        array = client.predict(5, api_name="/picture").array()
        assert client.predict(Image.fromarray(array), api_name="/array")["got"]["shape"] == [2, 5, 3]
