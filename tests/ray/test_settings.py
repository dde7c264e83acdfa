"""What ``Call`` makes of its options: a class for actors, which shows no secrets; wrong ones are named."""

from __future__ import annotations

import importlib.util
import pickle
from typing import Any

import pytest

from gradlink.errors import ArgumentError, MissingPackageError
from gradlink.ray import Call
from gradlink.ray.caller import Caller

HAS_RAY = importlib.util.find_spec("ray") is not None
if HAS_RAY:
    # Its import takes a port, which no test of the core may do.
    from ray import cloudpickle

pytestmark = pytest.mark.skipif(not HAS_RAY, reason="Ray has no release for this Python")

SECRETS = {
    "token": "hf_secret1",
    "auth": ("user", "secret2"),
    "headers": {"x-key": "secret3"},
    "oauth_token": "secret4",
    "arguments": {"key": "secret5"},
}


def test_it_is_a_class_of_its_own_that_says_what_it_calls() -> None:
    made, other = (Call("user/space", "/caption") for _ in range(2))
    assert issubclass(made, Caller)
    assert made.__name__ == "Call(/caption)"
    # Ray would take two of one name for the same where it puts them into one actor.
    assert made.__qualname__ != other.__qualname__
    assert made.settings.name != other.settings.name
    assert (
        repr(
            Call("user/space")(),
        )
        == "<Call the endpoint of user/space>"
    )


def test_it_travels_with_all_its_settings() -> None:
    made = Call(
        ["https://a.example", "user/b"], "/f", output=["x", None], inputs={"a": "b"}, lease=5, **SECRETS
    )
    again = pickle.loads(cloudpickle.dumps(made))  # noqa: S301 - made a moment ago
    assert again.settings == made.settings
    assert again.__name__ == made.__name__
    assert pickle.loads(pickle.dumps(made.settings)) == made.settings  # noqa: S301 - the same


def test_no_secret_is_shown() -> None:
    made = Call("https://user:secret0@host.example/?key=secret6", "/f", **SECRETS)
    for shown in (repr(made), repr(made()), repr(made.settings), made.settings.title, made.__qualname__):
        assert "secret" not in shown
    assert "https://host.example/" in repr(made())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"src": []}, r"src is a URL, the name of a Space, or a list of them, not \(\)"),
        ({"src": ["a", 1]}, "src is a URL"),
        ({"output": ""}, "are names of columns, not"),
        ({"output": []}, "are names of columns, not"),
        ({"output": [None]}, "are names of columns, not"),
        ({"output": ["a", "a"]}, "two columns would have one name"),
        ({"output": "error", "errors": "column"}, "two columns would have one name"),
        ({"files": "path"}, "files is 'bytes' or 'url', not 'path'"),
        ({"errors": "skip"}, "errors is 'raise' or 'column', not 'skip'"),
        ({"max_calls": 0}, "max_calls is a number from 1 on, or None, not 0"),
        ({"max_calls": True}, "max_calls is a number"),
        ({"lease": 0}, "lease is a number of seconds above 0, not 0"),
        ({"lease": float("inf")}, "lease is a number"),
        ({"concurrency": 0}, "concurrency is"),
        (
            {"download_files": "x"},
            "has no option 'download_files'; those of clients that it has are auth,",
        ),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        Call(**{"src": "user/space", "api_name": "/f", **options})


def test_without_ray_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r'pip install "gradlink\[ray\]"'):
        Call("user/space", "/f")
