"""Custom components of PyPI: used where they are installed, named where they are not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.mounting import served
from tests.loading.apps.lacking import CUSTOM
from tests.loading.scripts import click, field, picture, shows
from tests.loading.test_pairs import keep

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live

APP = "tests.loading.apps.custom"
# Grey where the picture is, and the red of its box, in the middle of the canvas.
PAINTED = """() => {
    const canvas = document.querySelector("canvas.canvas-annotator");
    if (!canvas?.width || !canvas.height) return false;
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let grey = 0, red = 0;
    for (let at = 0; at < data.length; at += 4) {
        if (data[at] === 200 && data[at + 1] === 200 && data[at + 2] === 200) grey++;
        if (data[at] === 255 && data[at + 1] < 100 && data[at + 2] < 100) red++;
    }
    return grey > 200 && red > 20;
}"""

# What the search box of the hub asks for while somebody types; elsewhere, by itself and inside another app alike.
HUB = "https://huggingface.co/**"
NOTHING: dict[str, list[Any]] = {
    kind: [] for kind in ("models", "datasets", "spaces", "orgs", "users", "papers", "collections")
}


@pytest.fixture(scope="module")
def original() -> Iterator[str]:
    """Serve the app; give its address."""
    for package in CUSTOM:
        pytest.importorskip(package, reason="the custom components need a newer gradio")
    with served(APP) as url:
        yield url


@pytest.fixture(scope="module")
def outer(original: str) -> Iterator[str]:
    """Serve the app that has it in it; give its address."""
    with served(APP, original) as url:
        yield url


def test_installed_ones_are_used(original: str, outer: str, visit: Callable[[str], Page]) -> None:
    pages = visit(original), visit(outer)
    for page in pages:
        page.route(HUB, lambda route: route.fulfill(json=NOTHING))
    seen = [play(page) for page in pages]
    assert seen[0] == seen[1]
    assert seen[1][-1] == "seen: (30, 40, 3) [('cat', 4)]"
    keep("custom", *pages)


def test_their_files_come_from_the_outer_app(outer: str, visit: Callable[[str], Page]) -> None:
    page = visit(outer)
    with page.expect_response(lambda answer: "file=" in answer.url) as got:
        click(page, "Annotate")
    assert got.value.url.startswith(f"{outer}gradio_api/proxy=gradlink/gradio_api/file=")
    assert got.value.status == 200


def test_one_that_is_not_installed_is_named_with_its_package(
    original: str, visit: Callable[[str], Page]
) -> None:
    with served("tests.loading.apps.lacking", original, "error") as url:
        text = field(visit(url), "refused").input_value()
    assert text == (
        "the app has a custom component 'huggingfacehubsearch', which is not installed here. Its package has the name "
        "gradio_huggingfacehubsearch if it keeps to Gradio's convention; ask the app's author. "
        'With missing="json" it is shown as JSON'
    )


def test_one_that_is_not_installed_is_shown_as_json_if_wanted(
    original: str, visit: Callable[[str], Page]
) -> None:
    with served("tests.loading.apps.lacking", original, "json") as url:
        page = visit(url)
        for kind in ("huggingfacehubsearch", "image_annotator"):
            assert (
                f"left out: the custom component '{kind}': shown as JSON"
                in field(page, "warned").input_value()
            )
        page.get_by_text('"milk"').wait_for()
        click(page, "Other")
        page.get_by_text('"tea"').wait_for()
        shows(page, "said", "it is tea")
        click(page, "Annotate")
        page.get_by_text('"cat"').wait_for()
        click(page, "Count")
        shows(page, "seen", "(30, 40, 3) [('cat', 4)]")


PROBE = """
import sys
from gradlink.errors import LoadError
from gradlink.loading.classes import class_of
for kind in sys.argv[1:]:
    try:
        print(class_of(kind))
    except LoadError as exc:
        print(exc)
print(sorted({"gradio_looks_like_one", "gradio_one"} & set(sys.modules)))
"""


@pytest.fixture
def probe(tmp_path: Path) -> Callable[..., list[str]]:
    """Give what asks a fresh process for the class of a kind, where some packages are installed."""
    install(tmp_path, "gradio_looks_like_one", "gradio,tools", "")
    install(
        tmp_path,
        "gradio_one",
        "forms, gradio custom component",
        "from gradio.components import Textbox\nclass Ours(Textbox): pass",
    )
    install(tmp_path, "gradio_broken", "gradio-custom-component", "raise OSError('no \\x1b[31mlibrary')")

    def ask(*kinds: str) -> list[str]:
        code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{PROBE}"
        answer = subprocess.run(
            [sys.executable, "-c", code, *kinds], capture_output=True, text=True, check=True, timeout=60
        )
        return answer.stdout.splitlines()

    return ask


def install(folder: Path, name: str, keywords: str, code: str) -> None:
    """Lay a package where Python finds it."""
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(code)
    described = folder / f"{name}-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nKeywords: {keywords}\n"
    )
    (described / "RECORD").write_text(f"{name}/__init__.py,,\n{name}-1.0.dist-info/METADATA,,\n")


def test_only_custom_components_are_imported_for_an_app(probe: Callable[..., list[str]]) -> None:
    kinds = ("looks_like_one", "os", "blocks", "interface", "../gradio_one", "one\n", "client")
    assert probe(*kinds) == [*["None"] * len(kinds), "['gradio_one']"]


def test_one_is_found_by_its_class_whatever_its_package_is_called(probe: Callable[..., list[str]]) -> None:
    assert probe("broken", "ours") == [
        "the custom component 'broken' cannot be used: import gradio_broken failed: OSError: no \\x1b[31mlibrary",
        "<class 'gradio_one.Ours'>",
        "['gradio_one']",
    ]


def play(page: Any) -> list[str]:
    """Do what a person does, and return what is to be seen."""
    word = page.get_by_placeholder("any word")
    seen = [word.input_value()]
    click(page, "Other")
    seen.append(shows(page, "said", "it is tea"))
    word.fill("coffee")
    seen.append(shows(page, "said", "it is coffee"))
    page.locator("input[type=file]").set_input_files(
        {"name": "grey.png", "mimeType": "image/png", "buffer": picture((64, 48))}
    )
    page.locator("canvas.canvas-annotator").wait_for()
    click(page, "Count")
    seen.append(shows(page, "seen", "(48, 64, 3) []"))
    click(page, "Annotate")
    page.wait_for_function(PAINTED)
    click(page, "Count")
    return [*seen, shows(page, "seen", "(30, 40, 3) [('cat', 4)]")]
