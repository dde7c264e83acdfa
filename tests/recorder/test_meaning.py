"""From what a page says to its app to the program that does the same."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from gradlink._protocol.schema import AppSchema
from gradlink.recorder.files import RecordedFiles
from tests.recorder.apps import Page, app, component, file, function

TEXT, OUT, NUMBER, STATE, FILE, RESULT_FILE, PASSWORD = range(1, 8)
COMPONENTS = [
    component(TEXT, "textbox", value="there"),
    component(OUT, "textbox"),
    component(NUMBER, "number"),
    component(STATE, "state"),
    component(FILE, "file"),
    component(RESULT_FILE, "file"),
    component(PASSWORD, "textbox", type="password"),
]


def page_of(tmp_path: Path, *functions: dict[str, Any], **more: Any) -> Page:
    return Page(schema_of(*functions), RecordedFiles(tmp_path / "recorded_files", "recorded_files"), **more)


def schema_of(*functions: dict[str, Any]) -> AppSchema:
    return app(COMPONENTS, functions)


def test_a_call_is_written_with_what_the_person_gave(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT, NUMBER], [OUT]))
    page.call(0, ["Ada", 3], "Hello Ada")
    assert page.lines == [
        'greet = client.predict(textbox_1="Ada", number_3=3, api_name="/greet")',
        "print(greet)",
    ]


def test_what_is_the_default_is_left_out(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    page.call(0, ["there"], "Hello")
    assert page.lines[0] == 'greet = client.predict(api_name="/greet")'


def test_a_result_that_is_sent_on_is_a_variable(tmp_path: Path) -> None:
    functions = function(0, "pair", [TEXT], [OUT, NUMBER]), function(1, "add", [NUMBER, OUT], [NUMBER])
    page = page_of(tmp_path, *functions)
    page.call(0, ["x"], "text", 5)
    page.call(1, [5, "text"], 6)
    page.call(1, [6, "other"], 7)
    calls = [line for line in page.lines if "client" in line]
    assert calls[1] == 'add = client.predict(number_3=pair[1], textbox_2=pair[0], api_name="/add")'
    assert calls[2] == 'add_2 = client.predict(number_3=add, textbox_2="other", api_name="/add")'


def test_a_value_of_an_update_is_a_variable_too(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "make", [], [OUT]), function(1, "take", [OUT], [NUMBER]))
    page.call(0, [], {"__type__": "update", "value": "new", "visible": True})
    page.call(1, ["new"], 1)
    assert 'take = client.predict(textbox_2=make["value"], api_name="/take")' in page.lines


def test_uploads_and_files_of_results_are_files(tmp_path: Path) -> None:
    page = page_of(
        tmp_path, function(0, "turn", [FILE], [RESULT_FILE]), function(1, "read", [RESULT_FILE], [OUT])
    )
    sent = page.upload("../a b.png", b"png", "/tmp/gradio/1/a b.png")  # noqa: S108
    page.call(0, [sent], file("/tmp/gradio/2/out.png"))  # noqa: S108
    page.call(1, [file("/tmp/gradio/2/out.png")], "read")  # noqa: S108
    text = "".join(line.strip() for line in page.lines)
    assert 'turn = client.predict(file_5=handle_file("recorded_files/a b.png"),api_name="/turn",)' in text
    assert 'read = client.predict(file_6=handle_file(turn), api_name="/read")' in text
    assert (tmp_path / "recorded_files" / "a b.png").read_bytes() == b"png"


def test_a_picture_of_a_camera_is_a_file(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "see", [FILE], [OUT], connection="stream"))
    frames = [{"url": f"data:image/jpeg;base64,{content}"} for content in ("AAAA", "BBBB", "AAAA")]
    event = page.start(0, frames[:1])
    for frame in frames[1:]:
        page.recorder.chunk(event, {"data": [frame]})
    text = "".join(line.strip() for line in page.lines)
    assert text.startswith('job = client.submit(file_5=handle_file("recorded_files/file_5.jpeg"),')
    assert 'job.send_chunk(file_5=handle_file("recorded_files/file_5_2.jpeg"))' in text
    assert text.count('handle_file("recorded_files/file_5.jpeg")') == 2
    assert (tmp_path / "recorded_files" / "file_5_2.jpeg").read_bytes() == b"\x04\x10A"


def test_a_file_of_the_app_itself_has_its_address(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "turn", [FILE], [OUT]))
    page.call(0, [file("/app/example.png")], "done")
    address = "http://127.0.0.1:7860/gradio_api/file=/app/example.png"
    assert any(f'handle_file("{address}")' in line for line in page.lines)


def test_what_is_typed_into_a_password_box_is_read_from_the_environment(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "enter", [PASSWORD, TEXT], [OUT]))
    page.call(0, ["hunter2", "my word is hunter2!"], "hunter2 is right")
    assert page.lines[0] == "enter = client.predict("
    assert '    textbox_7=os.environ["APP_TEXTBOX_7"],' in page.lines
    assert '    textbox_1=os.environ["APP_TEXTBOX_1"],' in page.lines
    assert not any("hunter2" in program for program in page.programs)
    assert "# Needs these variables of the environment: APP_TEXTBOX_7, APP_TEXTBOX_1" in page.programs[-1]


def test_a_login_is_read_from_the_environment(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    page.recorder.logged_in("somebody", "hunter2")
    page.call(0, ["somebody"], "Hello")
    program = page.recorder.program()
    assert 'auth=(os.environ["APP_USER"], os.environ["APP_PASSWORD"])' in program
    assert "somebody" not in program
    assert "hunter2" not in program


def test_the_pages_own_calls_are_comments(tmp_path: Path) -> None:
    load = function(0, "load", [], [OUT], targets=[[50, "load"]])
    tick = function(1, "tick", [], [NUMBER], targets=[[51, "tick"]])
    page = page_of(tmp_path, load, tick, function(2, "greet", [TEXT], [OUT]))
    page.call(0, [], "loaded", trigger_id=50)
    for _ in range(3):
        page.call(1, [], 1, trigger_id=51)
    page.call(2, ["x"], "done", trigger_id=102)
    assert page.lines[:2] == ["# the page calls /load by itself", "# the page calls /tick by itself"]
    assert page.lines[2].startswith("greet = ")
    assert [part.dim for part in page.parts] == [True, True, False]


def test_a_call_of_the_page_that_others_need_is_a_call(tmp_path: Path) -> None:
    load = function(0, "load", [], [STATE], targets=[[50, "load"]])
    page = page_of(tmp_path, load, function(1, "use", [STATE], [OUT]))
    page.call(0, [], None, trigger_id=None)
    assert page.lines == ["# the page calls /load by itself", "pass"]
    page.call(1, [None], "done", trigger_id=101)
    assert page.lines[1] == 'client.predict(api_name="/load")'


def test_what_follows_a_call_says_so(tmp_path: Path) -> None:
    then = function(1, "after", [OUT], [NUMBER], targets=[[None, "then"]], trigger_after=0)
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]), then)
    page.call(0, ["x"], "hello")
    page.call(1, ["hello"], 5)
    assert page.lines[2:4] == [
        "# the page calls this by itself after /greet",
        'after = client.predict(textbox_2=greet, api_name="/after")',
    ]


def test_a_change_is_the_persons_or_that_of_a_result(tmp_path: Path) -> None:
    change = function(1, "changed", [OUT], [NUMBER], targets=[[OUT, "change"]])
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]), change)
    page.call(1, ["typed"], 5, trigger_id=OUT)
    page.call(0, ["x"], "hello")
    page.call(1, ["hello"], 5, trigger_id=OUT)
    page.call(1, ["hello you"], 9, trigger_id=OUT)
    said = [line for line in page.lines if "client" in line or line.startswith("#")]
    assert said[2:4] == [
        "# the page calls this by itself after /greet",
        'changed_2 = client.predict(textbox_2=greet, api_name="/changed")',
    ]
    assert said[4] == 'changed_3 = client.predict(textbox_2="hello you", api_name="/changed")'


def test_a_change_that_a_page_reports_twice_is_one_call(tmp_path: Path) -> None:
    change = function(1, "changed", [OUT], [NUMBER], targets=[[OUT, "change"]])
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]), change)
    page.call(0, ["x"], "hello")
    first, second = (page.start(1, ["hello"], trigger_id=OUT) for _ in range(2))
    page.finish(first, 5)
    page.finish(second, 5)
    assert sum("/changed" in line for line in page.lines) == 1


def test_a_stream_is_iterated_over_and_its_last_value_is_its_result(tmp_path: Path) -> None:
    stream = function(0, "count", [NUMBER], [OUT], types={"generator": True, "cancel": False})
    page = page_of(tmp_path, stream, function(1, "take", [OUT], [NUMBER]))
    event = page.start(0, [2])
    page.say(event, "process_generating", success=True, output={"data": ["a"]})
    page.say(event, "process_generating", success=True, output={"data": [[["append", [], "b"]]]})
    page.finish(event, "ab")
    page.call(1, ["ab"], 1)
    assert page.lines == [
        'for count_result in client.submit(number_3=2, api_name="/count"):',
        "    print(count_result)",
        'take = client.predict(textbox_2=count_result, api_name="/take")',
        "print(take)",
    ]


def test_a_cancel_comes_after_as_many_values(tmp_path: Path) -> None:
    stream = function(0, "tell", [], [OUT], types={"generator": True, "cancel": False})
    page = page_of(tmp_path, stream)
    event = page.start(0, [])
    for text in "ab":
        page.say(event, "process_generating", success=True, output={"data": [text]})
        break
    page.recorder.cancelled({"event_id": event})
    assert page.lines == [
        'job = client.submit(api_name="/tell")',
        "for count, tell in enumerate(job, 1):",
        "    print(tell)",
        "    if count == 1:",
        "        break",
        "job.cancel()",
    ]


def test_further_input_is_sent_to_the_job(tmp_path: Path) -> None:
    live = function(0, "hear", [NUMBER], [OUT], connection="stream")
    page = page_of(tmp_path, live)
    event = page.start(0, [1])
    page.recorder.chunk(event, {"data": [2]})
    page.recorder.closed(event)
    page.finish(event, "done")
    assert page.lines == [
        'job = client.submit(number_3=1, api_name="/hear")',
        "job.send_chunk(number_3=2)",
        "job.close_stream()",
        "for hear in job:",
        "    print(hear)",
    ]


def test_a_recording_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink.recorder.meaning.MAX_STEPS", 2)
    monkeypatch.setattr("gradlink.recorder.meaning.MAX_SESSIONS", 2)
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    for session in "aabc":
        page.call(0, [session], "x", session=session)
    program = page.recorder.program()
    assert program.count("client.predict") == 2
    assert "# more than 2 calls: the rest is not recorded" in program
    assert "# more than 2 pages were opened: the rest is not recorded" in program


def test_a_value_that_is_very_large_is_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink.recorder.meaning.MAX_VALUE", 50)
    page = page_of(tmp_path, function(0, "make", [], [OUT]), function(1, "take", [OUT], [NUMBER]))
    page.call(0, [], "x" * 60)
    page.call(1, ["x" * 60], 1)
    assert any(f'"{"x" * 60}"' in line for line in page.lines)


def test_each_page_is_a_client(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    page.call(0, ["a"], "A", session="one")
    page.call(0, ["b"], "B", session="two")
    assert page.recorder.program().splitlines()[4:] == [
        "with (",
        '    Client("http://127.0.0.1:7860/") as client,',
        '    Client("http://127.0.0.1:7860/") as client2,',
        "):",
        '    greet = client.predict(textbox_1="a", api_name="/greet")',
        "    print(greet)",
        '    greet_2 = client2.predict(textbox_1="b", api_name="/greet")',
        "    print(greet_2)",
    ]


def test_what_a_program_cannot_call_is_a_comment(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, False, [TEXT], [OUT]))
    page.call(0, ["a"], "A")
    page.call(7, ["a"], "A")
    assert page.lines == [
        "# fn_index=0 was called: the app keeps it private, so that programs cannot call it",
        "# fn_index=7 was called: the app does not describe it",
        "pass",
    ]


def test_an_error_of_the_app_does_not_end_the_program(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    page.fail(page.start(0, ["a"]), "no\nway")
    assert page.lines == [
        r"# the app answered with an error: no\nway",
        "with suppress(GradlinkError):",
        '    greet = client.predict(textbox_1="a", api_name="/greet")',
        "    print(greet)",
    ]
    assert "from contextlib import suppress" in page.recorder.program()


def test_what_the_function_is_told_of_the_event_is_sent_along(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "pick", [], [OUT], collects_event_data=True))
    page.call(0, [], "A", event_data={"index": 1, "value": "b"})
    assert page.lines[0] == ('pick = client.predict(event_data={"index": 1, "value": "b"}, api_name="/pick")')


def test_messages_that_overtake_the_answer_to_a_join_count(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    call = page.recorder.call_sent({"fn_index": 0, "data": ["a"], "session_hash": "s"}, "")
    page.finish("early", "A")
    assert call is not None
    page.recorder.call_joined(call, 200, b'{"event_id":"early"}', None)
    assert page.recorder.recording.steps[0].outputs == ["A"]


def test_a_call_that_was_not_accepted_is_a_comment(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "greet", [TEXT], [OUT]))
    call = page.recorder.call_sent({"fn_index": 0, "data": ["a"], "session_hash": "s"}, "")
    assert call is not None
    page.recorder.call_joined(call, 503, b"{}", None)
    assert page.lines[0] == "# /greet was called: the app did not accept it"


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_nothing_that_an_app_says_becomes_code(tmp_path: Path, language: str) -> None:
    evil = '"""\nimport os; os.remove("x")\n*/ alert(1) `${1}` \u2028 \x1b[2J'
    page = page_of(tmp_path, function(0, evil, [TEXT], [OUT]), language=language)
    page.call(0, [evil], evil)
    page.fail(page.start(0, [evil]), evil)
    program = page.recorder.program()
    if language == "python":
        nodes = list(ast.walk(ast.parse(program)))
        called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        assert called == {"Client", "client.predict", "print", "suppress"}
    assert not any(line.strip().startswith(("import os", "alert(")) for line in program.splitlines())
    assert "\x1b" not in program
    assert "\u2028" not in program


def test_what_the_app_says_of_a_secret_is_not_written(tmp_path: Path) -> None:
    page = page_of(tmp_path, function(0, "enter", [PASSWORD], [OUT]))
    page.recorder.logged_in("client", "word-of-mine")
    page.recorder.has_cookies("theme=dark; session=0123456789abcdef0123")
    page.fail(page.start(0, ["hunter2"]), "hunter2 is wrong")
    page.fail(page.start(0, ["x"]), "your cookie is 0123456789abcdef0123")
    program = page.recorder.program()
    for secret in ("hunter2", "word-of-mine", "0123456789abcdef0123"):
        assert secret not in program
    assert program.count("it is left out, since there is a secret in it") == 2


def test_a_page_in_which_nothing_is_done_is_no_client(tmp_path: Path) -> None:
    load = function(0, "load", [], [OUT], targets=[[50, "load"]])
    page = page_of(tmp_path, load, function(1, "greet", [TEXT], [OUT]))
    page.call(0, [], "loaded", session="first", trigger_id=50)
    page.call(0, [], "loaded", session="second", trigger_id=50)
    page.call(1, ["x"], "X", session="second", trigger_id=101)
    assert "client2" not in page.recorder.program()
