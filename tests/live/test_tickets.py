"""Tickets: a job outlives its client, and is collected once, by another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gradlink import ClientClosedError, ConnectError, OutputEvent, Status, StreamLostError, handle_file
from gradlink._protocol.ticket import read_ticket
from gradlink.errors import (
    AppError,
    CollectedTicketError,
    DetachError,
    ForeignTicketError,
    LostTicketError,
    MalformedTicketError,
    RestartedTicketError,
    TicketError,
    TicketInUseError,
)
from tests.live.processes import free_port, process
from tests.live.servers import Servers
from tests.live.shells import SHELLS, Shell, SyncShell
from tests.live.waits import END_SECONDS, follow, new_key, output_is, status_is

STREAM = "/gradio_api/queue/data"
APP = "tests.apps.everything"


def test_a_job_outlives_its_client(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        ticket = client.detach(key, 2, api_name="/gategen")
    base.reach(key, "started")
    base.open_gate(key, 2)
    base.reach(key, "finished")
    with connect(base.url) as other:
        job = other.attach(ticket)
        outputs = [event.value for event in job.events() if isinstance(event, OutputEvent)]
        assert len(outputs) == 2
        assert job.result() == outputs[-1]
        assert job.event_id == read_ticket(ticket).event_id
    assert base.counts(key) == {"started": 1, "ticked": 2, "finished": 1, "ended": 1}


def test_it_is_followed_while_it_runs(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.attach(client.detach(key, 2, api_name="/gategen"))
        events = job.events()
        base.open_gate(key)
        follow(events, output_is(0))
        assert job.status().code is Status.ITERATING
        base.open_gate(key)
        assert len(list(job)) == 2
        # Other calls go on beside it, in the client's own session.
        assert client.predict("beside", api_name="/echo") == "beside"


def test_it_is_cancelled_like_any_other(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.attach(client.detach(key, 2, api_name="/gategen"))
        base.open_gate(key)
        follow(job.events(), output_is(0))
        assert job.cancel() is True
        base.reach(key, "ended")
        assert base.counts(key) == {"started": 1, "ticked": 1, "ended": 1}


def test_it_ends_with_the_error_of_the_app(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        ticket = client.detach("oh no", api_name="/err")
        with pytest.raises(AppError, match="oh no") as caught:
            client.attach(ticket).result(END_SECONDS)
        assert caught.value.endpoint == "/err"


def test_files_go_there_and_back(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        ticket = client.detach(handle_file(b"dear you"), api_name="/file_upper")
        assert Path(client.attach(ticket).result(END_SECONDS)).read_text("utf-8") == "DEAR YOU"


def test_a_function_without_the_queue_goes_through_it(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.attach(client.detach("now", api_name="/fast")).result(END_SECONDS) == "now"


def test_a_client_reads_a_ticket_once(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        ticket = client.detach(key, api_name="/gate_parallel")
        job = client.attach(ticket)
        with pytest.raises(TicketInUseError):
            client.attach(ticket)
        base.open_gate(key)
        assert job.result(END_SECONDS) == f"passed {key}"


@pytest.mark.slow("the server says nothing before its heartbeat, which comes after 15 s")
def test_what_was_collected_is_gone(server: Servers) -> None:
    base, connect = server(), SyncShell()
    with connect(base.url) as client:
        ticket = client.detach("once", api_name="/echo")
        assert client.attach(ticket).result(END_SECONDS) == "once"
    with connect(base.url) as other, pytest.raises(LostTicketError) as caught:
        # If the server has ended the stream before it was left, it knows the session.
        other.attach(ticket).result(END_SECONDS)
    assert type(caught.value) in {LostTicketError, CollectedTicketError}
    assert caught.value.execution == "unknown"


def test_a_stream_that_breaks_takes_the_result_along(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        ticket = client.detach(key, api_name="/gate_parallel")
        job = client.attach(ticket)
        follow(job.events(), status_is(Status.PROCESSING))
        base.cut(STREAM)
        with pytest.raises(StreamLostError):
            job.result(END_SECONDS)
        base.open_gate(key)
        base.reach(key, "ended")
        with pytest.raises(LostTicketError, match="the server has nothing for this ticket"):
            client.attach(ticket).result(END_SECONDS)


@pytest.mark.parametrize("shell", SHELLS[:2], ids=lambda shell: shell.name)
def test_a_restart_takes_all_that_was_not_collected(shell: Shell) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with process(APP, port, "base") as first, shell(url) as client, shell(url) as other:
        tickets = [client.detach(text, api_name="/echo") for text in ("a", "b", "c")]
        assert other.attach(tickets[0]).result(END_SECONDS) == "a"
        first.kill()
        first.wait()
        # Nobody is asked with a ticket that cannot be answered: it is as good as it was.
        with pytest.raises(ConnectError):
            other.attach(tickets[1]).result(END_SECONDS)
        with process(APP, port, "base"):
            with shell(url) as third, pytest.raises(RestartedTicketError) as told:
                third.attach(tickets[1])
            assert told.value.execution == "unknown"
            # One that was connected before learns it from the server.
            with pytest.raises(LostTicketError):
                other.attach(tickets[2]).result(END_SECONDS)


def test_a_ticket_that_cannot_be_right_is_refused_before_anything_is_asked(
    server: Servers, connect: Shell
) -> None:
    base = server()
    with connect(base.url) as client:
        text = client.detach("kept", api_name="/echo")
        ticket = read_ticket(text)
        asked = len(base.requests())
        wrong = {
            text[:-8]: MalformedTicketError,
            replace(ticket, app_id="1").write(): RestartedTicketError,
            replace(ticket, app_id="1", base="http://127.0.0.1:1/").write(): ForeignTicketError,
            replace(ticket, fn_index=ticket.fn_index + 1).write(): ForeignTicketError,
        }
        for refused, kind in wrong.items():
            with pytest.raises(TicketError) as caught:
                client.attach(refused)
            assert type(caught.value) is kind
        assert len(base.requests()) == asked
        assert client.attach(text).result(END_SECONDS) == "kept"


def test_state_is_not_left_behind_silently(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        client.predict(5, api_name="/counter")
        with pytest.raises(DetachError, match="would not see the State"):
            client.detach(5, api_name="/counter")
        client.reset_session()
        assert client.attach(client.detach(7, api_name="/counter")).result(END_SECONDS) == 7


def test_a_closed_client_neither_detaches_nor_attaches(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        client.close()
        with pytest.raises(ClientClosedError):
            client.detach("late", api_name="/echo")
        with pytest.raises(ClientClosedError):
            client.attach("late")
