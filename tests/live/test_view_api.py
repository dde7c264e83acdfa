"""What a client tells of its app: ``view_api``, ``client.api``, and the attributes."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

from gradlink import AsyncClient, Client, Endpoint, Status
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import follow, status_is

ADD = """\
predict(a, b, op, api_name="/add") -> number_out
    Add two numbers, or subtract the second from the first.
    Parameters:
        a   Number  float                  required
        b   Number  float                  default 10
        op  Radio   Literal['add', 'sub']  default 'add'
    Returns:
        number_out  Number  float
"""

SINGLE = """\
API of the app: 1 named endpoint
================================

predict(text, api_name="/only") -> text_out
    Return the text as it came.
    Parameters:
        text  Textbox  str  required
    Returns:
        text_out  Textbox  str"""

SINGLE_LISTED = {
    "named_endpoints": {
        "/only": {
            "parameters": [
                {
                    "label": "text",
                    "parameter_name": "text",
                    "parameter_has_default": False,
                    "parameter_default": None,
                    "type": {"type": "string"},
                    "python_type": {"type": "str", "description": ""},
                    "component": "Textbox",
                    "example_input": "Hello!!",
                }
            ],
            "returns": [
                {
                    "label": "text out",
                    "type": {"type": "string"},
                    "python_type": {"type": "str", "description": ""},
                    "component": "Textbox",
                }
            ],
            "description": "Return the text as it came.",
        }
    },
    "unnamed_endpoints": {},
}


# -- view_api ------------------------------------------------------------------------------------------


def test_view_api_prints_the_endpoints(
    server: Servers, connect: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(server("single").url) as client:
        assert client.view_api() is None
        assert capsys.readouterr().out == SINGLE + "\n"


def test_view_api_returns_what_it_prints(
    server: Servers, connect: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(server("single").url) as client:
        assert client.view_api(return_format="str") == SINGLE
        assert capsys.readouterr().out == SINGLE + "\n"


def test_view_api_prints_nothing_if_told_so(
    server: Servers, connect: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(server("single").url) as client:
        assert client.view_api(print_info=False) is None
        assert client.view_api(None, False, "str") == SINGLE
        assert client.view_api(print_info=False, return_format="dict") == SINGLE_LISTED
        assert capsys.readouterr().out == ""


def test_the_dict_belongs_to_the_caller(server: Servers, connect: Shell) -> None:
    with connect(server("single").url) as client:
        client.view_api(print_info=False, return_format="dict")["named_endpoints"]["/only"].clear()
        assert client.view_api(print_info=False, return_format="dict") == SINGLE_LISTED
        assert client.predict(text="x") == "x"


def test_view_api_tells_defaults_choices_and_descriptions(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        text = client.view_api(print_info=False, return_format="str")
        assert ADD in text
        listed = client.view_api(print_info=False, return_format="dict")["named_endpoints"]["/add"]
        defaults = [(p["parameter_name"], p["parameter_default"]) for p in listed["parameters"]]
        assert defaults == [("a", None), ("b", 10), ("op", "add")]


def test_view_api_says_which_endpoints_take_a_token(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        text = client.view_api(print_info=False, return_format="str")
    assert text.count("Acts with your Hugging Face token (optional)") == 1
    assert text.count("Acts with your Hugging Face token (required)") == 1


def test_state_is_in_no_description(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        text = client.view_api(print_info=False, return_format="str")
    assert 'predict(n, api_name="/counter") -> number_out\n' in text


@pytest.mark.parametrize(
    ("all_endpoints", "undocumented"), [(None, False), (False, False), (True, True)], ids=str
)
def test_undocumented_endpoints_are_shown_on_demand(
    server: Servers, connect: Shell, all_endpoints: bool | None, undocumented: bool
) -> None:
    with connect(server().url) as client:
        text = client.view_api(all_endpoints, print_info=False, return_format="str")
        listed = client.view_api(all_endpoints, print_info=False, return_format="dict")["named_endpoints"]
    assert ('api_name="/undocumented"' in text) is undocumented
    assert ("/undocumented" in listed) is undocumented
    assert ("view_api(all_endpoints=True)" in text) is not undocumented
    assert "/echo" in listed


def test_private_endpoints_are_never_shown(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        text = client.view_api(all_endpoints=True, print_info=False, return_format="str")
        listed = client.view_api(all_endpoints=True, print_info=False, return_format="dict")
    assert "/private" not in text
    assert "/private" not in listed["named_endpoints"]
    assert "/false" not in listed["named_endpoints"]


def test_a_connected_client_prints_one_line_and_nothing_else(
    server: Servers, connect: Shell, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server().url
    with connect(url, verbose=True) as client:
        assert client.verbose is True
        client.predict("x", api_name="/logs")
        list(client.submit(1, api_name="/progress"))
        assert client.submit("x", api_name="/boom").exception() is not None
        client.submit("k", api_name="/gate_parallel").cancel()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", f"Loaded as API: {url}\n")


def test_a_silent_client_prints_nothing(
    server: Servers, connect: Shell, capfd: pytest.CaptureFixture[str]
) -> None:
    with connect(server().url, verbose=False) as client:
        client.predict("x", api_name="/echo")
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_clients_print_by_default(server: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    with Client(server("single").url) as client:
        assert client.verbose is True
    # Standard output is the program's.
    assert capsys.readouterr() == ("", f"Loaded as API: {server('single').url}\n")


# -- client.api ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", "(a: 'float', b: 'float' = 10, op: \"Literal['add', 'sub']\" = 'add') -> 'float'"),
        ("ping", "() -> 'str'"),
        ("typed", "(x: 'int', names: 'list[str]', flag: 'bool' = False) -> 'Any'"),
        ("counter", "(n: 'float') -> 'float'"),
        ("skipped_input", "(text: 'str', number: 'float') -> 'str'"),
        ("upd_layout", "(text: 'str') -> 'str'"),
        ("twogen", "() -> 'tuple[str, str]'"),
        ("no_output", "(text: 'str') -> 'tuple[()]'"),
    ],
)
def test_an_endpoint_has_a_true_signature(server: Servers, connect: Shell, name: str, expected: str) -> None:
    with connect(server().url) as client:
        assert str(inspect.signature(getattr(client.api, name))) == expected


def test_a_required_parameter_after_an_optional_one_is_marked(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        parameters = inspect.signature(client.api.kitchen).parameters
        assert list(parameters) == [
            "text", "number", "slider", "check", "radio", "drop", "multi_drop", "js",
        ]  # fmt: skip
        assert repr(parameters["js"].default) == "<required>"
        with pytest.raises(TypeError, match=r"^/kitchen needs js; it takes:"):
            client.api.kitchen("t", 1)


def test_an_endpoint_has_a_docstring(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert inspect.getdoc(client.api.add) == (
            "Add two numbers, or subtract the second from the first.\n"
            "\n"
            "Parameters:\n"
            "    a: float (Number, number)\n"
            "    b: float, default 10 (Number, number)\n"
            "    op: Literal['add', 'sub'], default 'add' (Radio)\n"
            "\n"
            "Returns:\n"
            "    number out: float"
        )
        assert client.api.add.__name__ == "add"


def test_the_names_of_the_endpoints_are_offered(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        offered = dir(client.api)
        assert {"echo", "echo_1", "add", "typed", "undocumented", "v1_say_it"} <= set(offered)
        assert all(name.isidentifier() for name in offered)
        assert "private" not in offered
        assert "false" not in offered


def test_exactly_the_endpoints_of_the_app_are_offered(server: Servers, connect: Shell) -> None:
    with connect(server("server").url) as client:
        assert [name for name in dir(client.api) if not name.startswith("_")] == [
            "dictgen", "echo", "slowgen", "typed",
        ]  # fmt: skip


def test_an_endpoint_is_called_like_a_function(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.api.add(1, 2, "sub") == -1
        assert client.api.add(a=1, op="sub") == -9
        assert client.api.add(1) == 11
        assert client.api.multi("ab")[:2] == ("ab", 2)
        add = client.api.add
        assert [add(n, n) for n in range(3)] == [0, 2, 4]


def test_a_name_that_is_no_identifier_is_called_by_one(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.api.v1_say_it("x") == "x"
        assert client.api.v1_say_it(text="y") == "y"


def test_wrong_arguments_of_a_function_raise_a_type_error(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(TypeError, match=r"/add has no parameter 'c'; it takes: a, b \(default 10\)"):
            client.api.add(1, c=2)
        with pytest.raises(TypeError, match=r"/add needs a; it takes: a"):
            client.api.add()


def test_an_unknown_endpoint_is_no_attribute(server: Servers, connect: Shell) -> None:
    with connect(server("server").url) as client:
        said = r"^the app has no endpoint /nope; it has: typed, echo, dictgen, slowgen$"
        with pytest.raises(AttributeError, match=said):
            _ = client.api.nope
        assert not hasattr(client.api, "private")


def test_an_endpoint_can_be_submitted(server: Servers) -> None:
    with Client(server().url, verbose=False) as client:
        job = client.api.count.submit("w", steps=2)
        assert list(job) == ["w0 ", "w0 w1 "]


async def test_an_endpoint_of_an_async_client_is_a_coroutine_function(server: Servers) -> None:
    async with AsyncClient(server().url, verbose=False) as client:
        assert await client.api.add(1, op="sub") == -9
        job = client.api.count.submit("w", steps=2)
        assert [value async for value in job] == ["w0 ", "w0 w1 "]
        assert repr(client.api.ping) == "<endpoint /ping() -> 'str'>"
        assert len(list(client.api)) == len([n for n in dir(client.api) if not n.startswith("_")])


def test_the_endpoints_can_be_gone_through(server: Servers) -> None:
    with Client(server("server").url, verbose=False) as client:
        assert [function.__name__ for function in client.api] == ["typed", "echo", "dictgen", "slowgen"]
        assert repr(client.api.echo) == "<endpoint /echo(text: 'str') -> 'Any'>"


# -- attributes ----------------------------------------------------------------------------------------


def test_the_config_is_as_the_server_sent_it(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.config["version"] == "6.31.0"
        assert client.config["protocol"] == client.protocol == "sse_v3"
        assert client.config["title"] == "Everything"
        assert len(client.config["dependencies"]) == len(client.endpoints)


def test_the_endpoints_are_found_by_their_index(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert list(client.endpoints) == [fn["id"] for fn in client.config["dependencies"]]
        endpoint = client.endpoints[1]
        assert isinstance(endpoint, Endpoint)
        assert (endpoint.fn_index, endpoint.api_name) == (1, "/add")
        assert [parameter.name for parameter in endpoint.parameters] == ["a", "b", "op"]
        assert [parameter.default for parameter in endpoint.parameters] == [None, 10, "add"]
        assert endpoint.returns == ("number out",)
        assert endpoint.is_valid
        assert endpoint.parameters_info is not None


def test_changing_the_dict_of_endpoints_changes_nothing(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        client.endpoints.clear()
        assert client.predict("x", api_name="/echo") == "x"


def test_the_version_of_the_app_can_be_compared(server: Servers, connect: Shell) -> None:
    from packaging.version import Version  # what the existing client has there

    with connect(server().url) as client:
        version = client.app_version
    assert str(version) == "6.31.0"
    assert version == "6.31.0" == version
    assert version == Version("6.31.0") == version
    assert version >= "6.4.0"  # as text it would be the smaller one
    assert version > Version("6.4.0")
    assert Version("6.4.0") < version
    assert version < "7"
    assert version < Version("6.100")
    assert version >= (6, 31)
    assert version != "6.31.1"
    assert version.major == 6
    assert hash(version) == hash(type(version)("6.31.0"))


def test_the_source_is_the_url_with_a_slash(server: Servers, connect: Shell) -> None:
    with connect(server("mounted").url.removesuffix("/")) as client:
        assert client.src == server("mounted").url


def test_a_client_shows_itself(server: Servers) -> None:
    url = server("single").url
    with Client(url, verbose=False) as client:
        assert repr(client) == f"<Client {url} (Gradio 6.31.0)>"
        assert str(client) == f"{client!r}: /only; client.view_api() describes them"


async def test_an_async_client_shows_itself(server: Servers) -> None:
    url = server("single").url
    client = AsyncClient(url, verbose=False)
    assert repr(client) == f"<AsyncClient {url} (not connected)>"
    assert client.src == url
    async with client:
        assert repr(client) == f"<AsyncClient {url} (Gradio 6.31.0)>"


def test_a_job_shows_itself(server: Servers) -> None:
    with Client(server().url, verbose=False) as client:
        job = client.submit("x", api_name="/echo")
        job.result()
        assert repr(job) == "<Job /echo FINISHED>"


USE = """
import sys
from gradlink import Client

with Client(sys.argv[1], verbose=False) as client:
    print(client.predict("x", api_name="/echo"), client.predict("y", api_name="/fast"), end=" ")
    print(*client.submit("w", 2, api_name="/count"), end=" ")
heavy = ("asyncio", "gradio", "gradio_client", "huggingface_hub", "rich", "uvloop")
print([name for name in heavy if name in sys.modules])
"""


def test_a_synchronous_client_never_loads_an_event_loop(server: Servers) -> None:
    run: Any = subprocess.run(
        [sys.executable, "-c", USE, server().url], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "x y w0  w0 w1  []\n"


def test_the_queue_has_a_length(server: Servers, connect: Shell) -> None:
    running = server()
    key = f"queue-size-{connect.name}"
    with connect(running.url) as client:
        assert client.queue_size() == 0
        jobs = [client.submit(key, api_name="/gate")]
        running.reach(key, "started")
        jobs += [client.submit(key, api_name="/gate") for _ in range(2)]
        for job in jobs[1:]:
            follow(iter(job.events()), status_is(Status.IN_QUEUE))
        assert client.queue_size() == 2
        running.open_gate(key, 3)
        for job in jobs:
            job.result(60)
        assert client.queue_size() == 0
