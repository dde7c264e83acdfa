"""The real huggingface_hub library against the local Hub: proof that its routes and shapes are right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError, HfHubHTTPError, RepositoryNotFoundError

from gradlink.testing.hub import LocalHub

APP = "http://127.0.0.1:9"


@pytest.fixture
def api(hub: LocalHub) -> HfApi:
    """Give the library, as the account ``me``."""
    hub.add_space("her/app", APP, hardware="t4-small")
    hub.add_space("her/secret", APP, private=True)
    return HfApi(endpoint=hub.url, token="hf_me")


def test_who_am_i(api: HfApi, hub: LocalHub) -> None:
    me = api.whoami()
    assert (me["name"], me["type"], [org["name"] for org in me["orgs"]]) == ("me", "user", ["team"])
    with pytest.raises(HfHubHTTPError) as e:
        HfApi(endpoint=hub.url, token="hf_bad").whoami()
    assert e.value.response.status_code == 401


def test_space_info(api: HfApi, hub: LocalHub) -> None:
    info = api.space_info("her/app")
    assert (info.id, info.author, info.private, info.sdk) == ("her/app", "her", False, "gradio")
    assert (info.host, info.subdomain) == (hub.space("her/app").url, "her-app")
    assert info.runtime is not None
    assert (info.runtime.stage, info.runtime.hardware) == ("RUNNING", "t4-small")
    assert [space.id for space in api.list_spaces()] == ["her/app"]


def test_the_runtime_follows_its_script(api: HfApi, hub: LocalHub) -> None:
    hub.add_space("me/app", APP, stages=["BUILDING", "APP_STARTING", "RUNNING"])
    first, *rest = [api.get_space_runtime("me/app") for _ in range(4)]
    assert [first.stage, *(runtime.stage for runtime in rest)] == [
        "BUILDING",
        "APP_STARTING",
        "RUNNING",
        "RUNNING",
    ]
    assert (first.hardware, first.requested_hardware, first.sleep_time) == (None, "cpu-basic", 172_800)
    assert rest[-1].hardware == "cpu-basic"


@pytest.mark.parametrize("name", ["her/secret", "her/nothing"])
def test_what_is_private_is_not_told_from_what_is_not_there(name: str, api: HfApi, hub: LocalHub) -> None:
    for token, status in (("hf_me", 404), (False, 401)):
        with pytest.raises(RepositoryNotFoundError) as e:
            api.space_info(name, token=token)
        assert e.value.response.status_code == status


def test_a_token_that_is_none(hub: LocalHub, api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as e:
        api.space_info("her/app", token="hf_bad")
    assert not isinstance(e.value, RepositoryNotFoundError)
    assert e.value.response.status_code == 401


def test_duplicate(api: HfApi, hub: LocalHub) -> None:
    url = api.duplicate_repo(
        "her/app", repo_type="space", private=True, space_hardware="t4-small", space_sleep_time=60,
        space_secrets=[{"key": "A", "value": "1"}],
    )  # fmt: skip
    assert (url.repo_id, url.repo_type) == ("me/app", "space")
    copy = hub.space("me/app")
    assert (copy.private, copy.requested_hardware, copy.sleep_seconds, copy.secrets) == (
        True,
        "t4-small",
        60,
        {"A": "1"},
    )
    again = api.duplicate_repo("her/app", repo_type="space", exist_ok=True)
    assert again.repo_id == "me/app"
    with pytest.raises(HfHubHTTPError) as e:
        api.duplicate_repo("her/app", repo_type="space")
    assert e.value.response.status_code == 409


def test_secrets(api: HfApi, hub: LocalHub) -> None:
    hub.add_space("me/app", APP)
    api.add_space_secret("me/app", "A", "1")
    api.add_space_secret("me/app", "B", "2")
    api.delete_space_secret("me/app", "A")
    assert hub.space("me/app").secrets == {"B": "2"}
    assert list(api.get_space_secrets("me/app")) == ["B"]


def test_hardware_and_sleep_time(api: HfApi, hub: LocalHub) -> None:
    hub.add_space("me/app", APP)
    runtime = api.request_space_hardware("me/app", "t4-small", sleep_time=120)
    assert (runtime.hardware, runtime.requested_hardware, runtime.sleep_time) == (
        "cpu-basic",
        "t4-small",
        120,
    )
    assert api.set_space_sleep_time("me/app", 240).sleep_time == 240
    assert api.get_space_runtime("me/app").hardware == "t4-small"
    with pytest.raises(BadRequestError):
        api.request_space_hardware("me/app", "abacus")


def test_pause_and_restart(api: HfApi, hub: LocalHub) -> None:
    hub.add_space("me/app", APP)
    assert api.pause_space("me/app").stage == "PAUSED"
    assert api.restart_space("me/app").stage == "APP_STARTING"


REFUSED: list[Callable[[HfApi], Any]] = [
    lambda api: api.pause_space("her/app"),
    lambda api: api.add_space_secret("her/app", "A", "1"),
    lambda api: api.request_space_hardware("her/app", "t4-small"),
    lambda api: api.duplicate_repo("her/app", "her/copy", repo_type="space"),
]


@pytest.mark.parametrize("order", REFUSED)
def test_the_spaces_of_others_are_not_changed(order: Callable[[HfApi], Any], api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as e:
        order(api)
    assert e.value.response.status_code == 403
    assert e.value.server_message is not None


def test_the_quota(api: HfApi, hub: LocalHub) -> None:
    hub.add_account("busy", "hf_busy", quota=(2400.0, 1810.0))
    quota = api.get_zero_gpu_quota(token="hf_busy")
    assert (quota.base, quota.remaining, quota.overquota_used) == (2400, 1810, 0)
    assert quota.resets_at == datetime(2026, 12, 31, tzinfo=UTC)
    assert api.get_zero_gpu_quota().resets_at is None


def test_a_rate_limit(api: HfApi, hub: LocalHub) -> None:
    hub.answer_next(
        429,
        times=9,
        headers={"ratelimit": '"api";r=0;t=55', "ratelimit-policy": '"fixed window";"api";q=500;w=300'},
    )
    with pytest.raises(HfHubHTTPError, match="Retry after 55 seconds"):
        api.get_space_runtime("her/app")


def test_a_renamed_space(api: HfApi, hub: LocalHub) -> None:
    hub.rename("her/old", "her/app")
    assert api.space_info("her/old").id == "her/app"
    assert api.get_space_runtime("her/old").stage == "RUNNING"
