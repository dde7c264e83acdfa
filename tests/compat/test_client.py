"""The client for programs of gradio_client, with real servers: what they ask of clients, jobs and endpoints."""

from __future__ import annotations

import asyncio
import gc
import pickle
import threading
import warnings
import weakref
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import gradlink.compat as gradio_client
from gradlink import GradlinkError, ResponseError
from gradlink.compat import utils
from gradlink.compat.client import DEFAULT_TEMP_DIR, Client, Endpoint, Job
from gradlink.compat.exceptions import AppError, AuthenticationError, ValidationError
from tests.live.asked import HEADER, Asked
from tests.live.processes import free_port
from tests.live.servers import Servers
from tests.live.waits import END_SECONDS, new_key

pytestmark = pytest.mark.live

META = {"_type": "gradio.FileData"}


@contextmanager
def opened(url: str, **options: Any) -> Iterator[Client]:
    with Client(url, verbose=False, **options) as client:
        yield client


@pytest.fixture
def client(server: Servers) -> Iterator[Client]:
    with opened(server().url) as client:
        yield client


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "in.txt"
    file.write_text("abc", "utf-8")
    return str(file)


# -- errors --------------------------------------------------------------------------------------------


def test_an_app_that_is_not_there_is_an_error_of_httpx() -> None:
    with pytest.raises(httpx.ConnectError) as caught:
        Client(f"http://127.0.0.1:{free_port()}/", verbose=False, retries=0)
    assert isinstance(caught.value, GradlinkError)
    assert not isinstance(caught.value, ValueError)


def test_what_is_no_app_is_a_value_error(server: Servers) -> None:
    url = f"{server().url}nowhere/"
    with pytest.raises(ValueError, match=f"^Could not fetch config for {url}"):
        Client(url, verbose=False)


def test_a_server_that_is_not_ready_is_a_value_error(server: Servers) -> None:
    running = server("single")
    running.answer("/config", 502, "bad")
    with pytest.raises(ValueError, match=r"^Could not fetch config for") as caught:
        Client(running.url, verbose=False, retries=0)
    assert isinstance(caught.value, GradlinkError)
    assert caught.value.status == 502
    with opened(running.url) as client:
        assert client.predict("x") == "x"


def test_a_login_that_is_missing_or_wrong(server: Servers) -> None:
    url = server("auth").url
    with pytest.raises(AuthenticationError, match="credentials were not provided"):
        Client(url, verbose=False)
    with pytest.raises(AuthenticationError, match=f"^Could not login to {url}"):
        Client(url, verbose=False, auth=("user", "wrong"))
    with opened(url, auth=("user", "pass")) as client:
        assert client.cookies
        assert client.predict(api_name="/whoami")["username"] == "user"


def test_an_error_that_an_app_hides(server: Servers) -> None:
    with opened(server("hideerr").url) as client:
        with pytest.raises(AppError, match=r"^The upstream Gradio app has raised an exception") as caught:
            client.predict("x", api_name="/boom")
        assert (caught.value.execution, caught.value.endpoint) == ("failed", "/boom")
        job = client.submit("x", api_name="/boom")
        assert str(job.exception()).startswith("The upstream Gradio app has raised an exception")
        assert type(job.future._exception) is type(job.exception())  # type: ignore[attr-defined]
        with pytest.raises(AppError, match=r"^The upstream Gradio app"):
            next(client.submit("x", api_name="/boom"))


def test_an_error_that_an_app_shows(client: Client) -> None:
    with pytest.raises(gradio_client.exceptions.AppError, match=r"^user error: sorry") as caught:
        client.predict("sorry", api_name="/err")
    assert caught.value.message == str(caught.value)


def test_a_text_where_a_file_is_wanted_is_left_to_the_app(server: Servers) -> None:
    hint = r"\(image is a file: did you mean handle_file\('in.png'\)\?\)$"
    with opened(server("hideerr").url) as client:
        with pytest.raises(AppError, match=rf"^The upstream Gradio app has raised an exception.*{hint}"):
            client.predict("in.png", api_name="/image_flip")
        assert isinstance(client.submit("in.png", api_name="/image_flip").exception(), AppError)


def test_a_queue_that_is_full(server: Servers) -> None:
    tiny, key = server("tiny"), new_key()
    with opened(tiny.url) as client:
        jobs = [client.submit(key, api_name="/gate")]
        tiny.reach(key, "started")
        jobs.append(client.submit(key, api_name="/gate"))
        # Until the one that waits is in the queue, there is still a place.
        for update in jobs[1].events():
            if getattr(update, "rank", None) is not None:
                break
        with pytest.raises(utils.QueueError, match=r"^Queue is full"):
            client.predict(key, api_name="/gate", retries=0)
        tiny.open_gate(key, 2)
        assert [job.result(END_SECONDS) for job in jobs] == [f"passed {key}"] * 2


def test_a_file_that_is_too_large(server: Servers, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(100_000))
    with (
        opened(server("tiny").url) as client,
        pytest.raises(ValueError, match="exceeds the maximum file size"),
    ):
        client.predict(gradio_client.handle_file(large), api_name="/file_digest")


def test_arguments_that_are_missing_or_unknown(client: Client) -> None:
    with pytest.raises(TypeError, match=r"^No value provided for required argument: text"):
        client.predict(api_name="/echo")
    with pytest.raises(TypeError, match="'nonsense'"):
        client.predict("x", nonsense=1, api_name="/echo")
    with pytest.raises(ValueError, match=r"^Cannot find a function with `api_name`"):
        client.predict("x", api_name="/nonsense")
    with pytest.raises(ValidationError, match="n must be positive"):
        client.predict(-1, api_name="/validated")


def test_surplus_positional_arguments_are_left_out_with_a_warning(client: Client) -> None:
    with pytest.warns(
        UserWarning, match=r"^/echo: the last 2 of 3 positional arguments are left out"
    ) as caught:
        assert client.predict("x", 1, 2, api_name="/echo") == "x"
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="positional arguments") as caught:
        assert client.submit("x", 1, api_name="/echo").result() == "x"
    assert caught[0].filename == __file__


def test_options_of_older_clients_are_errors_as_in_2(client: Client) -> None:
    for name in ["hf_token", "serialize", "output_dir", "upload_files"]:
        with pytest.raises(TypeError, match=name):
            Client(client.src, verbose=False, **{name: "x"})
    with pytest.raises(TypeError, match=r"gradlink\.load"):
        Client(client.src, verbose=False, _skip_components=False)


# -- files ---------------------------------------------------------------------------------------------


def test_a_dict_with_the_path_of_a_file_is_uploaded_with_a_warning(client: Client, path: str) -> None:
    said = r"^the file .*in\.txt is uploaded because a dict with its path was given; write handle_file\("
    with pytest.warns(UserWarning, match=said) as caught:
        got = client.predict({"path": path, "meta": META}, api_name="/file_upper")
    assert caught[0].filename == __file__
    assert Path(got).read_text("utf-8") == "ABC"
    with pytest.warns(UserWarning, match=said):
        assert len(client.predict(files=[{"path": path, "meta": META}] * 2, api_name="/files_info")) == 2


def test_what_is_no_file_of_this_machine_is_sent_as_it_is(client: Client) -> None:
    given = {"path": "/no/such/file", "meta": {"_type": "other"}, "in": [({"a": 1},)]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client._inside.connection is client._connection
        sent = client.predict("x", 1, js=given, api_name="/kitchen")
    assert sent[-1] == {**given, "in": [[{"a": 1}]]}


def test_files_of_results_are_stored_where_the_program_says(
    client: Client, path: str, tmp_path: Path
) -> None:
    assert client.output_dir == DEFAULT_TEMP_DIR == client.download_files
    with opened(client.src, download_files=tmp_path / "out") as other:
        got = Path(other.predict(gradio_client.handle_file(path), api_name="/file_upper"))
        assert other.output_dir == str(tmp_path / "out")
        assert got.is_relative_to(tmp_path / "out")
    with opened(client.src, download_files=False) as other:
        data = other.predict(gradio_client.handle_file(path), api_name="/file_upper")
        assert utils.is_file_obj_with_url(data)
        assert other.download_files is False


# -- jobs ----------------------------------------------------------------------------------------------


def test_a_job_is_polled_by_its_communicator(server: Servers, client: Client) -> None:
    key = new_key()
    job = client.submit(key, 3, api_name="/gategen")
    server().reach(key, "started")
    with job.communicator.lock:
        assert job.communicator.job.outputs == []
    assert job.communicator.job.latest_status.code is not utils.Status.FINISHED
    outputs = job.communicator.job.outputs
    server().open_gate(key, 3)
    assert job.result(END_SECONDS)
    assert len(job.outputs()) == 3
    assert job.outputs() is job.communicator.job.outputs is outputs  # as there: one list, which grows
    assert job.communicator.job.latest_status.code is utils.Status.FINISHED
    assert (job.communicator.event_id, job.communicator.thread_complete) == (job.event_id, True)
    assert job.future is job
    assert job.future._exception is None  # type: ignore[attr-defined]
    assert (job.space_id, job.verbose) == (None, False)


def test_a_value_whose_file_cannot_be_fetched_is_there_when_it_can(
    server: Servers, client: Client, path: str
) -> None:
    job = client.submit(gradio_client.handle_file(path), api_name="/file_upper")
    assert job.exception(END_SECONDS) is None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Job, "_collect", refuse)
        for _ in range(2):
            with pytest.raises(httpx.HTTPStatusError):
                job.outputs()
    assert [Path(value).read_text("utf-8") for value in job.outputs()] == ["ABC"]


def refuse(job: Job, output: Any) -> Any:
    raise ResponseError("refused", status=503)


def test_a_job_is_cancelled_by_its_communicator(server: Servers, client: Client) -> None:
    key = new_key()
    job = client.submit(key, api_name="/gate_parallel")
    server().reach(key, "started")
    assert not job.communicator.should_cancel
    job.communicator.should_cancel = True
    assert job.communicator.should_cancel
    with pytest.raises(CancelledError):
        job.result(END_SECONDS)
    server().reach(key, "ended")
    other = client.submit(key, api_name="/gate_parallel")
    assert other.cancel_fn()
    assert other.cancelled()


def test_the_updates_of_a_job_under_asyncio(client: Client) -> None:
    async def collect(*args: Any, api_name: str) -> list[Any]:
        job = client.submit(*args, api_name=api_name)
        return [update async for update in job]

    updates = asyncio.run(collect("ab", 2, api_name="/count"))
    values = [update.outputs for update in updates if update.type == "output" and not update.final]
    assert len(values) == 2
    assert updates[-1].final
    assert updates[-1].success
    assert updates[-1].outputs["data"][0] in values[-1]
    assert [u.code for u in updates if u.type == "status"][-1] is utils.Status.FINISHED
    failed = asyncio.run(collect("sorry", api_name="/err"))
    assert (failed[-1].success, failed[-1].outputs["error"], failed[-1].final) == (
        False,
        "user error: sorry",
        True,
    )
    logs = asyncio.run(collect("x", api_name="/logs"))
    assert [update.log for update in logs if update.type == "status" and update.log]
    assert asyncio.run(collect(2, "", api_name="/progress"))[-1].success


def test_leaving_the_updates_leaves_the_job(server: Servers, client: Client) -> None:
    key = new_key()
    job = client.submit(key, 2, api_name="/gategen")

    async def leave() -> None:
        async for _ in job:
            break

    asyncio.run(leave())
    server().open_gate(key, 2)
    assert job.result(END_SECONDS)
    for thread in threading.enumerate():
        if thread.name == "gradlink-updates":
            thread.join(END_SECONDS)
            assert not thread.is_alive()


def test_callbacks_and_futures_of_asyncio(client: Client) -> None:
    got: list[Any] = []
    job = client.submit("x", api_name="/multi", result_callbacks=lambda *values: got.append(values))

    async def wait() -> Any:
        return await asyncio.wrap_future(job)

    assert asyncio.run(wait())
    assert client.submit("x", api_name="/echo").result(timeout=END_SECONDS) == "x"


# -- subclasses ----------------------------------------------------------------------------------------


class Refreshing(Client):
    """One that sets what it likes before it connects, and whose calls go through its own submit()."""

    def __init__(self, src: str, **options: Any) -> None:
        self.src, self.config, self.endpoints = src, None, {}
        self.headers = {"x-early": "1"}
        self.cookies: dict[str, str] = {}
        self.token = self.api_prefix = self.src_prefixed = None  # type: ignore[assignment]
        self.submitted: list[Any] = []
        super().__init__(src, **options)

    def submit(self, *args: Any, **kwargs: Any) -> Job:  # type: ignore[override]
        self.submitted.append(args)
        return super().submit(*args, **kwargs)


def test_a_subclass_sets_attributes_and_has_every_call(server: Servers) -> None:
    with Refreshing(server().url, verbose=False) as client:
        assert client.src == server().url
        assert client.config is not None
        assert client.predict("x", api_name="/echo") == "x"
        assert client.api.echo("y") == "y"
        assert list(client.submit("ab", 2, api_name="/count"))
        assert client.submitted == [("x",), ("y",), ("ab", 2)]
        client.headers = {"x-later": "1"}
        fresh = Client(server().url, verbose=False)
        # As h2oGPT refreshes its client.
        for name, value in vars(fresh).items():
            setattr(client, name, value)
        assert client.predict("z", api_name="/echo") == "z"


def test_headers_and_cookies_that_are_changed_are_sent(server: Servers) -> None:
    asked = Asked(server())
    with opened(asked.url, headers={**asked.headers, "x-probe": "first"}) as client:
        assert client.predict(api_name="/whoami")["headers"]["x-probe"] == "first"
        client.headers["x-probe"] = "second"
        client.cookies["taste"] = "sweet"
        seen = client.predict(api_name="/whoami")
        assert (seen["headers"]["x-probe"], seen["cookies"]) == ("second", {"taste": "sweet"})
        client.headers.update({"x-probe": "third"})
        del client.cookies["taste"]
        view = client.with_options(timeout=END_SECONDS)
        seen = view.predict(api_name="/whoami")
        assert (seen["headers"]["x-probe"], seen["cookies"]) == ("third", {})
        # The stream of messages has them as well.
        streams = [request.headers["x-probe"] for request in asked.requests("/queue/data")]
        assert streams[-1] == "third"
        client.headers["x-probe"] = "a\nb"
        with pytest.raises(TypeError, match="headers"):
            client.predict(api_name="/whoami")
        client.headers = {HEADER: asked.headers[HEADER]}
        assert client.predict(api_name="/whoami")["headers"]["x-probe"] is None


def test_the_attributes_of_a_client(client: Client, server: Servers) -> None:
    base = server().url
    assert (client.src, client.api_prefix, client.src_prefixed) == (base, "gradio_api/", f"{base}gradio_api/")
    assert client.sse_url == f"{base}gradio_api/queue/data"
    assert client.sse_data_url == f"{base}gradio_api/queue/join"
    assert client.upload_url == f"{base}gradio_api/upload"
    assert client.api_url == f"{base}gradio_api/api/predict/"
    assert client.reset_url == f"{base}gradio_api/reset"
    assert client.heartbeat_url.format(session_hash="s") == f"{base}gradio_api/heartbeat/s"
    assert client.ws_url.startswith("ws://")
    assert (client.token, client.space_id, client.ssl_verify, client.httpx_kwargs) == (None, None, True, {})
    assert client.headers["user-agent"] == "gradlink"
    assert client.config["dependencies"]
    assert client.protocol == client._get_config()["protocol"]
    info = client._get_api_info()
    assert {"/echo", "/undocumented"} <= info["named_endpoints"].keys()
    headers = {"a": "b"}
    assert client.add_zero_gpu_headers(headers) is headers == {"a": "b"}


# -- endpoints -----------------------------------------------------------------------------------------


def test_endpoints_say_what_the_config_says(client: Client) -> None:
    index = client._infer_fn_index("/echo")
    endpoint = client.endpoints[index]
    assert isinstance(endpoint, Endpoint)
    assert (endpoint.fn_index, endpoint.api_name, endpoint.is_valid) == (index, "/echo", True)
    assert endpoint.dependency["api_name"] == "echo"
    assert endpoint.client is client
    assert endpoint.parameters_info is not None
    assert [p["parameter_name"] for p in endpoint.parameters_info] == ["text"]
    assert [(t.skip, t.is_state) for t in endpoint.input_component_types] == [(False, False)]
    counter = client.endpoints[client._infer_fn_index("/counter", None)]
    assert [(t.skip, t.is_state) for t in counter.input_component_types] == [(False, False), (True, True)]
    private = [e for e in client.endpoints.values() if e.api_name is False or e.api_visibility == "private"]
    assert all(not e.is_valid for e in private)
    again = Endpoint(client, index, endpoint.dependency, client.protocol)
    assert repr(again) == f"<Endpoint /echo below {client.src_prefixed}>"
    with pytest.raises(ValueError, match="Cannot find a function"):
        client._infer_fn_index("/nonsense")


def test_an_endpoint_is_called_with_a_helper(client: Client) -> None:
    index = client._infer_fn_index("/echo")
    helper = client.new_helper(index, headers={"x-probe": "helped"})
    assert (helper.event_id, helper.job.outputs, helper.should_cancel, helper.thread_complete) == (
        None,
        [],
        False,
        False,
    )
    helper.should_cancel = True  # there is nothing to cancel yet
    assert helper.job.latest_status.code is utils.Status.STARTING
    assert client.endpoints[index].make_end_to_end_fn(helper)("x") == "x"
    assert (helper.job.outputs, helper.event_id is not None) == (["x"], True)
    selected = client.endpoints[client._infer_fn_index("/selected")]
    call = selected.make_end_to_end_fn()
    assert call("x", event_data={"index": 0, "value": "v"}, trigger_id=selected.dependency["targets"][0][0])
    # One whose function has a parameter of that name.
    own = client.endpoints[client._infer_fn_index("/own_event_data")]
    assert own.make_end_to_end_fn()("x")
    with pytest.raises(ValueError, match="Cannot find a function"):
        client.new_helper(9999)


def test_the_files_of_an_endpoint(client: Client, path: str) -> None:
    endpoint = client.endpoints[client._infer_fn_index("/file_upper")]
    (sent,) = endpoint.process_input_files({"path": path, "meta": META})
    assert utils.is_file_obj_with_meta(sent)
    assert sent["orig_name"] == "in.txt"
    assert (
        endpoint._upload_file({"path": "https://host.example/a.png"}, 0)["path"]
        == "https://host.example/a.png"
    )
    with opened(client.src, download_files=False) as other:
        raw = other.predict(gradio_client.handle_file(path), api_name="/file_upper")
    assert Path(endpoint._download_file(raw)).read_text("utf-8") == "ABC"
    assert Path(endpoint.download_files(raw)[0]).read_text("utf-8") == "ABC"
    assert Path(endpoint.process_predictions(raw)).read_text("utf-8") == "ABC"
    with pytest.raises(ValueError, match="does not exist"):
        endpoint._upload_file({"path": "/no/such/file"}, 0)


# -- lives ---------------------------------------------------------------------------------------------


def test_a_client_that_is_forgotten_is_gone(server: Servers) -> None:
    client = Client(server().url, verbose=False)
    assert client.predict("x", api_name="/echo") == "x"
    endpoint, known = client.endpoints[client._infer_fn_index("/echo")], weakref.ref(client)
    job = client.submit("x", api_name="/echo")
    assert (job.result(END_SECONDS), job.outputs(), job.communicator.job.outputs) == ("x", ["x"], ["x"])
    del job
    gc.disable()
    try:
        del client
        assert known() is None  # without a search for circles
    finally:
        gc.enable()
    with pytest.raises(ValueError, match="is gone"):
        _ = endpoint.client
    assert "/echo" in repr(endpoint)


def test_a_client_can_be_pickled(client: Client) -> None:
    with pickle.loads(pickle.dumps(client)) as again:  # noqa: S301 - made a moment ago
        assert again.predict("x", api_name="/echo") == "x"
        assert again.src == client.src


def test_interrupting_predict_cancels_the_job(server: Servers, client: Client) -> None:
    key = new_key()

    class Interrupted(Client):
        def submit(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
            job = super().submit(*args, **kwargs)
            server().reach(key, "started")
            job.result = interrupt  # type: ignore[method-assign]
            return job

    def interrupt(timeout: float | None = None) -> Any:
        raise KeyboardInterrupt

    with Interrupted(client.src, verbose=False) as other:
        with pytest.raises(KeyboardInterrupt):
            other.predict(key, api_name="/gate_parallel")
        server().reach(key, "ended")
