"""How the arguments of a call reach the app, and which results come back."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradlink import AppError, ArgumentError, AsyncClient, Client, EndpointError, NotConnectedError
from tests.live.asked import Asked
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import new_key

ADD_TAKES = "it takes: a, b (default 10), op (default 'add')"


# -- by name, by position, by default ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        pytest.param((1, 2, "sub"), {}, -1, id="all by position"),
        pytest.param((), {"a": 1, "b": 2, "op": "sub"}, -1, id="all by name"),
        pytest.param((), {"op": "sub", "b": 2, "a": 1}, -1, id="by name in any order"),
        pytest.param((1,), {}, 11, id="one by position and defaults"),
        pytest.param((), {"a": 1}, 11, id="one by name and defaults"),
        pytest.param((1, 2), {}, 3, id="two by position and a default"),
        pytest.param((1,), {"op": "sub"}, -9, id="position, name, and a default between"),
        pytest.param((1,), {"b": 2, "op": "sub"}, -1, id="position, then names"),
        pytest.param((1, 2), {"op": "sub"}, -1, id="positions, then a name"),
        pytest.param((0,), {"b": 0}, 0, id="zero is a value"),
    ],
)
def test_arguments_by_position_by_name_and_by_default(
    server: Servers, connect: Shell, args: tuple[Any, ...], kwargs: dict[str, Any], expected: int
) -> None:
    with connect(server().url) as client:
        assert client.predict(*args, **kwargs, api_name="/add") == expected


def test_submit_takes_the_same_arguments(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.submit(1, op="sub", api_name="/add").result() == -9


def test_defaults_of_all_kinds_of_components(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        result = client.predict("t", 1, js={"k": None}, api_name="/kitchen")
        assert result == ["t", 1, 5, True, "add", "x", [], {"k": None}]


def test_none_is_a_value_and_not_the_default(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        result = client.predict("t", 1, js=[], drop=None, check=False, multi_drop=["q"], api_name="/kitchen")
        assert result == ["t", 1, 5, False, "add", None, ["q"], []]


def test_defaults_of_a_function_without_components(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(3, ["a", "b"], api_name="/typed") == {}
        assert client.predict(names=["a", "b"], x=3, flag=True, api_name="/typed") == {"a": 3, "b": 3}


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, "", "ü\u2028\r\n😀", [], {}, {"a": [{"b": [None, 1, 2.5, "x", False]}]}],
    ids=repr,
)
def test_a_value_arrives_as_it_was_given(server: Servers, connect: Shell, value: Any) -> None:
    with connect(server().url) as client:
        assert client.predict("t", 1, js=value, api_name="/kitchen")[-1] == value


def test_tuples_arrive_as_lists(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("t", 1, js=(1, (2,)), api_name="/kitchen")[-1] == [1, [2]]


# -- which endpoint ------------------------------------------------------------------------------------


def test_a_forgotten_slash_is_said(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        said = r"no endpoint 'add'; names begin with a slash, did you mean '/add'\?"
        with pytest.raises(EndpointError, match=said):
            client.predict(1, api_name="add")


def test_the_nearest_name_is_suggested(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(
            EndpointError, match=r"no endpoint '/batch_doubel'; did you mean '/batch_double'\?"
        ):
            client.predict(1, api_name="/batch_doubel")
        with pytest.raises(
            EndpointError, match=r"no endpoint 'batch_doubel'; did you mean '/batch_double'\?"
        ):
            client.submit(1, api_name="batch_doubel")


def test_a_name_like_no_other_is_answered_with_the_names_there_are(server: Servers, connect: Shell) -> None:
    with (
        connect(server("single").url) as client,
        pytest.raises(EndpointError, match=r"no endpoint '/zzz'; it has: /only$"),
    ):
        client.predict(1, api_name="/zzz")


def test_a_private_name_is_never_suggested(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(EndpointError) as caught:
            client.predict(1, api_name="/privat")
        assert "/private" not in str(caught.value)


def test_an_api_name_that_is_no_text(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(EndpointError, match=r"api_name is a string such as '/predict', not 3"),
    ):
        client.predict(1, api_name=3)


def test_an_endpoint_by_its_fn_index(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        indexes = {endpoint.api_name: fn_index for fn_index, endpoint in client.endpoints.items()}
        assert client.predict(5, 2, "sub", fn_index=indexes["/add"]) == 3
        assert client.submit(b=2, a=5, fn_index=indexes["/add"]).result() == 7


def test_fn_index_zero_is_an_index(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.endpoints[0].api_name == "/echo"
        assert client.predict("x", fn_index=0) == "x"


def test_the_name_wins_over_the_index(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(api_name="/ping", fn_index=0) == "pong"


@pytest.mark.parametrize("fn_index", [9999, -1, "0"])
def test_an_unknown_fn_index(server: Servers, connect: Shell, fn_index: Any) -> None:
    with connect(server().url) as client:
        said = rf"no function with fn_index={re.escape(repr(fn_index))}; it has: 0, 1, 2"
        with pytest.raises(EndpointError, match=said):
            client.predict("x", fn_index=fn_index)


def test_the_only_endpoint_needs_no_name(server: Servers, connect: Shell) -> None:
    with connect(server("single").url) as client:
        assert client.predict("x") == "x"
        assert client.submit(text="y").result() == "y"


def test_one_of_several_endpoints_must_be_named(server: Servers, connect: Shell) -> None:
    with (
        connect(server("server").url) as client,
        pytest.raises(EndpointError, match=r"4 public endpoints; name one with api_name: /typed, /echo"),
    ):
        client.predict("x")


@pytest.mark.parametrize("which", [{"api_name": "/nope"}, {"fn_index": 9999}, {}], ids=str)
def test_an_endpoint_error_is_a_value_error_at_the_call(
    server: Servers, connect: Shell, which: dict[str, Any]
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(ValueError, match=r"endpoint|function"):
                call("x", **which)
        assert asked.routes() == []


# -- arguments that do not fit -------------------------------------------------------------------------

WRONG = [
    pytest.param((), {"a": 1, "c": 2}, f"/add has no parameter 'c'; {ADD_TAKES}", id="unknown"),
    pytest.param((), {"A": 1}, f"/add has no parameter 'A'; {ADD_TAKES}", id="unknown by its case"),
    pytest.param(
        (1,), {"opp": "sub"}, f"/add has no parameter 'opp', did you mean 'op'? {ADD_TAKES}", id="misspelt"
    ),
    pytest.param((), {}, f"/add needs a; {ADD_TAKES}", id="all missing"),
    pytest.param((), {"b": 1, "op": "sub"}, f"/add needs a; {ADD_TAKES}", id="one missing"),
    pytest.param(
        (1,), {"a": 1}, f"/add got 'a' twice, by position and by name; {ADD_TAKES}", id="given twice"
    ),
    pytest.param(
        (1, 2),
        {"b": 1},
        f"/add got 'b' twice, by position and by name; {ADD_TAKES}",
        id="default given twice",
    ),
    pytest.param((1, 2, "add", 4), {}, f"/add takes 3 arguments, 4 were given; {ADD_TAKES}", id="too many"),
]


@pytest.mark.parametrize(("args", "kwargs", "said"), WRONG)
def test_arguments_that_do_not_fit_raise_at_the_call(
    server: Servers, connect: Shell, args: tuple[Any, ...], kwargs: dict[str, Any], said: str
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(TypeError) as caught:
                call(*args, **kwargs, api_name="/add")
            assert str(caught.value) == said
            assert isinstance(caught.value, ArgumentError)
        assert asked.routes() == []


FLIP = "/image_flip: image is a file: did you mean handle_file('in.png')?"


def test_a_text_where_a_file_is_wanted_is_not_sent(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(ArgumentError) as caught:
                call("in.png", api_name="/image_flip")
            assert str(caught.value) == FLIP
            assert (caught.value.endpoint, caught.value.execution) == ("/image_flip", "not started")
        assert asked.routes() == []


@pytest.mark.parametrize(
    ("api_name", "value"), [("/image_flip", "in.png"), ("/file_upper", ["a"]), ("/files_info", "a.txt")]
)
def test_what_is_not_sent_is_what_the_app_refuses(server: Servers, api_name: str, value: Any) -> None:
    with Client(server().url, verbose=False) as client:
        client._options = replace(client._options, forgiving=True)
        with pytest.raises(AppError, match=r"\((image|files?) is .* did you mean \[?handle_file\("):
            client.predict(value, api_name=api_name)


def test_a_number_as_text_is_sent_and_an_error_says_what_was_probably_meant(
    server: Servers, connect: Shell
) -> None:
    with connect(server().url) as client:
        assert client.predict("x", "2", api_name="/fast_count")
        with pytest.raises(AppError, match=r"^/counter: .*\(n is a number: did you mean 3\?\)$"):
            client.predict("3", api_name="/counter")


def test_several_missing_parameters_are_all_named(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(TypeError, match=r"^/kitchen needs text, number, js; it takes: text, number, slider"),
    ):
        client.predict(api_name="/kitchen")


def test_an_endpoint_without_parameters_says_so(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(
            TypeError, match=r"^/ping takes 0 arguments, 1 were given; it takes no arguments$"
        ):
            client.predict("x", api_name="/ping")
        with pytest.raises(TypeError, match=r"^/ping has no parameter 'x'; it takes no arguments$"):
            client.predict(x=1, api_name="/ping")


def test_a_function_by_index_is_named_so(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(TypeError, match=r"^/echo needs text; it takes: text$"),
    ):
        client.predict(fn_index=0)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), r"/kitchen: js holds a object, which is neither JSON \(None, bool, int, float, str"),
        ({1, 2}, r"/kitchen: js holds a set, which is neither JSON"),
        ([{"deep": [1j]}], r"/kitchen: js holds a complex, which is neither JSON"),
        ({"deep": {1.5: "x"}}, r"/kitchen: js has the key 1\.5; JSON requires strings"),
        ({("a", "b"): 1}, r"/kitchen: js has the key \('a', 'b'\); JSON requires strings"),
    ],
    ids=["object", "set", "deep inside", "a number as key", "a tuple as key"],
)
def test_a_value_that_is_no_json_raises_at_the_call(
    server: Servers, connect: Shell, value: Any, said: str
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(TypeError, match=said):
                call("t", 1, js=value, api_name="/kitchen")
        assert asked.routes() == []


def test_a_value_that_holds_itself_raises_at_the_call(server: Servers, connect: Shell) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with (
        connect(server().url) as client,
        pytest.raises(TypeError, match=r"/kitchen: js is nested more than 200 deep"),
    ):
        client.predict("t", 1, js=endless, api_name="/kitchen")


def test_an_error_of_the_arguments_names_its_endpoint(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        with pytest.raises(ArgumentError) as caught:
            client.predict(api_name="/add")
        assert caught.value.endpoint == "/add"
        assert caught.value.execution == "not started"


# A client that has not connected cannot know what fits.
async def test_an_async_client_that_has_not_connected_says_it_where_the_job_is_awaited(
    server: Servers,
) -> None:
    async with AsyncClient(server().url, verbose=False) as other:
        assert await other.predict(api_name="/ping") == "pong"
    client = AsyncClient(server().url, verbose=False)
    try:
        job = client.submit(1, 2, "add", 4, api_name="/add")
        with pytest.raises(TypeError, match="takes 3 arguments, 4 were given"):
            await job
    finally:
        await client.close()


async def test_an_async_client_that_has_not_connected_knows_no_app(server: Servers) -> None:
    client = AsyncClient(server().url, verbose=False)
    for ask in (lambda: client.config, lambda: client.endpoints, lambda: client.app_version):
        with pytest.raises(NotConnectedError, match="has not connected yet"):
            ask()
    await client.close()


# -- what the existing client has removed --------------------------------------------------------------

REMOVED_OPTIONS = [
    ("hf_token", "hf_x", "write token="),
    ("serialize", False, "leave it out: values are JSON, files are given with handle_file()"),
    ("output_dir", "/somewhere", "write download_files=<directory>"),
    ("upload_files", False, "leave it out: files are uploaded where handle_file(), a Path or bytes stand"),
    ("max_threads", 8, "write max_workers="),
]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(("name", "value", "instead"), REMOVED_OPTIONS)
def test_a_removed_option_says_what_to_write_instead(
    server: Servers, kind: type[Client | AsyncClient], name: str, value: Any, instead: str
) -> None:
    asked = Asked(server())
    with pytest.raises(TypeError) as caught:
        kind(asked.url, headers=asked.headers, **{name: value})
    assert str(caught.value) == f"{kind.__name__}() has no option {name!r}; {instead}"
    assert asked.routes() == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_unknown_option_is_refused(server: Servers, kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) has no option 'nonsense'$"):
        kind(server().url, nonsense=1)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("serialize", "values are JSON, files are given with handle_file()"),
        ("output_dir", "use download_files=<directory>"),
        ("upload_files", "files are uploaded where handle_file(), a Path, bytes or an open file stands"),
        ("hf_token", "use token="),
        ("max_threads", "use max_workers="),
    ],
)
def test_a_removed_argument_says_what_to_write_instead(
    server: Servers, connect: Shell, name: str, instead: str
) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        for call in (client.predict, client.submit):
            with pytest.raises(TypeError) as caught:
                call("x", api_name="/echo", **{name: True})
            assert str(caught.value) == f"/echo has no parameter {name!r}; {instead}"
        assert asked.routes() == []


# -- state ---------------------------------------------------------------------------------------------


def test_state_is_no_parameter_and_no_result(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        (endpoint,) = (e for e in client.endpoints.values() if e.api_name == "/counter")
        assert [parameter.name for parameter in endpoint.parameters] == ["n"]
        assert client.predict(2, api_name="/counter") == 2
        with pytest.raises(TypeError, match=r"/counter takes 1 arguments, 2 were given; it takes: n$"):
            client.predict(2, None, api_name="/counter")


def test_state_is_kept_from_call_to_call(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert [client.predict(n, api_name="/counter") for n in (1, 10, 100)] == [1, 11, 111]


def test_state_is_kept_for_the_direct_route_too(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(n=1, api_name="/fast_counter") == 1
        assert client.predict(n=10, api_name="/counter") == 11
        assert client.predict(n=100, api_name="/fast_counter") == 111


def test_jobs_that_are_submitted_together_share_the_state(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        for job in [client.submit(1, api_name="/counter") for _ in range(5)]:
            job.result()
        sessions = [request.json["session_hash"] for request in asked.requests("/queue/join")]
        assert sessions == [client.session_hash] * 5


def test_two_clients_have_a_state_each(server: Servers, connect: Shell) -> None:
    with connect(server().url) as one, connect(server().url) as other:
        assert one.session_hash != other.session_hash
        assert one.predict(1, api_name="/counter") == 1
        assert other.predict(10, api_name="/counter") == 10
        assert one.predict(2, api_name="/counter") == 3


def test_a_reset_gives_a_fresh_state(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        before = client.session_hash
        assert client.predict(5, api_name="/counter") == 5
        client.reset_session()
        assert client.session_hash != before
        assert client.predict(1, api_name="/counter") == 1
        assert client.predict(1, api_name="/fast_counter") == 2


def test_a_reset_leaves_the_jobs_that_run_alone(server: Servers, connect: Shell) -> None:
    key = new_key()
    with connect(server().url) as client:
        job = client.submit(key, 2, api_name="/stategategen")
        server().open_gate(key)
        assert next(job) == f"{key} 1"
        client.reset_session()
        server().open_gate(key)
        assert next(job) == f"{key} 2"
        assert job.result() == f"{key} 2"
        assert client.predict(1, api_name="/counter") == 1


def test_setting_the_session_hash_continues_that_session(server: Servers, connect: Shell) -> None:
    with connect(server().url) as one, connect(server().url) as other:
        assert one.predict(5, api_name="/counter") == 5
        other.session_hash = one.session_hash
        assert other.session_hash == one.session_hash
        assert other.predict(1, api_name="/counter") == 6


def test_the_app_sees_the_session_hash(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(api_name="/whoami")["session_hash"] == client.session_hash
        client.session_hash = chosen = new_key()
        assert client.predict(api_name="/whoami")["session_hash"] == chosen


# -- results -------------------------------------------------------------------------------------------


def test_a_layout_component_among_the_inputs_is_skipped(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", 2, api_name="/skipped_input") == "x:2"
        assert client.predict(number=2, text="x", api_name="/skipped_input") == "x:2"


def test_a_layout_component_among_the_outputs_is_skipped(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", api_name="/upd_layout") == "x"


def test_one_output_comes_bare_several_as_a_tuple_and_none_as_an_empty_one(
    server: Servers, connect: Shell
) -> None:
    key = new_key()
    label = {
        "label": "cat",
        "confidences": [{"label": "cat", "confidence": 0.75}, {"label": "dog", "confidence": 0.25}],
    }
    with connect(server().url) as client:
        assert client.predict("abc", api_name="/echo") == "abc"
        assert client.predict("abc", api_name="/multi") == ("abc", 3, label)
        assert client.predict(key, api_name="/no_output") == ()
        assert client.submit("abc", api_name="/multi").outputs() in ([], [("abc", 3, label)])
    assert server().counts(key) == {"seen": 1}


def test_the_outputs_of_a_job_are_arranged_like_its_result(server: Servers, connect: Shell) -> None:
    key = new_key()
    with connect(server().url) as client:
        several = client.submit(api_name="/twogen")
        assert list(several) == [("a", "x"), ("ab", "x"), ("ab", "xy"), ("abc", "xyz")]
        assert several.result() == ("abc", "xyz")
        none = client.submit(key, api_name="/no_output")
        assert list(none) == [()]
        assert none.outputs() == [()]


def test_an_update_arrives_as_the_dict_that_the_app_sent(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", api_name="/upd") == {
            "__type__": "update",
            "value": "x",
            "visible": True,
            "label": "new label",
        }
        assert client.predict("x", api_name="/upd_choices") == {
            "__type__": "update",
            "value": "x",
            "choices": [["x", "x"], ["other", "other"]],
        }


# -- whose values are whose ----------------------------------------------------------------------------


def test_a_call_does_not_change_the_callers_arguments(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("abc")
    value = {"list": [1, {"file": path, "bytes": b"xyz"}], "tuple": (1, 2), 3: "three"}
    kwargs = {"value": value}
    headers = {"x-probe": "1"}
    before = copy.deepcopy((kwargs, headers))
    with connect(server().url) as client:
        found = client.predict(**kwargs, headers=headers, api_name="/nested_files")
        job = client.submit(**kwargs, headers=headers, api_name="/nested_files")
        assert job.result() == found
    assert [file["text"] for file in found] == ["abc", "xyz"]
    assert (kwargs, headers) == before
    assert value["list"][1]["file"] is path  # type: ignore[index]  # of mixed types, as a caller's are


def test_what_the_caller_changes_after_submit_does_not_matter(server: Servers, connect: Shell) -> None:
    key = new_key()
    value: dict[str, Any] = {"list": [1, 2]}
    headers = {"x-probe": "before"}
    with connect(server().url, max_workers=1) as client:
        first = client.submit(key, api_name="/gate_parallel")
        server().reach(key, "started")
        # The one place is taken: the second job is sent when the first has ended.
        second = client.submit("t", 1, js=value, api_name="/kitchen")
        third = client.submit(headers=headers, api_name="/whoami")
        value["list"].append(3)
        value["new"] = True
        headers["x-probe"] = "after"
        server().open_gate(key)
        assert first.result() == f"passed {key}"
        assert second.result()[-1] == {"list": [1, 2]}
        assert third.result()["headers"]["x-probe"] == "before"


def test_what_the_caller_changes_in_a_result_does_not_matter_to_the_next_call(
    server: Servers, connect: Shell
) -> None:
    with connect(server().url) as client:
        result = client.predict("t", 1, js={}, api_name="/kitchen")
        result[6].append("p")  # it was the default of multi_drop
        assert client.predict("t", 1, js={}, api_name="/kitchen")[6] == []
