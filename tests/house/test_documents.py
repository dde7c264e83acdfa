"""What the documents name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.vectors.cases import KINDS

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_recording_that_the_protocol_names_exists() -> None:
    text = (PROJECT / "docs" / "protocol.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\d+\.\d+\.\d+(?:-aged)?/[a-z_]+)`", text))
    transcripts = PROJECT / "vectors" / "transcripts"
    assert len(named) > 30
    assert {name for name in named if not (transcripts / f"{name}.json").exists()} == set()
    derived = set(re.findall(r"`([a-z]+/[a-z]+)`", text))
    vectors = PROJECT / "vectors"
    assert {name.split("/")[0] for name in derived} == set(KINDS)
    assert {name for name in derived if not (vectors / f"{name}.json").exists()} == set()
