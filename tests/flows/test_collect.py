"""From the values of a job to what its caller gets."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from gradlink import (
    Endpoint,
    FileData,
    FileError,
    NotFoundError,
    ProtocolError,
    RedirectError,
    TransportError,
)
from gradlink._flows.collect import collect, fetch, fetch_content, fetch_file
from gradlink._flows.delivery import Delivery, ResultFile, ResultForm
from gradlink._flows.exchange import Access
from gradlink._io import HttpDownload, StoreDataUri
from gradlink._protocol.dialect import NEWEST, Dialect, dialect_of
from gradlink._protocol.outputs import Output
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from gradlink._protocol.version import AppVersion
from gradlink.errors import DownloadInterruptedError
from tests.flows.play import Answer, Play, Stored

BASE = "http://app.example/"
FILES = f"{BASE}gradio_api/file="
OPEN = Access(Routes(BASE, "/gradio_api"))
LOGIN = Access(Routes(BASE, "/gradio_api"), ("user", "pass"))
META = {"_type": "gradio.FileData"}
URI = "data:image/png;base64,aGk="


def file(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "url": None, "orig_name": "o", "meta": META, **more}


class Held(NamedTuple):
    """What the caller gets of a file in memory."""

    file: ResultFile
    content: bytes


class Later(NamedTuple):
    """What the caller gets of a file that is not fetched."""

    file: ResultFile


class Framed(NamedTuple):
    """What the caller gets of a table."""

    value: object
    library: str


PATHS = ResultForm()


def endpoint(*types: str) -> Endpoint:
    """Return an endpoint with these outputs; a State is skipped."""
    return Endpoint(
        3, "/f", skipped_outputs=tuple(kind == "state" for kind in types), output_types=tuple(types)
    )


def collected(
    play: Play,
    data: list[Any],
    *types: str,
    access: Access = OPEN,
    has_files: bool = True,
    fetched: dict[str, object] | None = None,
    dialect: Dialect = NEWEST,
    form: ResultForm = PATHS,
) -> Any:
    output = Output(data, None, has_files)
    delivery = Delivery(form, Held, Later, Framed, {} if fetched is None else fetched)
    return play.run(collect(access, dialect, endpoint(*types), output, delivery))


# Arranging


@pytest.mark.parametrize(
    ("data", "types", "shown"),
    [
        (["x"], ["textbox"], "x"),
        (["x", None, 2], ["textbox", "state", "number"], ("x", 2)),
        (["x", None], ["textbox", "state"], "x"),
        ([None], ["state"], ()),
        ([], [], ()),
        (["x", "of a rendering"], ["textbox"], "x"),
    ],
)
def test_values_are_arranged(data: list[Any], types: list[str], shown: object) -> None:
    play = Play()
    assert collected(play, data, *types) == shown
    assert play.asked == []


def test_files_become_paths() -> None:
    play = Play(Stored("/here/a.txt"), Stored("/here/b.txt"))
    value = [{"image": file("/srv/a.txt"), "caption": "c"}, file("/srv/b.txt")]
    assert collected(play, ["x", value, None], "textbox", "gallery", "state") == (
        "x",
        [{"image": "/here/a.txt", "caption": "c"}, "/here/b.txt"],
    )
    assert play.asked == [
        HttpDownload(f"{FILES}/srv/a.txt", "a.txt"),
        HttpDownload(f"{FILES}/srv/b.txt", "b.txt"),
    ]


def test_what_was_fetched_is_not_fetched_again() -> None:
    fetched: dict[str, object] = {f"{FILES}/srv/a.txt": "/here/a.txt"}
    play = Play(Stored("/here/b.txt"))
    value = [file("/srv/a.txt"), file("/srv/b.txt"), file("/srv/b.txt")]
    assert collected(play, [value], "file", fetched=fetched) == ["/here/a.txt", "/here/b.txt", "/here/b.txt"]
    assert play.requests() == [f"FETCH {FILES}/srv/b.txt"]
    assert fetched == {f"{FILES}/srv/a.txt": "/here/a.txt", f"{FILES}/srv/b.txt": "/here/b.txt"}


def test_what_was_fetched_stays_when_another_fails() -> None:
    with pytest.raises(
        NotFoundError, match=r"^the file 'b\.txt': http://app\.example/.* answered 404: gone$"
    ):
        collected(
            Play(Stored("/here/a.txt"), Answer(404, b"gone")),
            [[file("/srv/a.txt"), file("/srv/b.txt")]],
            "file",
        )


def test_files_that_are_not_fetched_have_their_address() -> None:
    play = Play()
    given = file("/srv/a b.txt", url="http://wrong/file=/srv/a%20b.txt")
    value = collected(play, [given], "file", form=ResultForm("url"))
    assert isinstance(value, FileData)
    assert value == file("/srv/a b.txt", url=f"{FILES}/srv/a%20b.txt")
    assert play.asked == []


def test_files_in_memory_are_fetched_once_and_not_stored() -> None:
    play = Play(Stored("a"), Stored("b"))
    value = [file("/srv/a.txt"), file("/srv/b.txt"), file("/srv/a.txt"), {"url": URI, "meta": META}]
    a, b, again, inline = collected(play, [value], "file", form=ResultForm("memory"))
    assert (a.content, b.content, inline.content) == (b"a", b"b", b"content of file")
    assert again is a
    assert (a.file.name, a.file.url, a.file.data["orig_name"]) == ("a.txt", f"{FILES}/srv/a.txt", "o")
    assert all(intent.in_memory for intent in play.asked if isinstance(intent, (HttpDownload, StoreDataUri)))
    assert play.requests() == [f"FETCH {FILES}/srv/a.txt", f"FETCH {FILES}/srv/b.txt"]


def test_lazy_files_are_not_fetched_before_they_are_asked_for() -> None:
    play = Play()
    given = [file("/srv/a.txt"), file("/srv/a.txt"), {"url": URI, "meta": META}]
    one, other, inline = collected(play, [given], "file", form=ResultForm("lazy"))
    assert other is one
    assert play.asked == []
    assert Play(Stored("/here/a.txt")).run(fetch_file(OPEN, one.file)) == "/here/a.txt"
    assert Play(Stored("content")).run(fetch_content(OPEN, one.file)) == b"content"
    assert Play().run(fetch_file(OPEN, inline.file)) == "/kept/file"
    assert inline.file.url == URI


def test_files_in_the_values_of_3_x_have_each_form() -> None:
    dialect = dialect_of("ws", AppVersion("3.50.2"))
    assert collected(Play(), [URI], "image", dialect=dialect, form=ResultForm("url")) == URI
    held = collected(Play(), [URI], "image", dialect=dialect, form=ResultForm("memory"))
    assert (held.content, held.file.name, held.file.url) == (b"content of image", "image", URI)
    later = collected(
        Play(), [{"name": "a.png", "data": URI}], "image", dialect=dialect, form=ResultForm("lazy")
    )
    assert (later.file.name, later.file.inline) == ("a.png", URI)


def test_tables_are_frames_where_the_caller_wants_them() -> None:
    table = {"headers": ["a"], "data": [[1]]}
    form = ResultForm(frames="polars")
    shown = collected(Play(), [table, None, table], "dataframe", "state", "json", form=form, has_files=False)
    assert shown == (Framed(table, "polars"), table)
    assert collected(Play(), [table], "dataframe") == table


def test_a_value_without_files_is_not_searched() -> None:
    value = [file("/srv/a.txt")]
    assert collected(Play(), [value], "json", has_files=False) == value


@pytest.mark.parametrize(
    ("value", "component", "new", "name"),
    [
        (URI, "image", "/kept/image", "image"),
        ([{"name": "a.wav", "data": URI}], "audio", ["/kept/a.wav"], "a.wav"),
        (URI, "textbox", URI, None),
    ],
)
def test_files_in_the_values_of_3_x_are_kept(value: Any, component: str, new: Any, name: str | None) -> None:
    play = Play()
    assert collected(play, [value], component, dialect=dialect_of("ws", AppVersion("3.50.2"))) == new
    assert play.asked == ([] if name is None else [StoreDataUri(URI, name)])
    assert collected(Play(), [value], component) == value  # later releases have no such thing


# Fetching


def fetching(
    play: Play,
    access: Access = OPEN,
    url: str = f"{FILES}/a.txt",
    *,
    same_origin: bool = True,
    temporary: bool = False,
) -> str:
    return play.run(fetch(access, url, same_origin, "a.txt", temporary=temporary))


def test_a_file_may_have_moved() -> None:
    play = Play(Answer(302, location="/new/a.txt"), Answer(307, location="b.txt"), Stored("/here/a.txt"))
    assert fetching(play) == "/here/a.txt"
    assert play.asked == [
        HttpDownload(f"{FILES}/a.txt", "a.txt"),
        HttpDownload(f"{BASE}new/a.txt", "a.txt"),
        HttpDownload(f"{BASE}new/b.txt", "a.txt"),
    ]


def test_credentials_do_not_go_to_another_host_nor_come_back() -> None:
    play = Play(
        Answer(302, location="https://cdn.example/a.txt"),
        Answer(302, location=f"{BASE}private.txt"),
        Stored("/here/a.txt"),
    )
    fetching(play)
    assert [intent.same_origin for intent in play.asked if isinstance(intent, HttpDownload)] == [
        True,
        False,
        False,
    ]


def test_moves_end() -> None:
    with pytest.raises(RedirectError, match=r": gave up after 5 redirects$"):
        fetching(Play(*[Answer(302, location="/a.txt")] * 5))


def test_a_place_that_is_none_is_told() -> None:
    with pytest.raises(ProtocolError, match=r"redirects to 'http://\[', which is not a URL$"):
        fetching(Play(Answer(302, location="http://[")))


def test_a_login_that_ran_out_is_made_again_once() -> None:
    play = Play(Answer(401), Answer(200, {"success": True}), Stored("/here/a.txt"))
    assert fetching(play, LOGIN) == "/here/a.txt"
    assert play.requests() == [f"FETCH {FILES}/a.txt", f"POST {BASE}login", f"FETCH {FILES}/a.txt"]
    with pytest.raises(TransportError, match="answered 401"):
        fetching(Play(Answer(401), Answer(200, {"success": True}), Answer(401)), LOGIN)


@pytest.mark.parametrize(("access", "same_origin"), [(OPEN, True), (LOGIN, False)])
def test_no_login_is_made_where_none_is_given_or_for_another_host(access: Access, same_origin: bool) -> None:
    with pytest.raises(TransportError, match="answered 401"):
        fetching(Play(Answer(401)), access, same_origin=same_origin)


class Half:
    """What an interrupted download has left."""

    discarded = 0

    def discard(self) -> None:
        self.discarded += 1


def interrupted(partial: Any) -> DownloadInterruptedError:
    return DownloadInterruptedError("broke", partial=partial)


RETRYING = Access(Routes(BASE, "/gradio_api"), retries=Retries(count=2, base_seconds=1))


def test_a_download_goes_on_where_it_broke() -> None:
    first, second = Half(), Half()
    play = Play(interrupted(first), interrupted(second), Stored("/here/a.txt"))
    assert fetching(play, RETRYING) == "/here/a.txt"
    downloads = [intent.partial for intent in play.asked if isinstance(intent, HttpDownload)]
    assert downloads == [None, first, second]
    assert second.discarded == 0  # it has become the file


def test_a_download_that_is_given_up_leaves_nothing() -> None:
    half = Half()
    with pytest.raises(DownloadInterruptedError) as e:
        fetching(Play(*[interrupted(half)] * 3), RETRYING)
    assert (e.value.attempts, half.discarded) == (3, 1)


def test_a_file_that_was_refused_for_now_is_asked_for_again() -> None:
    assert fetching(Play(Answer(503, b"later"), Stored("/here/a.txt")), RETRYING) == "/here/a.txt"
    with pytest.raises(NotFoundError):
        fetching(Play(Answer(404)), RETRYING)


# Which addresses are fetched


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"])
def test_an_app_elsewhere_does_not_make_its_callers_ask_their_own_network(address: str) -> None:
    url = f"http://me:secret@{address}/latest?token=secret"
    with pytest.raises(FileError) as e:
        fetching(Play(), url=url, same_origin=False)
    assert str(e.value) == (
        f"the app names http://{address}/latest as a file of its result: a private address, which is not fetched"
    )
    with pytest.raises(FileError, match="which is not fetched"):
        fetching(Play(Answer(302, location=url)), url="https://cdn.example/a", same_origin=False)


def test_an_app_of_the_same_network_may_name_its_neighbours() -> None:
    local = Access(Routes("http://127.0.0.1:7860/", "/gradio_api"))
    assert fetching(Play(Stored("/here/a")), local, "http://127.0.0.1:1/a", same_origin=False) == "/here/a"


def test_what_the_caller_names_is_fetched_from_anywhere() -> None:
    play = Play(Stored("/temporary/a"))
    assert fetching(play, url="http://127.0.0.1:1/a", same_origin=False, temporary=True) == "/temporary/a"
