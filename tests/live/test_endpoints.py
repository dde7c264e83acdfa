"""The kinds of endpoints that an app may have, and the addresses it may be served under."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gradlink import (
    EndpointError,
    FileData,
    InvalidAPIEndpointError,
    NotFoundError,
    RedirectError,
    handle_file,
)
from tests.live.asked import Asked
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import new_key

JOIN = "POST /gradio_api/queue/join"
STREAM = "GET /gradio_api/queue/data"
RUN = "POST /gradio_api/run/predict"


def fn_index_of(client: Any, api_name: str) -> int:
    (found,) = (index for index, endpoint in client.endpoints.items() if endpoint.api_name == api_name)
    return int(found)


# -- with and without the queue ------------------------------------------------------------------------


def test_a_function_of_the_queue_is_joined_and_its_stream_is_read(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        assert client.predict("x", api_name="/echo") == "x"
        assert asked.routes() == [JOIN, STREAM]


def test_a_function_without_the_queue_takes_the_direct_route(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        assert client.predict("x", api_name="/fast") == "x"
        assert asked.routes() == [RUN]
        (request,) = asked.requests()
        assert request.json["session_hash"] == client.session_hash
        assert request.json["data"] == ["x"]


def test_a_job_of_the_direct_route_is_a_job_like_any_other(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        job = client.submit("x", api_name="/fast")
        assert list(job) == ["x"]
        assert job.result() == "x"
        assert job.outputs() == ["x"]
        assert job.done()
        assert asked.routes() == [RUN]


def test_many_jobs_of_the_direct_route_each_have_their_own_result(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        jobs = [client.submit(f"text {n}", api_name="/fast") for n in range(20)]
        assert [job.result() for job in jobs] == [f"text {n}" for n in range(20)]


def test_a_file_goes_through_the_direct_route(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        result = client.predict(handle_file(b"abc", name="a.txt"), api_name="/fast_file")
        assert Path(result).read_text("utf-8") == "ABC"
        upload, run, file = asked.routes()
        assert (upload, run) == ("POST /gradio_api/upload", RUN)
        assert file.startswith("GET /gradio_api/file=")


def test_a_generator_without_the_queue_gives_all_its_values(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        job = client.submit("w", 3, api_name="/fast_count")
        assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]
        # The direct route would have given the first value only.
        assert asked.routes() == [JOIN, STREAM]
        assert client.predict("w", 2, api_name="/fast_count") == "w0 w1 "


# -- kinds of functions --------------------------------------------------------------------------------


def test_each_call_of_a_batch_function_has_its_own_result(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        jobs = [client.submit(n, api_name="/batch_double") for n in range(9)]
        assert [job.result() for job in jobs] == [0, 2, 4, 6, 8, 10, 12, 14, 16]
        assert client.predict(numbers=21, api_name="/batch_double") == 42


def test_a_function_made_with_gr_api(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(2, ["a", "b"], flag=True, api_name="/typed") == {"a": 2, "b": 2}
        values = list(client.submit(steps=2, api_name="/dictgen"))
        assert values == [
            {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True},
            {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None},
        ]


def test_an_app_that_is_a_web_framework_of_its_own(server: Servers, connect: Shell) -> None:
    with connect(server("server").url) as client:
        names = [endpoint.api_name for endpoint in client.endpoints.values()]
        assert names == ["/typed", "/echo", "/dictgen", "/slowgen"]
        assert client.predict("x", api_name="/echo") == "x"
        assert client.predict(x=1, names=["a"], flag=True, api_name="/typed") == {"a": 1}
        assert list(client.submit(2, 0, api_name="/slowgen")) == ["tick 0", "tick 1"]


def test_a_function_that_the_app_answers_from_its_cache(server: Servers, connect: Shell) -> None:
    key = new_key()
    with connect(server().url) as client:
        assert client.predict(key, api_name="/cached") == key[::-1]
        assert client.predict(key, api_name="/cached") == key[::-1]
        assert list(client.submit(key, api_name="/cached")) == [key[::-1]]
    assert server().counts(f"cached:{key}") == {"computed": 1}


def test_endpoints_of_the_same_function_are_told_apart(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        # The app's author called two of them "echo"; Gradio counted, and named one after its function.
        names = ["/echo", "/echo_1", "/echo_2"]
        indexes = [fn_index_of(client, name) for name in names]
        assert len(set(indexes)) == 3
        asked.forget()
        assert [client.predict(name, api_name=name) for name in names] == names
        assert [request.json["fn_index"] for request in asked.requests("/queue/join")] == indexes


def test_a_direct_call_names_its_function_by_index(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        client.predict("x", api_name="/fast")
        (request,) = asked.requests()
        assert request.json["fn_index"] == fn_index_of(client, "/fast")


def test_a_name_with_slashes_and_dashes(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", api_name="/v1/say-it") == "x"


# -- visibility ----------------------------------------------------------------------------------------


def test_an_undocumented_endpoint_can_be_called(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        index = fn_index_of(client, "/undocumented")
        assert client.endpoints[index].api_visibility == "undocumented"
        assert client.predict("x", api_name="/undocumented") == "x"
        assert client.predict(text="y", api_name="/undocumented") == "y"
        assert client.predict("z", fn_index=index) == "z"


def test_a_private_endpoint_cannot_be_called(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        index = fn_index_of(client, "/private")
        assert client.endpoints[index].api_visibility == "private"
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(
                InvalidAPIEndpointError, match="the app keeps its endpoint '/private' private"
            ):
                call("x", api_name="/private")
            with pytest.raises(
                InvalidAPIEndpointError, match=f"the app keeps its function fn_index={index} pri"
            ):
                call("x", fn_index=index)
        assert asked.routes() == []


def test_an_endpoint_that_its_author_gave_no_name_cannot_be_called(server: Servers, connect: Shell) -> None:
    # api_name=False, which is how Gradio 6 writes "private".
    with connect(server().url) as client:
        config = client.config["dependencies"]
        (index,) = (fn["id"] for fn in config if fn["api_name"] == "false")
        with pytest.raises(InvalidAPIEndpointError, match=f"fn_index={index} private"):
            client.predict("x", fn_index=index)


def test_the_only_public_endpoint_is_chosen_among_those_that_are_not(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(EndpointError) as caught:
            client.predict("x")
        public = [e for e in client.endpoints.values() if e.api_visibility == "public" and e.callable]
        assert str(caught.value).startswith(f"the app has {len(public)} public endpoints; ")


# -- endpoints that a session renders ------------------------------------------------------------------


def test_a_rendered_endpoint_is_unknown_before_and_can_be_called_after(
    server: Servers, connect: Shell
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        with pytest.raises(EndpointError, match="no endpoint '/upper_1'"):
            client.predict("abc", api_name="/upper_1")
        assert "upper_1" not in dir(client.api)
        assert client.predict(2, api_name="/apply") == ()
        asked.forget()
        assert client.predict("abc", api_name="/upper_1") == "ABC"
        assert client.submit("abc", api_name="/upper_0").result() == "ABC"
        assert client.predict("abc", fn_index=fn_index_of(client, "/upper_1")) == "ABC"
        assert client.api.upper_1("abc") == "ABC"
        assert {r.json["session_hash"] for r in asked.requests("/queue/join")} == {client.session_hash}


def test_two_sessions_render_apart(server: Servers, connect: Shell) -> None:
    with connect(server().url) as one, connect(server().url) as other:
        one.predict(1, api_name="/apply")
        with pytest.raises(EndpointError, match="no endpoint '/upper_0'"):
            other.predict("abc", api_name="/upper_0")
        other.predict(2, api_name="/apply")
        assert other.predict("b", api_name="/upper_1") == "B"
        assert one.predict("a", api_name="/upper_0") == "A"
        with pytest.raises(EndpointError, match="no endpoint '/upper_1'"):
            one.predict("abc", api_name="/upper_1")


def test_what_is_rendered_again_replaces_what_was_before(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        stay = len(client.endpoints)
        # While Gradio renders again the names of before are still taken: it counts then.
        for boxes, names in [
            (1, {"/upper_0"}),
            (2, {"/upper_0_1", "/upper_1"}),
            (1, {"/upper_0"}),
            (0, set()),
        ]:
            client.predict(boxes, api_name="/apply")
            rendered = {name for e in client.endpoints.values() if (name := e.api_name).startswith("/upper")}
            assert rendered == names
            assert len(client.endpoints) == stay + boxes
            assert [client.predict("abc", api_name=name) for name in names] == ["ABC"] * boxes
        asked.forget()
        with pytest.raises(EndpointError, match="no endpoint '/upper_0'"):
            client.predict("abc", api_name="/upper_0")
        assert asked.routes() == []


def test_a_new_session_has_not_rendered_yet(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        client.predict(2, api_name="/apply")
        client.reset_session()
        asked.forget()
        with pytest.raises(EndpointError, match="no endpoint '/upper_1'"):
            client.predict("abc", api_name="/upper_1")
        assert asked.routes() == []
        client.predict(2, api_name="/apply")
        assert client.predict("abc", api_name="/upper_1") == "ABC"


def test_a_rendered_state_is_kept(server: Servers, connect: Shell) -> None:
    with connect(server("latestate").url) as client:
        client.predict(1, api_name="/apply")
        assert [client.predict(n, api_name="/late_counter") for n in (1, 10)] == [1, 11]


# -- endpoints that are fed while they run -------------------------------------------------------------

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


@pytest.fixture
def frames(tmp_path: Path) -> dict[str, Path]:
    """Give pictures whose left half is of the named colour, the right half white."""
    paths = {}
    for name, colour in COLOURS.items():
        picture = Image.new("RGB", (16, 8), (255, 255, 255))
        picture.paste(colour, (0, 0, 8, 8))
        paths[name] = tmp_path / f"{name}.png"
        picture.save(paths[name])
    return paths


def right_half(path: str) -> str:
    """Return the colour of the right half of a picture, as far as its compression leaves it."""
    with Image.open(path) as picture:
        pixel = picture.convert("RGB").getpixel((14, 4))
    assert isinstance(pixel, tuple)
    (name,) = (
        name
        for name, colour in COLOURS.items()
        if all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=True))
    )
    return name


def test_predict_gives_a_live_endpoint_one_value(
    server: Servers, connect: Shell, frames: dict[str, Path]
) -> None:
    with connect(server().url) as client:
        assert right_half(client.predict(frames["red"], api_name="/cam")) == "red"
        assert right_half(client.predict(image=frames["blue"], api_name="/cam")) == "blue"


def test_a_live_endpoint_gives_a_value_for_each_chunk(
    server: Servers, connect: Shell, frames: dict[str, Path]
) -> None:
    with connect(server().url) as client:
        job = client.submit(frames["red"], api_name="/cam")
        assert right_half(next(job)) == "red"
        job.send_chunk(frames["green"])
        assert right_half(next(job)) == "green"
        job.send_chunk(image=frames["blue"])
        assert right_half(next(job)) == "blue"
        assert not job.done()
        job.close_stream()
        assert list(job) == []
        assert right_half(job.result()) == "blue"
        assert [right_half(value) for value in job.outputs()] == ["red", "green", "blue"]


def test_a_live_endpoint_ends_when_its_stream_is_closed(
    server: Servers, connect: Shell, frames: dict[str, Path]
) -> None:
    with connect(server().url) as client:
        job = client.submit(frames["red"], api_name="/cam")
        job.close_stream()
        assert right_half(job.result()) == "red"
        # The next call finds the session as it should be.
        assert right_half(client.predict(frames["green"], api_name="/cam")) == "green"


def test_a_chunk_must_fit_the_parameters(server: Servers, connect: Shell, frames: dict[str, Path]) -> None:
    with connect(server().url) as client:
        job = client.submit(frames["red"], api_name="/cam")
        with pytest.raises(TypeError, match="/cam has no parameter 'picture'; it takes: image"):
            job.send_chunk(picture=frames["green"])
        job.close_stream()
        assert right_half(job.result()) == "red"


def test_what_is_not_live_takes_no_chunks(server: Servers, connect: Shell, frames: dict[str, Path]) -> None:
    key = new_key()
    with connect(server().url) as client:
        waiting = client.submit(key, api_name="/gate_parallel")
        with pytest.raises(EndpointError, match="/gate_parallel takes no further input"):
            waiting.send_chunk("more")
        with pytest.raises(EndpointError, match="/gate_parallel takes no further input"):
            waiting.close_stream()
        server().open_gate(key)
        assert waiting.result() == f"passed {key}"
        ended = client.submit(frames["red"], api_name="/cam")
        ended.close_stream()
        ended.result()
        with pytest.raises(EndpointError, match="/cam: the job has ended, it takes no further input"):
            ended.send_chunk(frames["green"])


# -- where the app is ----------------------------------------------------------------------------------


def test_everything_but_the_config_is_asked_for_under_the_apps_prefix(
    server: Servers, connect: Shell
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        client.predict("x", api_name="/echo")
        job = client.submit(new_key(), 1, api_name="/gategen")
        job.cancel()
        client.predict(handle_file(b"abc", name="a.txt"), api_name="/fast_file")
        routes = asked.routes()
    assert sorted(routes[:2]) == ["GET /config", "GET /gradio_api/info"]
    assert all(route.split()[1].startswith("/gradio_api/") for route in routes if route != "GET /config")
    assert routes.count("GET /config") == 1


@pytest.mark.parametrize("ending", ["", "/", "//", "?theme=dark", "/?a=b&c=d", "/#part"])
@pytest.mark.parametrize("variant", ["single", "mounted"])
def test_the_end_of_the_typed_url_does_not_matter(
    server: Servers, connect: Shell, variant: str, ending: str
) -> None:
    url = server(variant).url
    with connect(url.removesuffix("/") + ending) as client:
        assert client.src == url
        assert client.predict("x", api_name="/only" if variant == "single" else "/echo") == "x"


def test_the_scheme_of_the_typed_url_may_be_in_capitals(server: Servers, connect: Shell) -> None:
    url = server("single").url
    with connect("  HTTP" + url.removeprefix("http")) as client:
        assert client.src == url
        assert client.predict("x") == "x"


def test_the_typed_url_may_have_no_scheme(server: Servers, connect: Shell) -> None:
    url = server("single").url
    for typed in (url.removeprefix("http://"), url.removeprefix("http://").replace("127.0.0.1", "localhost")):
        with connect(typed) as client:
            assert client.src in {url, url.replace("127.0.0.1", "localhost")}
            assert client.predict("x") == "x"


@pytest.mark.parametrize("src", ["", "no address", "app", "127.0.0.1:x", "ftp://127.0.0.1/", "http://"])
def test_what_is_no_url_is_refused(connect: Shell, src: str) -> None:
    with (
        pytest.raises(TypeError, match="is not the URL of a Gradio app; give one such as"),
        connect(src),
    ):
        pass


def test_a_mounted_app_is_asked_below_its_path_only(server: Servers, connect: Shell) -> None:
    asked = Asked(server("mounted"))
    with connect(asked.url, headers=asked.headers) as client:
        result = client.predict(handle_file(b"abc", name="a.txt"), api_name="/file_upper")
        assert Path(result).read_text("utf-8") == "ABC"
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        assert client.predict("x", api_name="/fast") == "x"
        assert [client.predict(1, api_name="/counter") for _ in range(2)] == [1, 2]
    assert all(request.path.startswith("/sub/app/") for request in asked.requests())
    assert all(request.status == 200 for request in asked.requests())


def test_beside_a_mounted_app_there_is_none(server: Servers, connect: Shell) -> None:
    origin = server("mounted").origin + "/"
    with (
        pytest.raises(
            NotFoundError, match=f"{origin} is not a Gradio app: neither /config nor its page has one"
        ),
        connect(origin),
    ):
        pass


def test_the_typed_url_wins_over_a_wrong_root(server: Servers, connect: Shell) -> None:
    # The server believes that a proxy serves it under /sub/app; it listens on / and nowhere else.
    asked = Asked(server("root"))
    with connect(asked.url, headers=asked.headers) as client:
        assert client.config["root"] == server("root").origin + "/sub/app"
        assert client.src == asked.url
        assert client.predict("x", api_name="/echo") == "x"
        made = client.predict("a.txt", "hello", api_name="/make_file")
        assert Path(made).read_text("utf-8") == "hello"
        result = client.predict(handle_file(b"abc", name="a.txt"), api_name="/file_upper")
        assert Path(result).read_text("utf-8") == "ABC"
    assert not [request.path for request in asked.requests() if "/sub/app" in request.path]
    assert len([request for request in asked.requests() if request.path.startswith("/gradio_api/file=")]) == 2


def test_the_typed_url_wins_behind_a_proxy_that_names_another_host(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    proxied = {"x-forwarded-host": "wrong.example", "x-forwarded-proto": "https"}
    with connect(asked.url, headers={**asked.headers, **proxied}) as client:
        assert client.config["root"] == "https://wrong.example"
        assert client.src == asked.url
        made = client.predict("a.txt", "hello", api_name="/make_file")
        assert Path(made).read_text("utf-8") == "hello"
        assert client.predict("x", api_name="/fast") == "x"


@pytest.mark.parametrize("variant", ["root", "mounted"])
def test_the_url_of_a_file_that_is_not_fetched_lies_under_the_typed_one(
    server: Servers, connect: Shell, variant: str
) -> None:
    with connect(server(variant).url, download_files=False) as client:
        file = client.predict("a.txt", "hello", api_name="/make_file")
        assert isinstance(file, FileData)
        assert file.url == f"{server(variant).url}gradio_api/file={file.path}"


def test_a_redirect_on_the_same_host_moves_the_base(server: Servers, connect: Shell) -> None:
    single = server("single")
    for path in ("/old/config", "/old/gradio_api/info"):
        single.answer(path, 307, headers={"location": path.removeprefix("/old")})
    with connect(single.url + "old") as client:
        assert client.src == single.url
        assert client.predict("x") == "x"


def test_a_redirect_to_another_host_is_not_followed(server: Servers, connect: Shell) -> None:
    single = server("single")
    for path in ("/away/config", "/away/gradio_api/info"):
        single.answer(path, 307, headers={"location": "http://elsewhere.invalid/config"})
    said = "/away/config redirects to http://elsewhere.invalid/config, which is another host"
    with pytest.raises(RedirectError, match=said), connect(single.url + "away"):
        pass


def test_a_closed_app_is_called_through_its_queue(server: Servers, connect: Shell) -> None:
    asked = Asked(server("closed"))
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        assert client.predict("x", api_name="/echo") == "x"
        assert asked.routes() == [JOIN, STREAM]
        assert list(client.submit("w", 2, api_name="/fast_count")) == ["w0 ", "w0 w1 "]


def test_a_closed_app_leaves_its_functions_without_the_queue_open(server: Servers, connect: Shell) -> None:
    asked = Asked(server("closed"))
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        assert client.predict("x", api_name="/fast") == "x"
        assert asked.routes() == [RUN]
