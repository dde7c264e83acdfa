"""What the documents name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.vectors.cases import KINDS

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    PROJECT / "SECURITY.md",
    *sorted((PROJECT / "docs").glob("*.md")),
]


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


def test_every_file_that_contributors_are_sent_to_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = "benches|docs|js|scripts|src|tests|tools|vectors"
    named = set(re.findall(rf"(?<![\w./-])((?:{folders})/[\w./*-]*\w)", text))
    # NAME stands for a scenario, and these are made.
    named -= {"vectors/transcripts/6.31.0/NAME.json", "js/node_modules"}
    assert len(named) > 20
    assert {name for name in named if not any(PROJECT.glob(name))} == set()


def test_every_name_that_contributors_are_sent_to_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"`([A-Za-z_.]+)`(?:[^`.]| \.)*?(?:in|of) `(src/[\w/]+\.py)`", text)
    assert len(found) > 4
    missing = [
        (name, path)
        for name, path in found
        if not re.search(rf"\b{name.split('.')[-1]}\b", (PROJECT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_every_target_that_contributors_are_told_of_exists() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"`make ([a-z-]+)`", text)) - targets == set()
