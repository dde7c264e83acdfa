"""The cases of the derived vectors, as they lie in vectors/."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
KINDS = (
    "dialects", "events", "messages", "diffs", "jobs", "routers", "schemas", "payloads", "outputs", "files", "pages", "replies",
    "retries", "sessions", "calls",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a vector file."""

    kind: str
    file: str
    name: str
    given: Any
    expect: Any
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def files() -> list[Path]:
    """Return the files of derived vectors."""
    return [path for kind in KINDS for path in sorted((VECTORS / kind).glob("*.json"))]


def load(path: Path) -> Any:
    """Return the JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def cases(*kinds: str) -> list[Case]:
    """Return the cases of these kinds, of all without any."""
    return list(_cases(kinds))


def _cases(kinds: tuple[str, ...]) -> Iterator[Case]:
    for path in files():
        document = load(path)
        if kinds and document["kind"] not in kinds:
            continue
        for case in document["cases"]:
            yield Case(
                document["kind"],
                document["id"],
                case["name"],
                case["given"],
                case["expect"],
                tuple(document["source"]),
            )


@cache
def app(release: str) -> tuple[Any, Any]:
    """Return config and info of the uniform app of a release; info is None where the server has none."""
    folder = VECTORS / "apps" / release
    config, info = load(folder / "config.json"), folder / "info.json"
    if not info.exists():
        return config, None
    described, more = load(info), folder / "info_extra.json"
    if more.exists():
        for section, endpoints in load(more).items():
            described.setdefault(section, {}).update(endpoints)
    return config, described
