"""Every program that the page shows for the endpoints of apps of all kinds is run, and does what the others do."""

from __future__ import annotations

import contextlib
import io
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradlink import GradlinkError
from gradlink._protocol.schema import AppSchema
from gradlink.cli import main
from gradlink.codegen.description import describe_app
from gradlink.codegen.python import python_module
from gradlink.codegen.snippets.programs import TITLES, target_of
from gradlink.docs_page.description import described
from gradlink.docs_page.document import EndpointDocument
from gradlink.docs_page.programs import Programs
from tests.codegen.names import NAMES
from tests.codegen.running import END_SECONDS, link_package, node, schema, write_media

pytestmark = pytest.mark.live

# What a program has come to: it failed, or it has written this.
Outcome = str | None
_RUNNER = """
import { readFileSync } from "node:fs";
const told = [];
for (const file of JSON.parse(readFileSync("programs.json", "utf8"))) {
  const written = [];
  console.log = (value) => written.push(JSON.stringify(value));
  try {
    await import(`./${file}`);
    told.push(written.join("\\n"));
  } catch (error) {
    told.push(null);
  }
}
process.stdout.write(JSON.stringify(told));
process.exit(0);
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the programs are run, with the files that stand-ins name."""
    write_media(tmp_path, "image", "audio")
    for name in ("file.txt", "video.mp4", "model.glb"):
        (tmp_path / name).write_bytes(b"something")
    link_package(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def programs(url: str, app: AppSchema) -> Iterator[tuple[EndpointDocument, dict[str, str]]]:
    """Yield the endpoints with their programs, by language."""
    made = Programs(app, target_of(app, url, url)).with_snippets(described(app, url, url, everything=False))
    for endpoint in made["endpoints"]:
        yield endpoint, {one["language"]: one["code"] for one in endpoint.get("snippets", []) if one["code"]}


def run_python(code: str) -> Outcome:
    out = io.StringIO()
    sys.modules.pop("client", None)
    try:
        with contextlib.redirect_stdout(out):
            Path("program.py").write_text(code, encoding="utf-8")
            runpy.run_path("program.py", run_name="__main__")
    except GradlinkError:
        return None
    return re.sub(r"^Loaded as API: .*\n", "", out.getvalue())


def run_curl(code: str) -> Outcome:
    done = subprocess.run(
        [shutil.which("sh") or "", "-c", code], capture_output=True, timeout=END_SECONDS, check=True
    )
    events = done.stdout.decode("utf-8").strip().split("\n\n")
    return events[-1].partition("data: ")[2] if "event: complete" in events[-1] else None


def run_shell(code: str) -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    words = shlex.split(code.replace("\\\n", ""))
    assert words[0] == "gradlink"
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = main(words[1:])
    return out.getvalue() if ended == 0 else None


RUN: dict[str, Callable[[str], Outcome]] = {
    "python": run_python,
    "python-async": run_python,
    "python-typed": run_python,
    "curl": run_curl,
    "shell": run_shell,
}


def run_typescript(folder: Path, codes: list[str]) -> list[Outcome]:
    """Run the programs of an app in one process."""
    names = [f"program{number}.mjs" for number in range(len(codes))]
    for name, code in zip(names, codes, strict=True):
        (folder / name).write_text(code, encoding="utf-8")
    (folder / "programs.json").write_text(json.dumps(names), encoding="utf-8")
    (folder / "runner.mjs").write_text(_RUNNER, encoding="utf-8")
    done = subprocess.run(
        [node() or "", "runner.mjs"], cwd=folder, capture_output=True, timeout=END_SECONDS, check=True
    )
    told: list[Outcome] = json.loads(done.stdout)
    return told


def single(language: str, outcome: str) -> Any:
    """Return what a program has written, where it is one plain value; None for anything else."""
    try:
        match language:
            case "typescript" | "curl":
                values = json.loads(outcome)
            case "shell":
                return outcome.removesuffix("\n")
            case _:
                return outcome.removesuffix("\n")
    except ValueError:
        return None
    found = values[0] if isinstance(values, list) and len(values) == 1 else None
    return found if isinstance(found, str) else None


@pytest.mark.parametrize("name", NAMES)
def test_all_programs_do_the_same(name: str, apps_url: str, folder: Path) -> None:
    url = f"{apps_url}{name}"
    app = schema(url)
    (folder / "client.py").write_text(python_module(describe_app(app), url), encoding="utf-8")
    listed = list(programs(url, app))
    assert listed
    in_node = [code["typescript"] for _, code in listed]
    told = run_typescript(folder, in_node) if node() else [...] * len(in_node)
    for (endpoint, codes), in_javascript in zip(listed, told, strict=True):
        # All but curl can call everything.
        assert set(TITLES) - set(codes) <= {"curl"}
        found: dict[str, Any] = {one: RUN[one](code) for one, code in codes.items() if one in RUN}
        if in_javascript is not ...:
            found["typescript"] = in_javascript
        failed = {language for language, outcome in found.items() if outcome is None}
        assert not failed or failed == set(found), (endpoint["title"], found)
        if failed or endpoint["streams"]:
            continue
        texts = {one: single(one, outcome) for one, outcome in found.items()}
        plain = texts.get("curl", texts.get("typescript"))
        # What is a path differs.
        if plain is not None and endpoint["returns"][0]["component"] == "Textbox":
            assert set(texts.values()) == {plain}, endpoint["title"]
