"""A message that is compared with the one before instead of being parsed says what parsing it would have said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._protocol.messages import Message, ProcessGenerating, take_message
from gradlink._protocol.repeats import RepeatDecoder, Repeated
from tests.unit import examples
from tests.vectors.cases import VECTORS

IDS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
MANY = settings(max_examples=examples(500), deadline=None)


def said(take: Any, text: str) -> object:
    """Return all that a message says, that of properties included."""
    try:
        message: Message = take(text)
    except ProtocolError as exc:
        return str(exc)
    if not isinstance(message, ProcessGenerating):
        return message
    beside = {key: value for key, value in message.output.items() if value is not None}
    return (
        message.event_id, message.data, repr(beside), message.success, message.streaming, message.render_config,
        message.changed_states,
    )  # fmt: skip


def expect_the_same(texts: Sequence[str]) -> None:
    """Expect of these texts, one after the other, what parsing them gives."""
    decoder = RepeatDecoder()
    for text in texts:
        assert repr(said(decoder.take, text)) == repr(said(take_message, text)), text


def written(message: object, style: str = "compact") -> str:
    match style:
        case "compact":
            return json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        case "escaped":
            return json.dumps(message, separators=(",", ":"))
        case _:
            return json.dumps(message)


WORDS = (
    st.sampled_from(
        ["a", "", " ", '"', "\\", '\\"', "\n", "]]]", '","', '""]]]', "0", "é", "\u2028", "😀", "\ud83d"]
    )
    | st.text(max_size=8)
)  # fmt: skip
PATHS = st.sampled_from([[], [0], [1, "content"], [12, "content", 0, "text"], ["a.b"], ["\\"]])
APPENDS = st.tuples(st.just("append"), PATHS, WORDS)
ANY = st.none() | st.integers(-3, 300) | WORDS | st.lists(WORDS, max_size=2)
OTHERS = st.tuples(st.sampled_from(["replace", "append", "add", "delete"]), PATHS | st.just(1), ANY)
EDITS: st.SearchStrategy[Any] = st.one_of(
    APPENDS.map(lambda edit: [edit]),
    APPENDS.map(lambda edit: [edit]),
    st.just([]),
    st.lists(APPENDS | OTHERS, max_size=3),
    ANY,
)
NUMBERS = st.sampled_from([0, 1, 1e-7, -2.5, 0.25, 1e300, 12345678901234567890]) | st.floats()
OUTPUTS = st.fixed_dictionaries(
    {"data": st.lists(EDITS, max_size=3), "is_generating": st.just(True), "duration": NUMBERS},
    optional={
        "average_duration": NUMBERS,
        "render_config": st.sampled_from([None, None, 0, 5, "", {"x": 1}]),
        "changed_state_ids": st.sampled_from([[], [], [3], [1.5], ["1"], 0, 7]),
        "more": ANY | EDITS,
    },
)
MESSAGES = st.fixed_dictionaries(
    {
        "msg": st.sampled_from(["process_generating"] * 4 + ["process_streaming", "process_completed"]),
        "event_id": st.sampled_from(IDS),
        "output": OUTPUTS,
        "success": st.sampled_from([True, True, True, False, 1]),
    },
    optional={"time_limit": st.none() | NUMBERS, "v2": WORDS},
)
STYLES = st.sampled_from(["compact", "compact", "compact", "escaped", "spaced"])


@MANY
@given(messages=st.lists(MESSAGES, max_size=12), style=STYLES)
def test_messages_say_what_parsing_them_says(messages: list[Any], style: str) -> None:
    expect_the_same([written(message, style) for message in messages])


@MANY
@given(first=MESSAGES, words=st.lists(WORDS, max_size=6), numbers=st.lists(NUMBERS, max_size=6), style=STYLES)
def test_messages_of_one_job_say_what_parsing_them_says(
    first: Any, words: list[str], numbers: list[float], style: str
) -> None:
    texts = [written(first, style)]
    for word, number in zip(words, numbers, strict=False):
        data = [[["append", [1, "content"], word]] if edits else [] for edits in first["output"]["data"]]
        texts.append(
            written({**first, "output": {**first["output"], "data": data, "duration": number}}, style)
        )
    expect_the_same([*texts, *texts])


LETTERS = [*'"\\][,01.-eE}{:u\t\x01x \x7f', "null", "\\u0041", "]]]", "NaN", ""]
CHANGES = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from(LETTERS), st.integers(0, 2)), min_size=1, max_size=3
)


@MANY
@given(
    jobs=st.lists(
        st.tuples(st.sampled_from(["abcde1", "abcde2"]), st.sampled_from("ab"), NUMBERS), max_size=6
    ),
    order=st.permutations(["msg", "event_id", "output", "success"]),
    style=STYLES,
)
def test_so_they_do_wherever_their_parts_stand(
    jobs: list[tuple[str, str, float]], order: list[str], style: str
) -> None:
    texts: list[str] = []
    for event_id, word, number in jobs:
        output = {"data": [[["append", [], word]], []], "duration": number}
        message = {"msg": "process_generating", "event_id": event_id, "output": output, "success": True}
        texts.append(written({name: message[name] for name in order}, style))
    expect_the_same(texts)


def appending(text: str, event_id: str = IDS[0], duration: float = 0.5) -> str:
    output = {
        "data": [[], [["append", [3, "content"], text]], []],
        "is_generating": True,
        "duration": duration,
        "average_duration": 0.25,
        "render_config": None,
        "changed_state_ids": [],
    }
    return written(
        {
            "msg": "process_generating",
            "event_id": event_id,
            "output": output,
            "success": True,
            "time_limit": None,
        }
    )


@MANY
@given(message=MESSAGES.map(written) | WORDS.map(appending), changes=CHANGES)
def test_what_was_garbled_on_the_way_is_read_or_refused_as_parsing_does(
    message: str, changes: list[tuple[int, str, int]]
) -> None:
    garbled = message
    for wanted, by, removed in changes:
        place = wanted % (len(garbled) + 1)
        garbled = garbled[:place] + by + garbled[place + removed :]
    expect_the_same([message, garbled, message, garbled, garbled])


def test_the_messages_of_two_jobs_that_write_are_parsed_once_each() -> None:
    decoder = RepeatDecoder()
    messages = [decoder.take(appending(f"w{n}", IDS[n % 2], n / 7)) for n in range(100)]
    assert [isinstance(message, Repeated) for message in messages] == [False, False, *[True] * 98]
    for number, message in enumerate(messages):
        assert isinstance(message, ProcessGenerating)
        assert message.event_id == IDS[number % 2]
        assert message.data == [[], [["append", [3, "content"], f"w{number}"]], []]
        assert message.output["duration"] == number / 7


@pytest.mark.parametrize("style", ["compact", "escaped", "spaced"])
def test_however_a_server_writes_its_messages_are_recognised(style: str) -> None:
    decoder = RepeatDecoder()
    texts = [written(json.loads(appending(word)), style) for word in ("a", 'b"\\', "é\n", "😀")]
    assert [isinstance(decoder.take(text), Repeated) for text in texts] == [False, True, True, True]


def test_more_jobs_than_are_remembered_are_parsed() -> None:
    decoder = RepeatDecoder()
    texts = [appending("x", f"{number:032x}") for number in range(65)]
    for text in texts:
        assert not isinstance(decoder.take(text), Repeated)
    # What was remembered has been forgotten with the 65th.
    assert [isinstance(decoder.take(text), Repeated) for text in (texts[64], texts[0], texts[64])] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "text",
    [
        appending("x").replace('"time_limit":null', '"time_limit":"\\n"'),
        appending("x").replace('"time_limit":null', f'"time_limit":"{"y" * 5_000}"'),
        appending("x").replace('"output"', f'"{"y" * 5_000}":0,"output"'),
        appending("\x7f").replace('"\x7f"', '"\\u007f"'),
        appending("x").replace('[["append"', '[["replace"'),
        # It stands there twice, and what counts is written in another way.
        appending("x").replace('"output"', '"earlier":[[],[["append",[3,"content"],"x"]],[]],"output"').replace(
            '[["append",[3,"content"],"x"]],[]],"is', '[["append",[3,"content"],"\\u0078"]],[]],"is'
        ),
        appending("x").replace("0.25", "1" * 40),
        # Between two texts of its own.
        appending(",").replace('"output"', '"earlier":["x","]],[]]"],"output"').replace(
            '"content"],","]', '"content"], ","]'
        ),
        # In a text of its own.
        appending("").replace('"output"', '"earlier":[[["\\""]],[]],"output"').replace(
            '"content"],""]', '"content"], ""]'
        ),
    ],
    ids=["an escape", "much after", "much before", "an escape of it", "a replacement", "twice", "a long number", "between texts", "in a text"],
)  # fmt: skip
def test_what_is_unusual_is_parsed_each_time(text: str) -> None:
    decoder = RepeatDecoder()
    for _ in range(3):
        message = decoder.take(text)
        assert message == take_message(text)
        assert not isinstance(message, Repeated)


@pytest.mark.parametrize(
    "garbled",
    [
        appending("x")[:-1],
        appending("x") + "}",
        appending("x") + " ",
        appending("x").replace('"x"', '"x'),
        appending("x").replace('"x"', "5"),
        appending("x").replace('"x"', "[" * 100_000),
        appending("x").replace("0.5", "x"),
        appending("x").replace("0.5", "00"),
        appending("x").replace("0.25", "0.25."),
        appending("x").replace('"duration"', '"Duration"'),
    ],
    ids=range(10),
)
def test_what_differs_elsewhere_is_parsed(garbled: str) -> None:
    expect_the_same([appending("x"), garbled, appending("y")])


def test_what_hides_a_text_in_another_is_parsed() -> None:
    # The first place where the text stands is inside another one, so that nothing can be put there.
    text = appending("").replace('"output"', '"earlier":"x\\"\\"]],[]]","output"')
    hidden = appending("").replace('"output"', '"earlier":"x\\\\""]],[]],"output"')
    expect_the_same([text, text, hidden, hidden, text])


def messages_in(path: Path, style: str) -> list[str]:
    """Return the texts of all messages in a recording, in order."""
    texts: list[str] = []

    def note(item: dict[str, Any]) -> dict[str, Any]:
        if "msg" in item:
            texts.append(written(item, style))
        lines = [line for value in item.values() if isinstance(value, str) for line in value.split("\n")]
        texts.extend(line.removeprefix("data: ") for line in lines if '"msg"' in line)
        return item

    json.loads(path.read_text(encoding="utf-8"), object_hook=note)
    return texts


@pytest.mark.parametrize("style", ["compact", "spaced"])
@pytest.mark.parametrize("folder", [path for path in sorted(VECTORS.iterdir()) if path.is_dir()])
def test_the_messages_of_all_vectors_say_what_parsing_them_says(folder: Path, style: str) -> None:
    for path in sorted(folder.rglob("*.json")):
        expect_the_same(messages_in(path, style))


def test_messages_of_the_vectors_repeat() -> None:
    decoder = RepeatDecoder()
    paths = sorted((VECTORS / "transcripts").rglob("*.json"))
    repeated = [
        isinstance(decoder.take(text), Repeated) for path in paths for text in messages_in(path, "compact")
    ]
    assert sum(repeated) > 50
