"""Programs that make a call are run, in every language, and give what the app answers."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradlink.codegen.description import describe_app
from gradlink.codegen.python import python_module
from gradlink.codegen.snippets import typescript
from gradlink.codegen.snippets.calls import Call, LocalFile, Value
from gradlink.codegen.snippets.layout import flat
from gradlink.codegen.snippets.programs import TITLES, names_of, snippets, target_of
from tests.codegen.hostile import HOSTILE
from tests.codegen.running import END_SECONDS, ROOT, link_package, node, schema, write_media
from tests.matrix.servers import ReleaseServers

pytestmark = pytest.mark.live
# The texts that can be sent at all: half of a character cannot.
SENDABLE = {name: text for name, text in HOSTILE.items() if text.encode("utf-8", "ignore").decode() == text}
NESTED: dict[str, Any] = {
    "texts": SENDABLE,
    "numbers": [0, -1, 2**53, 1.5, 1e-300],
    "words": [True, False, None],
    "empty": [[], {}, ""],
    "deep": [[[{"a": [{"__proto__": 1, "constructor": {"größe": "日本語 🎈"}}]}]]],
    "dates": ["2026-11-28 20:43:00", "2026-11-28T20:43:00+01:00"],
}


def write(url: str, api_name: str, values: dict[str, Value], language: str) -> str:
    """Return the program."""
    app = schema(url)
    endpoint = next(e for e in app.endpoints.values() if e.api_name == api_name)
    call = Call(target_of(app, url, url), endpoint, values)
    found = {one.language: one for one in snippets(call, names_of(app))}[language]
    assert not found.impossible
    return found.code


class Folder:
    """Where the programs are run, with the files that they name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        write_media(path, "in")
        (path / 'it\'s; a "file", no.txt').write_text("one\n", encoding="utf-8")
        (path / "b.txt").write_text("three", encoding="utf-8")
        link_package(path)
        (path / "package.json").write_text('{"type": "module"}', encoding="utf-8")

    def run(self, language: str, code: str, url: str) -> str:
        """Run a program; return what it has written."""
        match language:
            case "shell" | "curl":
                command = ["sh", "-c", code]
            case "typescript":
                # What it prints for people is printed for programs.
                shown = re.sub(r"console\.log\((\w+\.data)\)", r"console.log(JSON.stringify(\1))", code)
                (self.path / "program.mjs").write_text(shown, encoding="utf-8")
                command = [node() or "", "program.mjs"]
            case _:
                if language == "python-typed":
                    module = python_module(describe_app(schema(url)), url)
                    (self.path / "client.py").write_text(module, encoding="utf-8")
                (self.path / "program.py").write_text(code, encoding="utf-8")
                command = [sys.executable, "program.py"]
        # The command is this environment's.
        env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONIOENCODING": "utf-8",
        }
        done = subprocess.run(
            command, cwd=self.path, env=env, capture_output=True, timeout=END_SECONDS, check=False
        )
        assert done.returncode == 0, f"{code}\n{done.stderr.decode()}"
        return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    with tempfile.TemporaryDirectory() as path:
        yield Folder(Path(path))


def last_line(out: str) -> str:
    return out.strip().rsplit("\n", 1)[-1]


def answered(language: str, out: str) -> Any:
    """Return the values that a program has printed last."""
    match language:
        case "curl":
            return json.loads(last_line(out).removeprefix("data: "))
        case "typescript":
            return json.loads(last_line(out))
        case "shell":
            try:
                return [json.loads(out)]
            except ValueError:
                return [out.removesuffix("\n")]
        case _:
            try:
                return [ast.literal_eval(last_line(out))]
            except (ValueError, SyntaxError):
                return [out.removesuffix("\n")]


def every_language(function: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("language", TITLES)(function)


@pytest.fixture(autouse=True)
def _there(request: pytest.FixtureRequest) -> None:
    params = getattr(getattr(request.node, "callspec", None), "params", {})
    if params.get("language") == "typescript" and node() is None:
        pytest.skip("js/dist or Node is missing: make test-js makes them")
    if params.get("language") == "curl" and shutil.which("curl") is None:
        pytest.skip("curl is missing")


@every_language
def test_nested_data_arrives_as_it_is_written(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}plain_json"
    out = folder.run(language, write(url, "/keep", {"value": NESTED}, language), url)
    assert json.dumps(answered(language, out)) == json.dumps([NESTED])


@every_language
def test_texts_arrive_as_they_are_written(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}awkward"
    names = ("self", "class", "headers", "timeout", "api_name", "größe", "text", "private", "mangled")
    app = schema(url)
    endpoint = next(e for e in app.endpoints.values() if e.api_name == "/class")
    texts = [
        'it\'s "quoted"',
        "two\nlines\n",
        "@file",
        "-x",
        "$HOME `id` \\",
        "日本語 🎈",
        "%s {0}",
        "; rm",
        " ",
    ]
    assert len(endpoint.parameters) == len(names)
    values: dict[str, Value] = dict(zip((p.name for p in endpoint.parameters), texts, strict=True))
    out = folder.run(language, write(url, "/class", values, language), url)
    assert answered(language, out) == [" ".join(texts)]


@every_language
def test_a_stream_is_read_to_its_end(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}typed"
    out = folder.run(language, write(url, "/steps", {"count": 3}, language), url)
    if language == "curl":
        assert out.count("event: generating") == 3
    else:
        shown = [line for line in out.splitlines() if line]
        assert shown == (["[0]", "[1]", "[2]"] if language == "typescript" else ["0", "1", "2"])


@every_language
def test_an_image_is_sent(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}classifier"
    out = folder.run(language, write(url, "/classify", {"image": LocalFile("in.png")}, language), url)
    (found,) = answered(language, out)
    assert found["label"] == "cat"


@every_language
def test_files_with_any_name_are_sent(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}zipped"
    awkward = 'it\'s; a "file", no.txt'
    values: dict[str, Value] = {"files": [LocalFile(awkward), LocalFile("b.txt")]}
    (found,) = answered(language, folder.run(language, write(url, "/sizes", values, language), url))
    assert sorted(found.values()) == [4, 5]


@every_language
def test_objects_with_keys_are_sent(language: str, apps_url: str, folder: Folder) -> None:
    url = f"{apps_url}typed"
    person: dict[str, Any] = {
        "name": "O'Brien",
        "addresses": [{"street": 'A "B"', "number": 3}],
        "nick": "Bob",
    }
    values: dict[str, Value] = {"person": person, "tags": ["x", "y"], "scores": {"a": 1.5}}
    (found,) = answered(language, folder.run(language, write(url, "/describe", values, language), url))
    assert found == {**person, "nick": "short21.5"}


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    servers = ReleaseServers()
    yield servers
    servers.close()


@pytest.mark.parametrize("release", ["3.50.2", "4.44.1", "5.49.1"])
def test_curl_on_other_releases(release: str, releases: ReleaseServers, folder: Folder) -> None:
    url = releases(release).url("base")
    (name,) = (p.name for e in schema(url).endpoints.values() if e.api_name == "/echo" for p in e.parameters)
    out = folder.run("curl", write(url, "/echo", {name: "it's"}, "curl"), url)
    found = json.loads(out)["data"] if release == "3.50.2" else answered("curl", out)
    assert found == ["it's"]


def test_values_are_the_same_in_javascript(folder: Folder) -> None:
    if node() is None:
        pytest.skip("js/dist or Node is missing: make test-js makes them")
    values = [*HOSTILE.values(), NESTED, {name: name for name in HOSTILE.values()}]
    written = ",\n".join(flat(typescript.value_code(value)) for value in values)
    (folder.path / "values.mjs").write_text(f"console.log(JSON.stringify([{written}]));", encoding="utf-8")
    done = subprocess.run([node() or "", "values.mjs"], cwd=folder.path, capture_output=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(values))
