"""Options of calls to apps whose own parameters are called like them: views of a client, with ``with_options()``."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from gradlink import ArgumentError, AsyncClient, Client, ClientClosedError, JobTimeoutError, Retries, Timeout
from tests.live.processes import free_port, process
from tests.live.shells import Shell


@pytest.fixture(scope="module")
def namesakes() -> Iterator[str]:
    port = free_port()
    with process("tests.apps.namesakes", port):
        yield f"http://127.0.0.1:{port}"


def core_of(job: Any) -> Any:
    """Return what the connection has of a job."""
    return getattr(job, "_inner", job)._core


def test_a_parameter_of_the_endpoint_is_no_option(namesakes: str, connect: Shell) -> None:
    with connect(namesakes) as client:
        arguments = {"timeout": -1, "retries": "many", "resubmit": True}
        assert client.predict(**arguments, api_name="/echo") == [-1, "many", True, "h"]
        assert client.submit(**arguments, api_name="/echo").result() == [-1, "many", True, "h"]
        assert client.predict(5, api_name="/echo") == [5, "r", False, "h"]


def test_a_view_limits_its_calls_whatever_the_app_calls_its_parameters(
    namesakes: str, connect: Shell
) -> None:
    with connect(namesakes) as client:
        view = client.with_options(timeout=1)
        with pytest.raises(
            JobTimeoutError, match=r"^/hold: the call's limit of 1 s for the whole call ran out"
        ):
            view.predict(timeout=3600, api_name="/hold")
        with pytest.raises(JobTimeoutError):
            view.submit(3600, api_name="/hold").result()
        with pytest.raises(JobTimeoutError):
            view.api.hold(timeout=3600)
        arguments = {"timeout": -1, "retries": "many", "resubmit": True}
        patient = client.with_options(timeout=Timeout(queue=600), retries=5, resubmit=True)
        job = patient.submit(**arguments, api_name="/echo")
        assert job.result() == [-1, "many", True, "h"]
        core = core_of(job)
        assert (core.timeout, core.retries, core.resubmit) == (Timeout(queue=600), Retries(5), True)
        # What the client's own calls have is as it was.
        core = core_of(client.submit(1, api_name="/echo"))
        assert (core.timeout, core.retries, core.resubmit) == (Timeout(), Retries(), False)


def test_a_view_sends_headers_to_an_endpoint_with_a_parameter_headers(namesakes: str, connect: Shell) -> None:
    with connect(namesakes, headers={"x-one": "of the client"}) as client:
        view = client.with_options(headers={"X-Two": "of the view"})
        assert view.predict("mine", api_name="/seen") == ["mine", "of the client", "of the view"]
        assert view.submit("mine", api_name="/seen").result() == ["mine", "of the client", "of the view"]
        assert view.api.seen("mine") == ["mine", "of the client", "of the view"]
        given = view.predict("mine", api_name="/seen", headers={"x-two": "of the call"})
        assert given == ["mine", "of the client", "of the call"]
        assert client.predict("mine", api_name="/seen") == ["mine", "of the client", None]


def test_a_view_of_a_view_has_the_options_of_both(namesakes: str, connect: Shell) -> None:
    with connect(namesakes) as client:
        first = client.with_options(
            timeout=500, retries=1, resubmit=True, headers={"x-one": "1", "x-two": "1"}
        )
        second = first.with_options(retries=2, headers={"X-Two": "2"})
        job = second.submit("mine", api_name="/seen")
        assert job.result() == ["mine", "1", "2"]
        core = core_of(job)
        assert (core.timeout, core.retries, core.resubmit) == (Timeout(total=500), Retries(2), True)
        assert core_of(first.submit("mine", api_name="/seen")).retries == Retries(1)
        # The same option of a call wins; None leaves the view's.
        core = core_of(second.submit("mine", api_name="/seen", timeout=None, retries=0, resubmit=False))
        assert (core.timeout, core.retries, core.resubmit) == (Timeout(total=500), Retries(0), False)


def test_a_view_is_the_client_in_all_else(namesakes: str, connect: Shell) -> None:
    with connect(namesakes) as client:
        view = client.with_options(timeout=600)
        assert type(view) is type(client)
        assert view.src == client.src
        assert view.session_hash == client.session_hash
        view.session_hash = "continued"
        assert client.session_hash == "continued"
        client.reset_session()
        assert view.session_hash == client.session_hash != "continued"
        assert view.view_api(print_info=False, return_format="str") == client.view_api(
            print_info=False, return_format="str"
        )
        assert view.config is client.config
        assert repr(getattr(view, "_inner", view)) == repr(getattr(client, "_inner", client))


def test_closing_a_view_closes_the_client(namesakes: str, connect: Shell) -> None:
    with connect(namesakes) as client:
        view, other = client.with_options(timeout=600), client.with_options(retries=0)
        job = client.submit(1, api_name="/hold")
        view.close()
        assert isinstance(job.exception(), ClientClosedError)
        for closed in (client, view, other):
            with pytest.raises(ClientClosedError):
                closed.predict(1, api_name="/echo")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"timeout": 0}, "timeout: total is a number of seconds above 0 or None, not 0"),
    ({"timeout": "soon"}, "timeout: total is a number of seconds above 0 or None, not 'soon'"),
    ({"retries": -1}, "retries is a number from 0 or a Retries, not -1"),
    ({"resubmit": "yes"}, "resubmit is True or False, not 'yes'"),
    (
        {"headers": {"x-own": "a\nb"}},
        "headers: the header 'x-own' cannot be sent: its value has a line break",
    ),
    ({"event_data": 1}, "with_options() has no option 'event_data'"),
    ({"heders": {}}, "with_options() has no option 'heders'"),
]


@pytest.mark.parametrize(("options", "says"), WRONG)
def test_a_view_with_wrong_options_is_refused_at_once(
    namesakes: str, connect: Shell, options: dict[str, Any], says: str
) -> None:
    with connect(namesakes) as client:
        with pytest.raises(ArgumentError) as e:
            client.with_options(**options)
        assert str(e.value) == says


def test_a_view_can_be_pickled(namesakes: str) -> None:
    with Client(namesakes, verbose=False) as client:
        kept = pickle.dumps(client.with_options(timeout=600, headers={"x-one": "1"}))
    with pickle.loads(kept) as again:  # noqa: S301
        assert again.predict("mine", api_name="/seen") == ["mine", "1", None]
        assert core_of(again.submit("mine", api_name="/seen")).timeout == Timeout(total=600)


async def test_a_view_of_an_async_client_connects_the_client(namesakes: str) -> None:
    client = AsyncClient(namesakes, verbose=False)
    view = client.with_options(headers={"x-one": "1"})
    job = view.submit("mine", api_name="/seen")
    assert await job == ["mine", "1", None]
    assert client.protocol
    assert await view is view
    async with client.with_options(retries=0) as other:
        assert await other.predict("mine", api_name="/seen") == ["mine", None, None]
    with pytest.raises(ClientClosedError):
        await client.predict("mine", api_name="/seen")
