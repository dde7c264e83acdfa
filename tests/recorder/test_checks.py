"""What a test of a recorded session expects of a result."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.schema import Endpoint
from gradlink.recorder.hidden import Secrets
from gradlink.recorder.programs.checks import expectations
from gradlink.recorder.writable import unwritable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def expected(result: Any, again: Any) -> list[str]:
    secrets = Secrets()
    secrets.add("s3cret-word", "APP_PASSWORD")
    return list(expectations("found", [result], again, secrets, ""))


@pytest.mark.parametrize(
    ("result", "again", "lines"),
    [
        ("same", "same", ['assert found == "same"']),
        (1, 1, ["assert found == 1"]),
        (True, 1, ["assert isinstance(found, bool)"]),
        (None, None, ["assert found is None"]),
        (0.25, 0.75, ["assert isinstance(found, (int, float))"]),
        ("a", "b", ["assert isinstance(found, str)"]),
        ([1, 5], [1, 6], ["assert len(found) == 2", "assert found[0] == 1", "assert isinstance(found[1], (int, float))"]),
        ("the s3cret-word", "the s3cret-word", ["assert isinstance(found, str)"]),
        # They are the same, and no program has a word for them.
        (math.inf, math.inf, ["assert isinstance(found, (int, float))"]),
    ],
)  # fmt: skip
def test_what_was_the_same_twice_is_expected_exactly(result: Any, again: Any, lines: list[str]) -> None:
    assert expected(result, again) == lines


@given(VALUES)
def test_what_is_expected_of_a_value_holds_for_it(value: Any) -> None:
    # An assertion that does not hold raises.
    exec("\n".join(expected(value, value)), {"found": value})  # noqa: S102


@pytest.mark.parametrize("event", [math.nan, [math.inf], 1 << 20_000], ids=["nan", "inf", "long"])
def test_an_event_without_a_form_in_a_program_cannot_be_sent(event: Any) -> None:
    assert unwritable(Endpoint(0, "/go"), {}, event).startswith("a program cannot send it, since")
