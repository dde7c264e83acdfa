"""Performs flows by hand: each request is given the next of the answers that a test has written down."""

from __future__ import annotations

import json
from collections import deque
from typing import Any, TypeVar, assert_never

from gradlink._io import (
    Downloaded,
    Flow,
    Gather,
    HttpDownload,
    HttpReply,
    HttpRequest,
    Intent,
    Pause,
    ReadAsDataUri,
    RunCallback,
    Scoped,
    StoreDataUri,
    UseBaseUrl,
    Within,
)
from gradlink.errors import GradlinkError

T = TypeVar("T")


class Answer:
    """What a server says; a body that is not bytes is sent as JSON."""

    def __init__(self, status: int, body: Any = b"", *, url: str | None = None, **headers: str) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.url = url
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Stored:
    """A download that went well, to this path."""

    def __init__(self, path: str) -> None:
        self.path = path


class Play:
    """One performance.

    Flows that are to run side by side run one after the other, in their order.

    Attributes:
        asked: what the flows wanted done, in order; flows within flows excepted.
        closed: flows that were closed before their end.
    """

    def __init__(self, *answers: Answer | Stored | GradlinkError) -> None:
        self._answers = deque(answers)
        self.asked: list[
            HttpRequest | HttpDownload | Pause | UseBaseUrl | RunCallback | ReadAsDataUri | StoreDataUri
        ] = []

    def run(self, flow: Flow[T]) -> T:
        """Return the result of ``flow``, to which every answer must have been given."""
        result = self._run(flow)
        assert not self._answers, f"never asked for: {list(self._answers)}"
        return result

    def requests(self) -> list[str]:
        """Return the method and address of each request and download."""
        return [
            f"{intent.method} {intent.url}" if isinstance(intent, HttpRequest) else f"FETCH {intent.url}"
            for intent in self.asked
            if isinstance(intent, (HttpRequest, HttpDownload))
        ]

    def bodies(self) -> list[Any]:
        """Return the bodies of the requests that have one, JSON as its value."""
        contents = [intent.content for intent in self.asked if isinstance(intent, HttpRequest)]
        return [_value(content) for content in contents if content is not None]

    def pauses(self) -> list[tuple[float, float]]:
        """Return the bounds of the pauses."""
        return [(intent.shortest, intent.longest) for intent in self.asked if isinstance(intent, Pause)]

    def _run(self, flow: Flow[T]) -> T:
        try:
            intent = next(flow)
            while True:
                try:
                    answer = self._perform(intent)
                except GradlinkError as exc:
                    intent = flow.throw(exc)
                else:
                    intent = flow.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def _perform(self, intent: Intent) -> Any:
        if isinstance(intent, Gather):
            return self._gather(intent)
        if isinstance(intent, (Within, Scoped)):
            return self._run(intent.flow)
        self.asked.append(intent)
        match intent:
            case Pause(longest=longest):
                return longest
            case UseBaseUrl():
                return None
            case RunCallback(callback=callback, event=event):
                return callback(event)
            case ReadAsDataUri(source=source):
                return f"data:of {source.name}"
            case StoreDataUri(file_name=name, in_memory=in_memory):
                return b"content of " + name.encode() if in_memory else f"/kept/{name}"
            case HttpRequest() | HttpDownload():
                return self._answer(intent)
            case _:
                assert_never(intent)

    def _answer(self, intent: HttpRequest | HttpDownload) -> HttpReply | Downloaded:
        assert self._answers, f"no answer was written down for {intent}"
        answer = self._answers.popleft()
        if isinstance(answer, GradlinkError):
            raise answer
        if isinstance(answer, Stored):
            if isinstance(intent, HttpDownload) and intent.in_memory:
                return Downloaded(200, {}, b"", intent.url, None, answer.path.encode())
            return Downloaded(200, {}, b"", intent.url, answer.path)
        url = answer.url or intent.url
        if isinstance(intent, HttpDownload):
            return Downloaded(answer.status, answer.headers, answer.body, url, None)
        return HttpReply(answer.status, answer.headers, answer.body, url)

    def _gather(self, intent: Gather) -> list[Any]:
        results: list[Any] = []
        errors: list[GradlinkError] = []
        for flow in intent.flows:
            try:
                results.append(self._run(flow))
            except GradlinkError as exc:
                errors.append(exc)
        if errors:
            raise errors[0]
        return results


def _value(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content
