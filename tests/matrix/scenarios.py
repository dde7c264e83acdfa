"""What a client must be able to do with every release: one function for each line of the matrix.

A scenario gets a client and its server, asserts what must hold, and says in its name what it shows. A release
that cannot have it is named with the reason in ``releases.toml`` under the scenario's ``needs``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gradlink import AppError, AuthenticationError, ProgressEvent, Status, handle_file

END_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of the matrix.

    ``variant`` is the variant of the app that it is played against, ``options`` those of the client, ``needs``
    the features of ``releases.toml`` without which it cannot be played.
    """

    name: str
    play: Callable[[Any, Path], None]
    variant: str = "base"
    needs: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


SCENARIOS: list[Scenario] = []


def scenario(
    variant: str = "base", *needs: str, **options: Any
) -> Callable[[Callable[[Any, Path], None]], Callable[[Any, Path], None]]:
    """Make a function a line of the matrix."""

    def add(play: Callable[[Any, Path], None]) -> Callable[[Any, Path], None]:
        name = play.__name__.replace("_", " ")
        SCENARIOS.append(Scenario(name, play, variant, needs, tuple(options.items())))
        return play

    return add


@scenario()
def echo(client: Any, folder: Path) -> None:
    text = 'hä 🎈   "x"\r\n'
    assert client.predict(text, api_name="/echo") == text


@scenario()
def arguments_and_defaults(client: Any, folder: Path) -> None:
    assert client.predict(3, api_name="/add") == 13
    assert client.predict(3, 4, "sub", api_name="/add") == -1
    assert client.predict(a=3, op="sub", api_name="/add") == -7
    with pytest.raises(TypeError, match="no parameter 'c'"):
        client.predict(a=3, c=1, api_name="/add")


@scenario()
def several_outputs(client: Any, folder: Path) -> None:
    text, length, label = client.predict("four", api_name="/multi")
    assert (text, length, label["label"]) == ("four", 4, "a")


@scenario()
def update(client: Any, folder: Path) -> None:
    result = client.predict("x", api_name="/upd")
    assert (result["__type__"], result["value"], result["label"]) == ("update", "x", "new label")


@scenario()
def text_generator(client: Any, folder: Path) -> None:
    job = client.submit("w", 3, api_name="/count")
    assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]
    assert job.result() == "w0 w1 w2 "
    assert list(client.submit("w", 3, api_name="/count").deltas()) == ["w0 ", "w1 ", "w2 "]


@scenario()
def chat_generator(client: Any, folder: Path) -> None:
    assert list(client.submit("hey", [], api_name="/chat").deltas()) == ["You", " said", ": ", "hey"]


@scenario("base", "chat_with_gaps")
def chat_that_shrinks(client: Any, folder: Path) -> None:
    assert [len(history) for history in client.submit(api_name="/chatlist")] == [1, 3, 4, 1, 2]


@scenario()
def json_generator(client: Any, folder: Path) -> None:
    values = list(client.submit(api_name="/jsongen"))
    assert values == [
        {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True},
        {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None},
        {"a": 2, "s": "x+yz", "list": [1, 4], "new": {"k": "v"}},
        {"a": 2, "s": "other", "list": [], "new": {"k": "vv", "k2": [{"t": "u"}]}},
    ]


@scenario()
def same_value_thrice(client: Any, folder: Path) -> None:
    assert list(client.submit(api_name="/samegen")) == ["same"] * 3


@scenario()
def progress(client: Any, folder: Path) -> None:
    events = list(client.submit(2, api_name="/progress").events())
    steps = [event.units[0] for event in events if isinstance(event, ProgressEvent)]
    assert (steps[0].length, steps[0].desc) == (2, "Working")


@scenario("base", "logs")
def logs(client: Any, folder: Path) -> None:
    events = list(client.submit("x", api_name="/logs").events())
    found = [(event.message, event.level) for event in events if event.type == "log"]
    assert found[:2] == [("info:x", "info"), ("warn:x", "warning")]


@scenario()
def app_error(client: Any, folder: Path) -> None:
    with pytest.raises(AppError, match=r"user error: it's .bad.$"):
        client.predict('it\'s "bad"', api_name="/err")


@scenario()
def error_in_a_generator(client: Any, folder: Path) -> None:
    job = client.submit(2, api_name="/generr")
    assert [next(job), next(job)] == ["step 0", "step 1"]
    with pytest.raises(AppError, match="failed in the middle"):
        next(job)


@scenario("hideerr")
def hidden_error(client: Any, folder: Path) -> None:
    with pytest.raises(AppError, match="show_error=True"):
        client.predict("x", api_name="/boom")


@scenario()
def file_in_and_out(client: Any, folder: Path) -> None:
    path = folder / "a b.txt"
    path.write_text("hello", encoding="utf-8")
    result = Path(client.predict(handle_file(path), api_name="/file_upper"))
    assert result.read_text(encoding="utf-8") == "HELLO"
    assert result.suffix == ".txt"


@scenario()
def several_files_in(client: Any, folder: Path) -> None:
    path = folder / "one.txt"
    path.write_bytes(b"12345")
    found = client.predict([path, b"123"], api_name="/files_info")
    assert [entry["size"] for entry in found] == [5, 3]


@scenario()
def image_in_and_out(client: Any, folder: Path) -> None:
    image = Image.new("RGB", (2, 1), (255, 0, 0))
    image.putpixel((0, 0), (0, 0, 255))
    image.save(folder / "image.png")
    with Image.open(client.predict(handle_file(folder / "image.png"), api_name="/image_flip")) as flipped:
        assert flipped.size == (2, 1)
        assert [flipped.convert("RGB").getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]


@scenario()
def state(client: Any, folder: Path) -> None:
    assert [client.predict(2, api_name="/counter") for _ in range(3)] == [2, 4, 6]
    client.reset_session()
    assert client.predict(5, api_name="/counter") == 5


@scenario("base", "batch")
def batch(client: Any, folder: Path) -> None:
    jobs = [client.submit(number, api_name="/batch_double") for number in (1, 2, 3)]
    assert [job.result(END_SECONDS) for job in jobs] == [2, 4, 6]


@scenario()
def without_the_queue(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/fast") == "x"
    assert [client.predict(2, api_name="/fast_counter") for _ in range(2)] == [2, 4]
    with pytest.raises(AppError, match="user error: x"):
        client.predict("x", api_name="/fast_err")


@scenario("base", "direct_generator")
def generator_without_the_queue(client: Any, folder: Path) -> None:
    assert list(client.submit("w", 3, api_name="/fast_count")) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]


@scenario("single")
def queue_position(client: Any, folder: Path) -> None:
    keys = [uuid.uuid4().hex for _ in range(2)]
    first = client.submit(keys[0], api_name="/gate")
    for event in first.events():
        if event.type == "status" and event.code is Status.PROCESSING:
            break
    second = client.submit(keys[1], api_name="/gate")
    for event in second.events():
        if event.type == "status" and event.code is Status.IN_QUEUE:
            assert event.rank == 0
            break
    for key in keys:
        client.predict(key, 1, api_name="/open_gate")
    assert [job.result(END_SECONDS) for job in (first, second)] == keys


@scenario()
def cancel_a_generator(client: Any, folder: Path) -> None:
    key = uuid.uuid4().hex
    job = client.submit(key, 3, api_name="/gategen")
    client.predict(key, 1, api_name="/open_gate")
    assert next(job) == f"{key} 0"
    assert job.cancel() is True
    assert job.cancelled()
    assert job.outputs() == [f"{key} 0"]
    # A generator that is not closed by its server stops at its next value.
    client.predict(key, 1, api_name="/open_gate")
    assert client.predict("after", api_name="/echo") == "after"
    assert list(client.submit("w", 1, api_name="/count")) == ["w0 "]


@scenario()
def cancel_one_of_two(client: Any, folder: Path) -> None:
    keys = [uuid.uuid4().hex for _ in range(2)]
    jobs = [client.submit(key, 2, api_name="/gategen") for key in keys]
    for key, job in zip(keys, jobs, strict=True):
        client.predict(key, 1, api_name="/open_gate")
        assert next(job) == f"{key} 0"
    assert jobs[0].cancel() is True
    client.predict(keys[1], 1, api_name="/open_gate")
    assert jobs[1].result(END_SECONDS) == f"{keys[1]} 1"
    client.predict(keys[0], 1, api_name="/open_gate")


@scenario()
def sixty_at_once(client: Any, folder: Path) -> None:
    jobs = [client.submit(str(number), api_name="/echo") for number in range(60)]
    assert [job.result(END_SECONDS) for job in jobs] == [str(number) for number in range(60)]


@scenario("auth", auth=("user", "pass"))
def login(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict(api_name="/whoami")["username"] == "user"
    path = folder / "one.txt"
    path.write_text("hello", encoding="utf-8")
    result = client.predict(handle_file(path), api_name="/file_upper")
    assert Path(result).read_text(encoding="utf-8") == "HELLO"


@scenario("mounted")
def sub_path(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
    path = folder / "one.txt"
    path.write_text("hello", encoding="utf-8")
    result = client.predict(handle_file(path), api_name="/file_upper")
    assert Path(result).read_text(encoding="utf-8") == "HELLO"


@scenario("root")
def wrong_root(client: Any, folder: Path) -> None:
    path = folder / "one.txt"
    path.write_text("hello", encoding="utf-8")
    result = client.predict(handle_file(path), api_name="/file_upper")
    assert Path(result).read_text(encoding="utf-8") == "HELLO"


@scenario("plain")
def app_without_a_queue(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict(3, api_name="/add") == 13


@scenario("base", "validator")
def validator(client: Any, folder: Path) -> None:
    assert client.predict(2, api_name="/validated") == 4
    with pytest.raises(ValueError, match="n must be positive"):
        client.predict(-1, api_name="/validated")


@scenario("base", "streaming_input")
def live_input(client: Any, folder: Path) -> None:
    Image.new("RGB", (4, 2)).save(folder / "frame.png")
    job = client.submit(handle_file(folder / "frame.png"), api_name="/cam")
    assert Path(next(job)).exists()
    job.send_chunk(handle_file(folder / "frame.png"))
    assert Path(next(job)).exists()
    job.close_stream()
    assert Path(job.result(END_SECONDS)).exists()


@scenario()
def described(client: Any, folder: Path) -> None:
    listed = client.view_api(print_info=False, return_format="dict")["named_endpoints"]
    assert [entry["label"] for entry in listed["/add"]["parameters"]] == ["a", "b", "op"]
    assert listed["/echo"]["parameters"][0]["python_type"]["type"] == "str"
    assert len(listed["/multi"]["returns"]) == 3


def login_is_wanted(url: str, connect: Callable[..., Any]) -> None:
    """Assert that an app with a login says so to a client without one."""
    with pytest.raises(AuthenticationError, match="auth="), connect(url):
        pass
