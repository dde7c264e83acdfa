"""The table of what servers can do, at the ends of its rows."""

from __future__ import annotations

from dataclasses import fields

import pytest

from gradlink._protocol.dialect import (
    NEWEST,
    PROTOCOLS,
    Dialect,
    FileForm,
    FileMark,
    dialect_of,
    read_dialect,
)
from gradlink._protocol.version import AppVersion
from tests.vectors.cases import cases


def of(protocol: str, version: str) -> Dialect:
    return dialect_of(protocol, AppVersion(version))


def test_an_unknown_version_counts_as_the_newest() -> None:
    assert of("sse_v3", "") == NEWEST
    assert of("sse_v3", "nightly").release == "nightly"
    assert of("ws", "").polls_queue is False


def test_a_protocol_that_is_not_in_the_table_has_no_dialect() -> None:
    with pytest.raises(ValueError, match="not in"):
        of("carrier_pigeon", "6.31.0")


def test_an_app_that_announces_nothing_is_of_the_first_protocol() -> None:
    assert read_dialect({"version": "3.50.2\n"}) == of("ws", "3.50.2")


@pytest.mark.parametrize(
    ("version", "file", "image", "mark"),
    [
        ("3.18.0", FileForm.INLINE, FileForm.DATA_URI, FileMark.IS_FILE),
        ("3.19", FileForm.NAMED, FileForm.DATA_URI, FileMark.IS_FILE),
        ("3.50.2", FileForm.NAMED, FileForm.DATA_URI, FileMark.IS_FILE),
        ("4.0", FileForm.FILE_DATA, FileForm.FILE_DATA, FileMark.FIELDS),
        ("4.20.1", FileForm.FILE_DATA, FileForm.FILE_DATA, FileMark.FIELDS),
        ("4.21", FileForm.FILE_DATA, FileForm.FILE_DATA, FileMark.META),
    ],
)
def test_files_by_version(version: str, file: FileForm, image: FileForm, mark: FileMark) -> None:
    dialect = of("sse_v3", version)
    assert (dialect.file_form, dialect.image_form, dialect.file_mark) == (file, image, mark)


def test_every_ability_and_protocol_is_in_the_vectors() -> None:
    given = [case for case in cases("dialects") if "error" not in case.expect]
    names = {field.name for field in fields(Dialect)} - {"protocol", "release"}
    assert {case.given["protocol"] for case in given} >= set(PROTOCOLS)
    for case in given:
        assert set(case.expect) == names
    for name in names - {"polls_queue"}:  # where it is true nobody can be talked to
        assert len({str(case.expect[name]) for case in given}) > 1, f"{name} is the same in all cases"
