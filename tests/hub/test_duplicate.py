"""Copies of Spaces: made or found, set up, waited for; every refusal an error."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from gradlink import (
    ArgumentError,
    AsyncClient,
    Client,
    HubAuthenticationError,
    SpaceDuplicationError,
    SpaceNotFoundError,
    SpaceNotRunningError,
)
from gradlink.testing.hub import LocalHub
from tests.live.servers import Servers
from tests.live.shells import CarriedClient

Duplicate = Callable[..., AbstractContextManager[Any]]


@contextmanager
def sync_copy(*args: Any, **options: Any) -> Iterator[Client]:
    with Client.duplicate(*args, **{"verbose": False, **options}) as client:
        yield client


@contextmanager
def async_copy(*args: Any, **options: Any) -> Iterator[CarriedClient]:
    async def copy() -> CarriedClient:
        # Bare, the portal would await the client that it is given.
        return CarriedClient(portal, await AsyncClient.duplicate(*args, **{"verbose": False, **options}))

    with start_blocking_portal("asyncio") as portal:
        client = portal.call(copy)
        yield client
        client.close()


@pytest.fixture(params=[sync_copy, async_copy], ids=["sync", "asyncio"])
def duplicate(request: pytest.FixtureRequest) -> Duplicate:
    """Copy a Space with each client: ``with duplicate("her/app", token="hf_me") as client``."""
    made: Duplicate = request.param
    return made


@pytest.fixture
def hub(hub: LocalHub, server: Servers) -> LocalHub:
    """Give a Hub with a Space of somebody else."""
    hub.add_space("her/app", server().url)
    hub.copy_stages = ("RUNNING",)
    return hub


def orders(hub: LocalHub) -> list[tuple[str, Any]]:
    """Return what the Hub was told to do."""
    return [(request.path, request.json) for request in hub.requests("hub") if request.method == "POST"]


COPY = {"repository": "me/app", "visibility": "private", "hardware": "cpu-basic"}


def test_a_copy_is_made_and_called(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.copy_stages = ("BUILDING", "APP_STARTING", "RUNNING")
    reported: list[str] = []
    with duplicate(
        "her/app", token="hf_me", on_status=lambda status: reported.append(status.stage)
    ) as client:
        assert client.space_id == "me/app"
        assert client.src == f"{hub.space('me/app').url}/"
        assert client.predict("hello", api_name="/echo") == "hello"
    assert orders(hub) == [("/api/spaces/her/app/duplicate", COPY)]
    assert hub.space("me/app").private
    assert reported[-1] == "RUNNING"
    assert {request.account for request in hub.requests("me/app")} == {"me"}


def test_a_copy_is_made_as_wanted(duplicate: Duplicate, hub: LocalHub) -> None:
    with duplicate(
        "her/app",
        "mine",
        "hf_me",
        private=False,
        hardware="t4-small",
        secrets={"KEY": "value"},
        sleep_timeout=7,
    ) as client:
        assert client.space_id == "me/mine"
    # All in one request, so that a refusal leaves no half of a copy.
    assert orders(hub) == [
        (
            "/api/spaces/her/app/duplicate",
            {
                "repository": "me/mine",
                "visibility": "public",
                "hardware": "t4-small",
                "sleepTimeSeconds": 420,
                "secrets": [{"key": "KEY", "value": "value"}],
            },
        )
    ]
    copy = hub.space("me/mine")
    assert (copy.private, copy.hardware, copy.sleep_seconds, copy.secrets) == (
        False,
        "t4-small",
        420,
        {"KEY": "value"},
    )


def test_a_copy_has_the_hardware_of_the_original(
    duplicate: Duplicate, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("her/fast", server().url, hardware="a10g-small")
    with duplicate("her/fast", token="hf_me"):
        pass
    assert (hub.space("me/fast").hardware, hub.space("me/fast").sleep_seconds) == ("a10g-small", 300)


def test_a_copy_may_be_an_organisations(duplicate: Duplicate, hub: LocalHub) -> None:
    with duplicate("her/app", "team/app", token="hf_me") as client:
        assert client.space_id == "team/app"
    assert [request.path for request in hub.requests("hub") if "whoami" in request.path] == []


def test_a_copy_that_is_there_is_taken(duplicate: Duplicate, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True)
    with duplicate("her/app", token="hf_me") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert orders(hub) == []


def test_secrets_of_a_copy_that_is_there_are_not_touched(
    duplicate: Duplicate, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url, private=True)
    with (
        pytest.warns(
            UserWarning, match="secrets are set only when a Space is copied: me/app exists already"
        ) as caught,
        duplicate("her/app", token="hf_me", secrets={"KEY": "value"}),
    ):
        pass
    assert orders(hub) == []
    assert hub.space("me/app").secrets == {}
    assert caught[0].filename == __file__ or "asyncio" in str(duplicate)


def test_hardware_and_sleep_time_are_requested_where_they_differ(
    duplicate: Duplicate, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url, private=True)
    with duplicate("her/app", token="hf_me", hardware="t4-small"):
        pass
    hardware = ("/api/spaces/me/app/hardware", {"flavor": "t4-small", "sleepTimeSeconds": 300})
    assert orders(hub) == [hardware]
    hub.forget()
    # The same again: nothing differs.
    with duplicate("her/app", token="hf_me", hardware="t4-small"):
        pass
    assert orders(hub) == []
    with duplicate("her/app", token="hf_me", sleep_timeout=10):
        pass
    assert orders(hub) == [("/api/spaces/me/app/sleeptime", {"seconds": 600})]
    assert hub.space("me/app").sleep_seconds == 600


def test_a_copy_that_another_program_makes_in_the_meantime_is_taken(
    duplicate: Duplicate, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url, private=True)
    # It is not there when the Hub is asked for it, and there when it is to be made.
    hub.answer_next(404, path="/me/app/runtime", headers={"X-Error-Code": "RepoNotFound"})
    with duplicate("her/app", token="hf_me") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert orders(hub) == [("/api/spaces/her/app/duplicate", COPY)]


# -- refusals --------------------------------------------------------------------------------------------


def test_a_copy_takes_a_token(duplicate: Duplicate, hub: LocalHub) -> None:
    with (
        pytest.raises(HubAuthenticationError, match="copying the Space her/app requires a token"),
        duplicate("her/app"),
    ):
        pass
    with (
        pytest.raises(HubAuthenticationError, match="refuses the token"),
        duplicate("her/app", token="hf_bad"),
    ):
        pass
    assert orders(hub) == []


def test_an_original_that_is_not_there(duplicate: Duplicate, hub: LocalHub) -> None:
    with (
        pytest.raises(SpaceNotFoundError, match="there is no Space her/nothing"),
        duplicate("her/nothing", token="hf_me"),
    ):
        pass


def test_a_token_that_may_only_read(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.add_account("reader", "hf_reader", role="read")
    with pytest.raises(SpaceDuplicationError) as e, duplicate("her/app", token="hf_reader"):
        pass
    assert str(e.value).startswith(
        "the Space her/app could not be duplicated to reader/app: copying the Space her/app "
    )
    assert (
        "the token lacks the permission for this (This token has no write access to this repository)"
        in str(e.value)
    )
    assert e.value.status == 403


def test_hardware_that_is_not_paid_for(duplicate: Duplicate, hub: LocalHub, server: Servers) -> None:
    hub.add_account("poor", "hf_poor", pays=False)
    for existing in (False, True):
        if existing:
            hub.add_space("poor/app", server().url)
        with (
            pytest.raises(SpaceDuplicationError, match="payment required") as e,
            duplicate("her/app", token="hf_poor", hardware="a100-large"),
        ):
            pass
        assert e.value.status == 402
    assert hub.space("poor/app").requested_hardware == "cpu-basic"


@pytest.mark.parametrize("route", ["hardware", "sleeptime"])
def test_what_the_hub_refuses_is_an_error(
    route: str, duplicate: Duplicate, hub: LocalHub, server: Servers
) -> None:
    space = hub.add_space("me/app", server().url, hardware="t4-small")
    space.sleep_seconds = 3600
    hub.answer_next(400, path=f"/{route}", headers={"X-Error-Message": "Not today"})
    hardware = "t4-medium" if route == "hardware" else None
    with (
        pytest.raises(SpaceDuplicationError, match="answered 400: Not today"),
        duplicate("her/app", token="hf_me", hardware=hardware),
    ):
        pass


def test_a_copy_that_is_half_made_is_told(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.answer_next(404, path="/me/app/runtime", headers={"X-Error-Code": "RepoNotFound"})
    hub.answer_next(403, path="/me/app/runtime", headers={"X-Error-Message": "Never"})
    with (
        pytest.raises(SpaceDuplicationError, match=r"\(the copy me/app was made, but is not set up\).*Never"),
        duplicate("her/app", token="hf_me"),
    ):
        pass


def test_an_outage_is_sat_out_and_nothing_is_made_twice(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.answer_next(503, times=2)
    hub.answer_next(503, path="/duplicate")
    with duplicate("her/app", token="hf_me") as client:
        assert client.space_id == "me/app"
    assert [path for path, _ in orders(hub)] == ["/api/spaces/her/app/duplicate"] * 2


def test_an_order_whose_outcome_is_unknown_is_not_repeated(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.answer_next(500, path="/duplicate")
    with pytest.raises(SpaceDuplicationError, match="answered 500"), duplicate("her/app", token="hf_me"):
        pass
    assert len(orders(hub)) == 1


def test_a_copy_that_fails_to_build(duplicate: Duplicate, hub: LocalHub) -> None:
    hub.copy_stages = ("BUILDING", "BUILD_ERROR")
    with (
        pytest.raises(SpaceNotRunningError, match="the Space me/app could not be built"),
        duplicate("her/app", token="hf_me"),
    ):
        pass


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"from_id": "app"}, "'app' is not the name of a Space"),
        ({"from_id": "https://her-app.hf.space"}, "is not the name of a Space"),
        ({"to_id": "a/b/c"}, "to_id: 'a/b/c' is not the name of a Space"),
        ({"sleep_timeout": 0}, "sleep_timeout is a number of minutes above 0"),
        ({"secrets": {"KEY": 5}}, "secrets maps names to strings; the value of 'KEY' is a int"),
        ({"hf_token": "x"}, "has no option 'hf_token'; write token="),
        ({"nonsense": 1}, "has no option 'nonsense'"),
    ],
)
def test_wrong_arguments_are_told_before_anything_is_made(
    arguments: dict[str, Any], said: str, duplicate: Duplicate, hub: LocalHub
) -> None:
    with (
        pytest.raises(ArgumentError, match=said),
        duplicate(**{"from_id": "her/app", "token": "hf_me", **arguments}),
    ):
        pass
    assert orders(hub) == []


def test_verbose_prints_what_is_done(hub: LocalHub, capsys: pytest.CaptureFixture[str]) -> None:
    with Client.duplicate("her/app", token="hf_me", hardware="t4-small") as client:
        src = client.src
    page = f"{hub.url}/spaces/me/app"
    paid = "It runs on paid hardware: t4-small; see https://huggingface.co/settings/billing"
    said = capsys.readouterr()
    assert (said.out.splitlines(), said.err) == ([f"Copied to {page}", paid], f"Loaded as API: {src}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Client.duplicate("her/app", token="hf_me").close()
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"Using your existing Space: {page}\n", f"Loaded as API: {src}\n")
