"""Python makes of every derived vector what it says."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.live.shells import AsyncShell, Shell, SyncShell
from tests.vectors.callers import play
from tests.vectors.cases import KINDS, Case, cases
from tests.vectors.readings import agrees, reading

SHELLS = (SyncShell(), AsyncShell("asyncio", "asyncio"))


@pytest.mark.parametrize("case", cases(*(kind for kind in KINDS if kind != "calls")), ids=str)
def test_a_case(case: Case) -> None:
    actual = reading(case.kind, case.given)
    assert agrees(actual, case.expect), actual


@pytest.mark.live
@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
@pytest.mark.parametrize("case", cases("calls"), ids=str)
def test_a_call(case: Case, shell: Shell) -> None:
    actual = play(case.given, shell)
    assert agrees(actual, case.expect), actual


def test_every_kind_has_cases() -> None:
    assert set(Counter(case.kind for case in cases())) == set(KINDS)
