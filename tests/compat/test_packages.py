"""Six packages that use gradio_client do with gradlink in its place what they do with gradio_client 2.7.2, unmodified.

Each of them is driven by a program of its own, tests/compat/packages/with_*.py, in an environment without gradio_client. Where
the words of an error are gradlink's, the test says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.compat.packages.running import command, driven, python
from tests.matrix.servers import Release

pytestmark = pytest.mark.live

APP = Path(__file__).parent / "apps" / "packaged.py"
FILE = {"_type": "gradio.FileData"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    with closing(Release("6.31.0", APP, **quiet)) as app:
        yield app.said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


def test_nothing_but_gradlink_can_answer(folder: Path) -> None:
    ended = python(folder, "-c", "import gradio_client")
    assert ended.last_line == "ModuleNotFoundError: No module named 'gradio_client'"


# -- smolagents ---------------------------------------------------------------------------------------
# With gradio_client 2 its tools cannot be made: it passes hf_token=, which was taken out. The expectations are what it
# does when that is renamed.


@pytest.fixture
def smolagents(url: str, folder: Path) -> dict[str, Any]:
    return driven("smolagents", url, folder)


def test_smolagents_describes_a_tool(smolagents: dict[str, Any]) -> None:
    text = {"type": "string", "description": "", "nullable": False}
    assert smolagents["what a text takes"] == [{"name": text}, "any"]
    picture = {
        "type": "any",
        "description": "A local filepath or publicly available URL.",
        "nullable": False,
    }
    assert smolagents["what a picture takes"] == [{"image": picture}, "image"]
    assert smolagents["what a film gives"] == "any"


def test_smolagents_chooses_the_first_endpoint(smolagents: dict[str, Any]) -> None:
    warned = (
        "Since `api_name` was not defined, it was automatically set to the first available API: `/compose`."
    )
    assert smolagents["no endpoint named"] == ["/compose", warned]


def test_smolagents_sends_texts(smolagents: dict[str, Any]) -> None:
    assert smolagents["a text by position"] == "Hello Bob!"
    assert smolagents["a text by name"] == "Hello Ann!"
    assert smolagents["two texts"] == "ValueError: The space returned this message: beware of dogs"


def test_smolagents_sends_and_gets_pictures(smolagents: dict[str, Any]) -> None:
    assert smolagents["a picture by its path"] == ["AgentImage", ".png", True, [8, 6], [0, 255, 255]]
    assert smolagents["a picture of PIL"] == ["AgentImage", ".png", True, [4, 4], [255, 255, 0]]
    assert smolagents["a picture and a number"] == ["AgentImage", ".png", True, [8, 6], [0, 255, 0]]
    assert smolagents["a parameter left out"] == "8x6 by Beam"


def test_smolagents_sends_and_gets_films_and_files(smolagents: dict[str, Any]) -> None:
    assert smolagents["a film"] == [True, "clip.mp4", "a film of rain"]
    assert smolagents["a film there"] == "clip.mp4: a film of mine"
    assert smolagents["a file there"] == 11
    assert smolagents["a file back"] == [True, "note.txt", "written down"]


def test_smolagents_reports_errors(smolagents: dict[str, Any]) -> None:
    assert smolagents["the app's error"] == "gradio_client.exceptions.AppError: No luck with this"
    missing = "\"Could not find specified api_name='/nope' among available api names.\""
    assert smolagents["an endpoint that is not there"] == f"KeyError: {missing}"


# -- hf-gradio ----------------------------------------------------------------------------------------


@pytest.fixture
def predict(url: str, folder: Path) -> Any:
    """Call an endpoint by the package's command: ``predict("/greet", {"name": "Bob"})``."""

    def run(api_name: str, values: dict[str, Any], *options: str) -> Any:
        ended = command("hf-gradio", folder, "predict", url, api_name, json.dumps(values), *options)
        assert ended.code == 0, ended.errors
        return json.loads(ended.output)

    return run


def test_hf_gradio_describes_an_app(url: str, folder: Path) -> None:
    ended = command("hf-gradio", folder, "info", url)
    assert (ended.code, ended.errors) == (0, "")
    described = json.loads(ended.output)
    assert described["/predict"] == {
        "parameters": [{"name": "name", "required": True, "default": None, "type": {"type": "string"}}],
        "returns": [{"name": "greeting", "type": {"type": "string"}}],
        "description": "",
    }
    uploaded = (
        'Must include {"path": "<local path or url>", "meta": {"_type": "gradio.FileData"}}. '
        "The meta key signals that the file will be uploaded to the remote server."
    )
    methods = {"enum": ["Beam", "Nucleus"], "title": "Radio", "type": "string"}
    picture = {"type": "filepath", "description": uploaded}
    assert described["/caption"]["parameters"] == [
        {"name": "image", "required": True, "default": None, "type": picture},
        {"name": "method", "required": False, "default": "Beam", "type": methods},
    ]
    returned = {"type": "filepath", "description": "The returned file path on disk."}
    assert described["/film"]["returns"] == [{"name": "video", "type": returned}]


def test_hf_gradio_sends_texts(predict: Any) -> None:
    assert predict("/predict", {"name": "Bob"}) == {"greeting": "Hello Bob!"}


def test_hf_gradio_sends_files(url: str, folder: Path) -> None:
    (folder / "mine.mp4").write_text("a film of mine")
    values = {"video": {"path": str(folder / "mine.mp4"), "meta": FILE}}
    ended = command("hf-gradio", folder, "predict", url, "/watch", json.dumps(values))
    assert json.loads(ended.output) == {"seen": "mine.mp4: a film of mine"}
    # A warning of gradlink's, since a dict of an untrusted origin could name any file.
    assert "is uploaded because a dict with its path was given" in ended.errors


def test_hf_gradio_stores_pictures(predict: Any, folder: Path) -> None:
    drawn = predict("/draw", {"prompt": "red"})
    assert drawn["seed"] == 42
    assert Path(drawn["image"]).is_relative_to(folder / "files")
    inverted = predict("/invert", {"image": {"path": drawn["image"], "meta": FILE}})
    assert Path(inverted["out"]).read_bytes().startswith(b"\x89PNG")


def test_hf_gradio_stores_files_where_it_is_told(predict: Any, folder: Path) -> None:
    stored = Path(predict("/film", {"prompt": "rain"}, "--download-files", str(folder / "there"))["video"])
    assert stored.is_relative_to(folder / "there")
    assert (stored.name, stored.read_text()) == ("clip.mp4", "a film of rain")


def test_hf_gradio_stores_no_files_when_told_so(predict: Any, url: str) -> None:
    film = predict("/film", {"prompt": "rain"}, "--download-files", "False")["video"]
    path = film["path"]
    assert Path(path).name == "clip.mp4"
    assert film == {
        "path": path,
        "url": f"{url}gradio_api/file={path}",
        "size": None,
        "orig_name": "clip.mp4",
        "mime_type": None,
        "is_stream": False,
        "meta": FILE,
    }


@pytest.mark.parametrize(
    ("api_name", "values", "said"),
    [
        ("/fail", {"text": "this"}, "AppError: No luck with this"),
        # gradio_client's are a TypeError and a ValueError, as these are, in other words.
        ("/predict", {"nope": "x"}, "ArgumentError: /predict has no parameter 'nope'; it takes: name"),
        (
            "/predikt",
            {"name": "x"},
            "EndpointError: Cannot find a function with `api_name` or `fn_index`: the app has no endpoint '/predikt'",
        ),
    ],
    ids=["of the app", "parameter", "endpoint"],
)
def test_hf_gradio_reports_errors(
    url: str, folder: Path, api_name: str, values: dict[str, Any], said: str
) -> None:
    ended = command("hf-gradio", folder, "predict", url, api_name, json.dumps(values))
    assert (ended.code, ended.output) == (1, "")
    assert ended.last_line.startswith(said)


# -- trackio ------------------------------------------------------------------------------------------


@pytest.fixture
def trackio(url: str, folder: Path) -> dict[str, Any]:
    return driven("trackio", url, folder)


def test_trackio_asks_and_logs(trackio: dict[str, Any]) -> None:
    assert trackio["its client"] == "_TrackioGradioCompatClient"
    assert trackio["projects"] == ["p1", "p2"]
    assert trackio["runs"] == [{"name": "a run of p1", "id": "1"}]
    assert trackio["a log"] is None
    assert trackio["the log there"] == [{"project": "alone", "run": "r", "metrics": {"a": 1}}]


def test_trackio_uploads_a_file_in_a_list(trackio: dict[str, Any]) -> None:
    assert trackio["a file in a list"] == [{"project": "alone", "name": "note.txt", "text": "hello file\n"}]


def test_trackio_reports_errors(trackio: dict[str, Any], url: str) -> None:
    missing = f"RuntimeError: Space '{url}' does not support '/nope'. Redeploy with `trackio sync`."
    assert trackio["an endpoint that is not there"] == missing
    # It tries again after errors of httpx.
    nobody = "Could not connect to Space 'http://127.0.0.1:9'. Is it running?"
    assert trackio["nobody there"] == [nobody, True]


def test_trackio_plays_a_whole_run(trackio: dict[str, Any]) -> None:
    logs = [{"project": "p1", "run": "run-b", "metrics": {"loss": 0.5}}]
    uploads = [{"project": "p1", "name": "note.txt", "text": "hello file\n"}]
    assert trackio["a run"] == [logs, uploads, "tok"]


# -- daggr, mbodied, nonebot-plugin-audiocraft --------------------------------------------------------


def test_daggr_plays_graphs(url: str, folder: Path) -> None:
    told = driven("daggr", url, folder)
    known = told.pop("an endpoint that is not there")
    assert known.startswith(
        f"ValueError: API endpoint '/nope' not found in '{url}'. Available endpoints: ['/compose', '/predict', "
    )
    wrong = (
        f"Invalid parameter(s) {{'nope'}} for endpoint '/predict' in '{url}'. Valid parameters: {{'name'}}"
    )
    lime = {"image": [".png", [8, 6], [0, 255, 0]], "seed": 42}
    assert told == {
        "a text": {"greeting": "Hello Bob!"},
        "a picture": {"out": [".png", [8, 6], [0, 255, 255]]},
        "a picture and a number": lime,
        "a film": {"video": [".mp4", "a film of rain"]},
        "a film there": {"seen": "clip.mp4: a film of mine"},
        "a file there": {"size": 11},
        "a chain": {"draw": lime, "inv": {"out": [".png", [8, 6], [255, 0, 255]]}},
        "the app's error": "RuntimeError: Error executing node 'node': No luck with this",
        "a parameter that is not there": f"ValueError: {wrong}",
        "gradio": False,
    }


def test_mbodied_predicts_and_submits(url: str, folder: Path) -> None:
    assert driven("mbodied", url, folder) == {
        "a prediction": "Hello Bob!",
        # It is a Job, its result, what the callback heard, it is done, its status is FINISHED.
        "a job with a callback": [True, "Hello Ann!", [["Hello Ann!"]], True, True],
        "a job with values": [["he", "hell"], ["he", "hell"]],
        "a file there": 11,
        "the app's error": "AppError: No luck with this",
    }


def test_nonebot_gets_a_tune(url: str, folder: Path) -> None:
    assert driven("nonebot", url, folder) == {"a tune": "RIFF a tune of rain"}
