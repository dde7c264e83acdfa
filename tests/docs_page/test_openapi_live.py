"""Real servers answer as the OpenAPI document of their app says, and generated clients call them."""

from __future__ import annotations

import compileall
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink._protocol.schema import AppSchema
from gradlink.cli.connecting import Connecting
from gradlink.cli.generate import schema_of
from gradlink.docs_page.exports.openapi import openapi_document
from tests.docs_page.documents import Checked, big_app, valid
from tests.live.servers import Servers

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(
        timeout=60, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
    ) as client:
        yield client


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    """Serve the demo app; give its address."""
    app = subprocess.Popen(
        [sys.executable, str(ROOT / "demo" / "app.py")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert app.stdout is not None
    try:
        yield json.loads(app.stdout.readline())["url"]
    finally:
        app.kill()
        app.wait()
        app.stdout.close()


def checked(url: str, http: httpx2.Client, auth: tuple[str, str] | None = None) -> Checked:
    return Checked(schema_of(Connecting(url, auth)), url, http, login=auth is not None)


def test_results_are_what_the_document_says(server: Servers, http: httpx2.Client) -> None:
    asked = checked(server().url, http)
    assert asked.call("echo", {"text": "x"}) == [("complete", ["x"])]
    assert asked.call("add", {"a": 1}) == [("complete", [11])]
    assert asked.call("multi", {"text": "x"})[0][1][:2] == ["x", 1]
    assert asked.call("no_output", {"text": "x"}) == [("complete", [])]
    assert asked.call("gallery", {"n": 1})[0][1][0][0]["caption"] == "picture 0"
    kinds = [kind for kind, _ in asked.call("count", {"text": "x", "steps": 2})]
    assert kinds == ["generating", "generating", "complete"]
    assert asked.call("jsongen", {})[-1][0] == "complete"


def test_a_session_keeps_its_state(server: Servers, http: httpx2.Client) -> None:
    asked = checked(server().url, http)
    body = {"data": [2, None], "session_hash": "openapi"}
    assert asked.call("counter", body) == [("complete", [2, None])]
    assert asked.call("counter", body) == [("complete", [4, None])]
    assert asked.call("counter", {"data": [2, None]}) == [("complete", [2, None])]
    answer = asked.ask("fast_counter", json={"data": [1, None], "session_hash": "openapi too"})
    assert answer["data"] == [1, None]


def test_errors_are_what_the_document_says(server: Servers, http: httpx2.Client) -> None:
    asked = checked(server().url, http)
    said = asked.call("err", {"text": "x"})
    assert said == [("error", {"error": "user error: x", "duration": 5, "visible": True, "title": "Oops"})]
    assert asked.call("boom", {"text": "x"})[0][0] == "error"
    assert [kind for kind, _ in asked.call("generr", {"n": 1})][-1] == "error"
    assert asked.ask("fast_err", json={"data": ["x"]}, status=500)["error"] == "user error: x"
    assert asked.ask("echo", json={}, right=False, status=500) == "Internal Server Error"
    assert (
        asked.ask("echo", json={"text": "x", "more": 1}, right=False, status=500) == "Internal Server Error"
    )
    assert asked.ask("echo", json=[], right=False, status=422)["detail"][0]["loc"] == ["body"]
    assert asked.ask("fast", json={}, right=False, status=422)["detail"][0]["loc"] == ["body", "data"]
    refused = asked.ask("validated", json={"n": -1}, status=422)
    assert refused["detail"][0]["message"] == "n must be positive"


def test_files_go_in_and_come_out(demo_url: str, http: httpx2.Client) -> None:
    asked = checked(demo_url, http)
    [path] = asked.ask("upload", files={"files": ("a letter.txt", b"hello", "text/plain")})
    meta = {"_type": "gradio.FileData"}
    [(kind, [card])] = asked.call("postcard", {"letter": {"path": path, "meta": meta}})
    assert kind == "complete"
    assert asked.ask("download", path=card["path"])
    assert asked.ask("download", path="/etc/passwd", status=403)["detail"].startswith("File not allowed")
    assert asked.ask("upload", data={"no": "file"}, status=400)["detail"]
    [(kind, said)] = asked.call("divide", {"dividend": 1, "divisor": 0})
    assert (kind, said["title"]) == ("error", "Not in this world")


def test_a_full_queue_and_a_large_file_are_refused(server: Servers, http: httpx2.Client) -> None:
    tiny = server("tiny")
    asked = checked(tiny.url, http)
    assert "maximum allowed size" in asked.ask(
        "upload", files={"files": ("a", b"x" * 100_000, "text/plain")}, status=413
    )
    asked.ask("gate", json={"key": "openapi"})
    tiny.reach("openapi", "started")
    asked.ask("gate", json={"key": "openapi"})
    assert asked.ask("gate", json={"key": "openapi"}, status=503)["detail"].startswith("Queue is full")
    tiny.open_gate("openapi", 2)


def test_a_login_is_needed_and_its_cookies_are_enough(server: Servers) -> None:
    url = server("auth").url
    with httpx2.Client(timeout=60, trust_env=False) as http:
        asked = checked(url, http, ("user", "pass"))
        assert asked.ask("echo", json={"text": "x"}, status=401)["detail"]["error"] == "Not authenticated"
        wrong = {"username": "user", "password": "no"}
        assert asked.ask("login", data=wrong, status=400)["detail"] == "Incorrect credentials."
        assert asked.ask("login", data={}, status=422)["detail"]
        assert asked.ask("login", data={**wrong, "password": "pass"}) == {"success": True}
        assert asked.call("echo", {"text": "x"}) == [("complete", ["x"])]


def generated(schema: AppSchema, url: str, folder: Path, name: str) -> Path:
    """Make a client of an app with openapi-python-client, and return its folder: nothing was left out, and it compiles."""
    document, config, package = folder / "openapi.json", folder / "config.json", folder / name
    document.write_text(json.dumps(valid(openapi_document(schema, url))), encoding="utf-8")
    config.write_text('{"post_hooks": []}', encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    options = ["--path", str(document), "--config", str(config), "--output-path", str(package)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert compileall.compile_dir(package, quiet=2)
    return package


def test_a_generated_client_calls_the_app(
    demo_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generated(schema_of(Connecting(demo_url)), demo_url, tmp_path, "demo_client")
    checker = [sys.executable, "-m", "mypy", "--no-incremental", "demo_client"]
    done = subprocess.run(checker, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    monkeypatch.syspath_prepend(tmp_path)

    def part(path: str) -> Any:
        return importlib.import_module(f"demo_client.{path}")

    given = part("models.greet_input").GreetInput(name="you", excited=True)
    with part("client").Client(base_url=demo_url.rstrip("/")) as client:
        accepted = part("api.calls.greet").sync(client=client, body=given)
        events = part("api.calls.greet_result").sync(client=client, event_id=accepted.event_id)
    assert events == 'event: complete\ndata: ["Hello, you!"]\n\n'


def test_a_client_of_hundreds_of_endpoints_is_complete(tmp_path: Path) -> None:
    package = generated(big_app(), "http://127.0.0.1:7860/", tmp_path, "big_client")
    modules = sorted(
        ".".join(path.relative_to(tmp_path).with_suffix("").parts) for path in package.rglob("*.py")
    )
    assert len([name for name in modules if name.endswith("_result")]) > 240
    program = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(400)  # the generator and the validator take a second each for every app
def test_the_documents_of_apps_of_all_kinds_are_valid_and_make_clients(tmp_path: Path) -> None:
    from tests.codegen.goldens import APPS, schemas
    from tests.live.mounting import served

    with served(APPS) as url:
        for name, schema in schemas(url):
            (tmp_path / name).mkdir()
            generated(schema, f"{url}{name}", tmp_path / name, "client")
