"""What is written stays where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.recorder.files import RecordedFiles, write_atomically
from gradlink.recorder.names import Names


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("a b.txt", "a b.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\x.ini", "x.ini"),
        ("..", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("-rf.txt", "rf.txt"),
        ("NUL.txt", "_NUL.txt"),
        ("a\x1b[2J\n.png", "a_2J_.png"),
        ("x" * 300 + ".png", "x" * 76 + ".png"),
    ],
)
def test_a_name_of_the_browser_is_made_safe(given_name: str, expected: str) -> None:
    assert Names().file(given_name) == expected


@given(st.lists(st.text(max_size=30), max_size=8))
def test_names_are_single_parts_that_differ(names: list[str]) -> None:
    given_names = Names()
    files = [given_names.file(name) for name in names]
    assert len({name.casefold() for name in files}) == len(files)
    for name in files:
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name) < 120


@given(st.lists(st.text(max_size=30), max_size=8))
def test_variables_are_identifiers_that_differ(names: list[str]) -> None:
    given_names = Names()
    variables = [given_names.variable(name) for name in names]
    assert len(set(variables)) == len(variables)
    assert all(name.isidentifier() and name.isascii() for name in variables)


def test_the_same_content_is_kept_once_and_nothing_is_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "recorded_files"
    folder.mkdir()
    (folder / "a.txt").write_text("of another recording")
    files = RecordedFiles(folder, "recorded_files")
    assert files.keep("a.txt", b"one") == "recorded_files/a_2.txt"
    assert files.keep("b.txt", b"one") == "recorded_files/a_2.txt"
    assert files.keep("a.txt", b"two") == "recorded_files/a_3.txt"
    assert (folder / "a.txt").read_text() == "of another recording"


def test_what_another_recording_has_left_is_used_again(tmp_path: Path) -> None:
    assert RecordedFiles(tmp_path, "f").keep("a.txt", b"one") == "f/a.txt"
    assert RecordedFiles(tmp_path, "f").keep("a.txt", b"one") == "f/a.txt"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (tmp_path / "outside").write_bytes(b"one")
    (folder / "a.txt").symlink_to(tmp_path / "outside")
    assert RecordedFiles(folder, "f").keep("a.txt", b"one") == "f/a_2.txt"


def test_there_is_room_for_so_much(tmp_path: Path) -> None:
    files = RecordedFiles(tmp_path, "f", max_bytes=3)
    assert files.keep("a", b"four") is None
    assert files.keep("a", b"two") == "f/a"


def test_a_program_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "made" / "recorded.py"
    write_atomically(path, "one\n")
    write_atomically(path, "two\n")
    assert path.read_text() == "two\n"
    assert [one.name for one in path.parent.iterdir()] == ["recorded.py"]
