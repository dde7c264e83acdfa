"""What the two packages say of themselves agrees."""

from __future__ import annotations

import json
import re
import tomllib
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


def test_both_packages_name_one_repository() -> None:
    project = tomllib.loads((JS.parent / "pyproject.toml").read_text("utf-8"))
    package = json.loads((JS / "package.json").read_text("utf-8"))
    urls = project["project"]["urls"]
    source = urls["Source"]
    assert package["repository"]["url"] == f"git+{source}.git"
    assert [url for url in urls.values() if not url.startswith(source)] == []
    (links,) = project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    assert links["replacement"] == rf"]({source}/blob/main/\1)"
    # What the package index shows: no link that only the repository can follow.
    shown = re.sub(links["pattern"], links["replacement"], (JS.parent / "README.md").read_text("utf-8"))
    assert f"]({source}/blob/main/docs/install.md)" in shown
    assert re.findall(r"\]\((?!https://|#)[^)]*\)", shown) == []
