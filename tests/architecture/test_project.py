"""What the two packages say of themselves agrees."""

from __future__ import annotations

import json
from pathlib import Path

import gradlink

JS = Path(__file__).resolve().parents[2] / "js"


def test_both_packages_have_one_version() -> None:
    # Python's takes it from src/gradlink/__init__.py when it is built; npm needs it written down.
    package = json.loads((JS / "package.json").read_text("utf-8"))
    lock = json.loads((JS / "package-lock.json").read_text("utf-8"))
    assert [package["version"], lock["version"], lock["packages"][""]["version"]] == [
        gradlink.__version__
    ] * 3
