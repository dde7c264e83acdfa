"""Which token of this machine is used, and that none is where none shall be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gradlink import ArgumentError
from gradlink._local.options import client_parts
from gradlink._local.tokens import chosen_token, token_file, visitor_token

PROGRAM = "from gradlink._local.tokens import saved_token; print(*saved_token(), sep='|')"
WITHOUT_LIBRARY = f"import sys; sys.modules['huggingface_hub'] = None; {PROGRAM}"
NAMES = (
    "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HOME", "XDG_CACHE_HOME", "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_OIDC_RESOURCE",
)  # fmt: skip


def saved(program: str, home: Path, variables: Mapping[str, str]) -> list[str]:
    """Return the token and its source that a fresh interpreter finds."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    environment |= {"HOME": str(home), **variables}
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return run.stdout.strip().split("|")


@pytest.mark.parametrize(
    ("program", "source"),
    [(PROGRAM, "huggingface_hub.get_token()"), (WITHOUT_LIBRARY, "the token file")],
    ids=["with the library", "without"],
)
@pytest.mark.parametrize(
    ("place", "variables"),
    [
        (".cache/huggingface/token", {}),
        ("elsewhere/token", {"HF_HOME": "{home}/elsewhere"}),
        ("xdg/huggingface/token", {"XDG_CACHE_HOME": "{home}/xdg"}),
        ("mine", {"HF_TOKEN_PATH": "{home}/mine"}),
        ("mine", {"HF_TOKEN_PATH": "$HOME/mine"}),
    ],
)
def test_a_saved_token_is_found_where_the_library_saves_it(
    program: str, source: str, place: str, variables: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("hf_saved\n", encoding="utf-8")
    variables = {name: value.format(home=tmp_path) for name, value in variables.items()}
    assert saved(program, tmp_path, variables) == ["hf_saved", source]


@pytest.mark.parametrize("program", [PROGRAM, WITHOUT_LIBRARY], ids=["with the library", "without"])
def test_without_a_saved_token_there_is_none(program: str, tmp_path: Path) -> None:
    assert saved(program, tmp_path, {}) == ["None", "none is saved"]


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"HF_TOKEN": " hf_a \n"}, ["hf_a", "HF_TOKEN"]),
        ({"HF_TOKEN": "hf_a", "HUGGING_FACE_HUB_TOKEN": "hf_b"}, ["hf_a", "HF_TOKEN"]),
        ({"HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": "hf_b"}, ["hf_b", "HUGGING_FACE_HUB_TOKEN"]),
        (
            {"HF_TOKEN": "hf_a", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"},
            ["None", "HF_HUB_DISABLE_IMPLICIT_TOKEN is set"],
        ),
    ],
)
def test_the_environment_comes_first(variables: dict[str, str], found: list[str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_saved", encoding="utf-8")
    assert saved(PROGRAM, tmp_path, {"HF_HOME": str(tmp_path), **variables}) == found


def test_the_library_is_loaded_only_for_spaces(tmp_path: Path) -> None:
    program = (
        "from gradlink._local.options import client_parts; import sys\n"
        "client_parts('{src}', None, None, None, False)\n"
        "print('huggingface_hub' in sys.modules)"
    )
    assert saved(program.format(src="http://127.0.0.1:7860"), tmp_path, {}) == ["False"]
    assert saved(program.format(src="me/app"), tmp_path, {"HF_TOKEN": "hf_a"}) == ["False"]
    assert saved(program.format(src="me/app"), tmp_path, {}) == ["True"]


def test_the_token_that_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", raising=False)
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    assert chosen_token("hf_given") == ("hf_given", "token=")
    assert chosen_token(None) == ("hf_saved", "HF_TOKEN")
    assert chosen_token(False) == (None, "token=False")
    with pytest.raises(ArgumentError, match="token is a string, None for the saved one, or False, not a int"):
        chosen_token(5)


def test_only_spaces_get_the_saved_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", raising=False)
    monkeypatch.setenv("HF_TOKEN", "hf_saved")

    def headers(src: str) -> dict[str, str]:
        return dict(client_parts(src, None, None, None, False).headers)

    sent = {"x-hf-authorization": "Bearer hf_saved"}
    assert headers("me/app") == sent
    assert headers("https://huggingface.co/spaces/me/app") == sent
    assert headers("https://me-app.hf.space") == sent
    assert headers("http://me-app.hf.space") == {}
    assert headers("https://0123456789.gradio.live") == {}
    assert headers("https://me-app.hf.space.example") == {}
    assert headers("https://huggingface.co/me/app") == {}
    assert "hf_saved" not in repr(client_parts("me/app", None, None, None, False))


def test_where_the_token_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert token_file() == tmp_path / ".cache" / "huggingface" / "token"


def test_outside_of_gradio_nobody_lends_an_identity() -> None:
    assert visitor_token() is None
