"""A call costs one round trip, however the packets of the one before it arrive."""

from __future__ import annotations

from collections import Counter

from tests.hostile.playing import Hostile
from tests.live.shells import Shell


def test_the_stream_of_a_call_does_not_wait_for_the_answer_to_its_join(
    hostile: Hostile, connect: Shell
) -> None:
    """The close of the stream before it is on its way when it is sent; it is answered when its stream is asked for."""
    url = hostile.script(crossing=True)
    with connect(url) as client:
        assert client.predict("first", api_name="/echo") == "first"
        assert client.predict("second", api_name="/echo", timeout=60) == "second"
        assert client.predict("third", api_name="/echo") == "third"
    paths = Counter(asked["path"] for asked in hostile.asked(url))
    assert paths["/gradio_api/queue/join"] == paths["/gradio_api/queue/data"] == 3


def test_a_request_and_its_body_are_one_packet(hostile: Hostile, connect: Shell) -> None:
    """And two connections are enough for any number of calls that follow each other."""
    url = hostile.script()
    with connect(url) as client:
        for number in range(5):
            assert client.predict(str(number), api_name="/echo") == str(number)
    calls = [asked for asked in hostile.asked(url) if "/queue/" in asked["path"]]
    assert {asked["packets"] for asked in calls} == {1}
    assert len({asked["connection"] for asked in calls}) == 2
