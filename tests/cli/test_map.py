"""``gradlink map``."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gradlink.cli._map import sources
from gradlink.cli._map.counting import Count
from gradlink.errors import AppError
from tests.cli.commands import Command, start
from tests.live.servers import Servers
from tests.live.waits import END_SECONDS, new_key


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_rows_of_json_are_called_in_their_order(server: Servers, command: Command, tmp_path: Path) -> None:
    rows, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows.write_text('{"a": 1}\n\n{"a": 2, "op": "sub"}\n[3, 4]\n5\n')
    done = command("map", server().url, "add", str(rows), "-o", str(out))
    assert (done.code, done.out) == (0, "")
    assert "4 of 4 rows have their result, in " in done.err
    assert lines(out) == [
        {"index": 0, "input": {"a": 1}, "output": 11},
        {"index": 1, "input": {"a": 2, "op": "sub"}, "output": -8},
        {"index": 2, "input": {"a": 3, "b": 4}, "output": 7},
        {"index": 3, "input": {"a": 5}, "output": 15},
    ]


def test_rows_may_come_from_standard_input_and_go_to_standard_output(
    server: Servers, command: Command
) -> None:
    done = command("map", server().url, "add", "-", "b=1", stdin=b'{"a": 1}\n{"a": 2, "b": 5}\n')
    assert done.code == 0
    assert [json.loads(line)["output"] for line in done.out.splitlines()] == [2, 7]


def test_tables_are_read_and_written(server: Servers, command: Command, tmp_path: Path) -> None:
    rows, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows.write_text('\ufeffa,op,id\n1,,x\n"2",sub,"y,\nz"\n', encoding="utf-8")
    done = command("map", server().url, "add", str(rows), "-o", str(out))
    assert done.code == 0
    assert "not sent, since the endpoint takes no such thing: id" in done.err
    assert table(out) == [
        {"index": "0", "a": "1", "op": "", "id": "x", "number out": "11", "error": ""},
        {"index": "1", "a": "2", "op": "sub", "id": "y,\nz", "number out": "-8", "error": ""},
    ]


def test_parquet_is_read_and_written(server: Servers, command: Command, tmp_path: Path) -> None:
    rows, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist([{"a": 1, "b": 2.0}, {"a": 3, "b": None}]), rows)
    assert command("map", server().url, "add", str(rows), "-o", str(out)).code == 0
    assert pq.read_table(out).to_pylist() == [
        {"index": 0, "a": "1", "b": "2.0", "number out": "3.0", "error": None},
        {"index": 1, "a": "3", "b": None, "number out": "13", "error": None},
    ]


def test_files_in_parquet_are_sent(server: Servers, command: Command, tmp_path: Path) -> None:
    rows, out = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    record = {"bytes": b"dear", "path": "letter.txt"}
    pq.write_table(pa.Table.from_pylist([{"file": record}]), rows)
    assert command("map", server().url, "file_upper", str(rows), "-o", str(out)).code == 0
    (line,) = lines(out)
    assert line["input"] == {"file": {"bytes": "<4 bytes>", "path": "letter.txt"}}
    assert Path(line["output"]).read_text() == "DEAR"


def test_parquet_needs_its_package(
    server: Servers, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    (tmp_path / "in.parquet").touch()
    monkeypatch.setattr(sources, "import_module", missing)
    done = command("map", server().url, "add", str(tmp_path / "in.parquet"))
    assert done.code == 1
    assert "pip install 'gradlink[parquet]'" in done.err


def test_a_pattern_makes_a_row_of_each_file(server: Servers, command: Command, tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.txt").write_text(name)
    out = tmp_path / "out.jsonl"
    pattern = f"file=@{tmp_path}/*.txt"
    done = command("map", server().url, "file_upper", pattern, "-o", str(out))
    assert done.code == 0
    assert [Path(line["input"]["file"]).name for line in lines(out)] == ["a.txt", "b.txt"]
    kept = [Path(line["output"]) for line in lines(out)]
    assert [path.read_text() for path in kept] == ["A", "B"]
    assert all(path.is_relative_to(tmp_path / "out.jsonl.journal.files") for path in kept)


def test_rows_that_cannot_be_called_are_among_the_others(
    server: Servers, command: Command, tmp_path: Path
) -> None:
    rows, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows.write_text('{"a": "x"}\n{"a": 1}\n{}\n{"a": 1, "op": "ad"}\n[1, 2, "add", 4]\n{"a": 2}\n[]\n')
    done = command("map", server().url, "add", str(rows), "-o", str(out))
    assert done.code == 1
    assert "2 of 7 rows have their result, 5 ArgumentError" in done.err
    found = lines(out)
    assert [line["index"] for line in found] == list(range(7))
    assert [line.get("output") for line in found] == [None, 11, None, None, None, 12, None]
    said = [line["error"]["message"] for line in found if "error" in line]
    assert said[0] == "a: x is not a number"
    assert said[1] == said[4] == "missing: a"
    assert said[2].startswith("op: 'ad' is not one of the choices")
    assert said[3] == "the row has 4 values, the endpoint takes 3"


def test_a_dry_run_sends_nothing(server: Servers, command: Command, tmp_path: Path) -> None:
    rows = tmp_path / "in.csv"
    rows.write_text("a,x\n" + "y,\n" * 25 + "1,\n")
    before = len(server().requests())
    done = command("map", server().url, "add", str(rows), "-o", str(tmp_path / "out.csv"), "--dry-run")
    assert (done.code, done.out) == (2, "")
    assert "row 0: a: 'y' is not a number" in done.err
    assert "row 19: " in done.err
    assert "row 20: " not in done.err
    assert "and 5 more" in done.err
    assert "1 of 26 rows can be called; nothing was sent" in done.err
    assert all(request.method == "GET" for request in server().requests(before))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert command("map", server().url, "add", str(rows), "a=1", "--dry-run", "--limit", "1").code == 2
    rows.write_text("a\n1\n")
    assert command("map", server().url, "add", str(rows), "--dry-run").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a file with rows"),
        (["no.jsonl"], "there is no file 'no.jsonl' with rows"),
        (["{tmp}/in.txt"], "rows are read from .jsonl, .csv, .tsv and .parquet"),
        (["{tmp}/in.jsonl", "{tmp}/in.jsonl"], "rows come from one file"),
        (["{tmp}/in.jsonl", "-o", "out.xml"], "results are written to .jsonl, .csv, .tsv and .parquet"),
        (["{tmp}/in.jsonl", "c=1"], "there is no parameter 'c'"),
        (["a=@no/*.txt"], "a: no file is named by 'no/*.txt'"),
        (["{tmp}/broken.jsonl"], "line 1: not JSON"),
        (["{tmp}/ragged.csv"], "line 2: not as many values as there are columns"),
        (["{tmp}/in.jsonl", "--resume"], "there is no journal to resume"),
        (["{tmp}/in.jsonl", "--concurrency", "0"], "'0' is not auto, a number from 1 on"),
        (["{tmp}/in.jsonl", "--concurrency", "2-x"], "'2-x' is not auto"),
        (["{tmp}/in.jsonl", "--concurrency", "9-2"], "concurrency is"),
    ],
)
def test_what_is_wrong_is_told(
    server: Servers, command: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "in.txt").touch()
    (tmp_path / "in.jsonl").write_text("1\n")
    (tmp_path / "broken.jsonl").write_text("{\n")
    (tmp_path / "ragged.csv").write_text("a,b\n1\n")
    done = command("map", server().url, "add", *(text.format(tmp=tmp_path) for text in arguments))
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_journal_is_not_used_unasked(server: Servers, command: Command, tmp_path: Path) -> None:
    rows, out, key = tmp_path / "in.jsonl", tmp_path / "out.jsonl", new_key()
    rows.write_text(json.dumps(key) + "\n")
    arguments = ("map", server().url, "no_output", str(rows), "-o", str(out))
    assert command(*arguments).code == 0
    refused = command(*arguments)
    assert refused.code == 2
    assert "--resume goes on with it" in refused.err
    resumed = command(*arguments, "--resume", "--concurrency", "2-4")
    assert resumed.code == 0
    assert "1 of 1 rows have their result, 1 of them from the journal" in resumed.err
    assert command(*arguments, "--no-journal").code == 0
    assert server().counts(key) == {"seen": 2}


def test_failures_are_retried_if_that_is_asked_for(server: Servers, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    arguments = ("map", server().url, "err", "-", "-o", str(out))
    first = command(*arguments, stdin=b'"x"\n')
    assert first.code == 1
    assert "--retry-failed calls those again that failed" in first.err
    (line,) = lines(out)
    assert line["error"]["class"] == "AppError"
    assert line["error"]["execution"] == "failed"
    before = len(server().requests())
    assert command(*arguments, "--resume", stdin=b'"x"\n').code == 1
    assert all(request.method == "GET" for request in server().requests(before))
    assert command(*arguments, "--retry-failed", stdin=b'"x"\n').code == 1
    assert any(request.method == "POST" for request in server().requests(before))


def test_ctrl_c_ends_it_and_it_goes_on(server: Servers, command: Command, tmp_path: Path) -> None:
    base, out = server(), tmp_path / "out.jsonl"
    keys = [new_key() for _ in range(3)]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(key)}\n" for key in keys))
    arguments = ("map", base.url, "gate_parallel", str(tmp_path / "in.jsonl"), "-o", str(out))
    base.open_gate(keys[0])
    with start(*arguments) as process:
        try:
            for key in keys:
                base.reach(key, "started")
            base.reach(keys[0], "ended")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=END_SECONDS)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in err
    for key in keys[1:]:
        base.reach(key, "ended")
        assert "finished" not in base.counts(key)
    for key in keys:
        base.open_gate(key)
    assert command(*arguments, "--resubmit").code == 0
    assert [line["output"] for line in lines(out)] == [f"passed {key}" for key in keys]


def test_the_line_says_how_far_how_fast_and_what_went_wrong() -> None:
    count = Count(1000, 0.0)
    assert count.line(0.0) == "0 of 1,000"
    for _ in range(100):
        count.note(None, replayed=True)
    for _ in range(99):
        count.note(None, replayed=False)
    count.note(AppError("no"), replayed=False)
    assert count.line(10.0) == "200 of 1,000, 10/s, 1 min 20 s left, 1 AppError"
    assert count.summary(10.0) == (
        "199 of 200 rows have their result, 100 of them from the journal, 1 AppError, in 10 s"
    )
    assert Count(None, 0.0, done=5000).line(1.0) == "5,000, 5,000/s"
    for kind in (ValueError, KeyError, TypeError):
        count.note(kind(), replayed=False)
    assert count.line(10.0).endswith("1 AppError, 1 ValueError, 1 KeyError, …")
