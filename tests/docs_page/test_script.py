"""The page's script and its HTML, as they are put together."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any, cast

import pytest

from gradlink.docs_page.document import Document
from gradlink.docs_page.html import embedded, page, static_policy
from gradlink.docs_page.script import MODULES, STYLES, icon, script, style

STATIC = files("gradlink.docs_page") / "static"
EVIL = "</script><script>alert(1)</script><!-- \u2028 & 'x' \"y\" ]]>"


def document(text: str) -> Document:
    given: Any = {
        "app": {
            "title": text,
            "source": text,
            "url": text,
            "version": "6",
            "protocol": "x",
            "max_file_size": None,
        },
        "endpoints": [],
    }
    return cast("Document", given)


def sources() -> dict[str, str]:
    return {name: (STATIC / name).read_text(encoding="utf-8") for name in MODULES}


def test_all_modules_are_in_the_script() -> None:
    there = {one.name for one in STATIC.iterdir() if one.name.endswith(".js")}
    assert there == set(MODULES)
    assert len(MODULES) == len(set(MODULES))
    assert {one.name for one in STATIC.iterdir() if one.name.endswith(".css")} == set(STYLES)


def test_nothing_of_modules_is_left_in_the_script() -> None:
    assert re.findall(r"^\s*(?:import|export)\b.*", script(), re.MULTILINE) == []


def test_a_module_uses_only_those_before_it() -> None:
    seen: set[str] = set()
    for name, text in sources().items():
        used = set(re.findall(r'^import \{[^}]*\} from "\./([\w.]+)";', text, re.MULTILINE))
        assert used <= seen, name
        seen.add(name)


def test_no_name_is_given_twice() -> None:
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script(), re.MULTILINE)
    assert len(names) > 50
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    "word",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"],
)
def test_no_text_can_become_markup_or_code(word: str) -> None:
    assert word not in script()


def test_nothing_is_loaded_from_elsewhere() -> None:
    for text in (script(), style(), icon()):
        addresses = re.findall(r"https?://[\w./-]+", text.replace("http://www.w3.org/2000/svg", ""))
        assert addresses == []
    assert "url(" not in style()
    assert "@import" not in re.sub(r"/\*.*?\*/", "", style())


@pytest.mark.parametrize("live", [True, False])
def test_what_an_app_says_is_no_markup_of_the_page(live: bool) -> None:
    text = page(document(EVIL), live=live)
    assert "<script>alert" not in text
    assert text.count("</script>") == 2
    (found,) = re.findall(r'<script type="application/json" id="document">(.*?)</script>', text, re.DOTALL)
    assert json.loads(found)["app"]["title"] == EVIL
    assert json.loads(found)["live"] is live


def test_lone_surrogates_can_be_sent() -> None:
    page(document("\ud800"), live=True).encode("utf-8")
    assert "\\ud800" in embedded(document("\ud800"), live=True)


def test_a_page_that_is_a_file_names_its_own_script_and_style_and_nothing_else() -> None:
    text = page(document("Title"), live=False)
    for tag, source in (("script", script()), ("style", style())):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in static_policy()
        assert f"<{tag}>{source}</{tag}>" in text
    assert "src=" not in text.split('<div id="page">')[0].replace("-src", "")


def test_the_script_and_the_style_do_not_end_their_elements() -> None:
    assert "</script" not in script()
    assert "<!--" not in script()
    assert "</style" not in style()
