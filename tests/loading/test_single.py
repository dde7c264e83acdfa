"""One endpoint of an app as an interface of the outer one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from gradlink import Client
from tests.live.mounting import served
from tests.loading.opening import Outer


@pytest.fixture(scope="module")
def single(originals: str) -> Iterator[Client]:
    with (
        served("tests.loading.apps.single", originals) as url,
        Client(url, verbose=False, files="memory") as client,
    ):
        yield client


def test_the_apps_own_components_are_shown(single: Client) -> None:
    described: Any = single.view_api(return_format="dict", print_info=False)
    parameters = described["named_endpoints"]["/price"]["parameters"]
    assert [(p["label"], p["component"], p["parameter_default"]) for p in parameters] == [
        ("name", "Textbox", None),
        ("count", "Slider", 2),
        ("gift", "Checkbox", False),
    ]
    shown = str(single.config)
    assert "what to buy" in shown
    assert "Shop" in shown
    assert "*All* prices" in shown


def test_it_is_called_in_the_app(single: Client) -> None:
    assert single.predict("tea", 3, True, api_name="/price") == "tea: 9 wrapped"


def test_a_stream_is_one(single: Client) -> None:
    assert list(single.submit(3, api_name="/some_count")) == ["1", "1 2", "1 2 3"]


def test_state_stays_in_the_app(single: Client) -> None:
    assert [single.predict(api_name="/more") for _ in range(2)] == ["1 times", "2 times"]


def test_components_of_ones_own_show_and_take_files(single: Client) -> None:
    inverted: Any = single.predict(Image.new("RGB", (8, 6), (250, 250, 250)), api_name="/image_lambda")
    with inverted.image() as picture:
        assert picture.size == (8, 6)
        assert max(picture.convert("RGB").getpixel((3, 3))) < 20


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"api_name": "/nothing"}, "EndpointError", "no endpoint '/nothing'; it has: /price"),
        (
            {"api_name": "/price", "inputs": ["text"]},
            "LoadError",
            "3 values here (textbox, slider, checkbox), 1",
        ),
        ({"missing": "hide"}, "LoadError", "'error' or 'json', not 'hide'"),
        ({"api_prefix": "a/b"}, "LoadError", "without slashes"),
    ],
)
def test_what_cannot_be_is_said(
    originals: str, outer: Outer, options: dict[str, Any], error: str, said: str
) -> None:
    opened = outer.open(f"{originals}interface", **options)
    assert opened.error is not None
    assert opened.error[0] == error
    assert said in opened.error[1]
