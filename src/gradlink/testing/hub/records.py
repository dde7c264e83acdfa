"""What a local Hub was asked, and what it shall answer instead of the truth."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any

from gradlink._dataclass import dataclass


@dataclass(frozen=True, slots=True)
class HubRequest:
    """A request as it arrived.

    Attributes:
        to: "hub", or the name of the Space whose address it was sent to.
        query: what follows the question mark.
        headers: names in lower case; values of one name are joined by commas.
        json: the body if it was JSON; bodies of requests to Spaces are passed on unread.
        account: name of the account whose credentials came along, None for none or wrong ones.
        status: what the Hub answered itself, None if a Space answered.
    """

    to: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    json: Any = None
    account: str | None = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the same as a JSON object."""
        return {**asdict(self), "headers": dict(self.headers)}


@dataclass(slots=True)
class PreparedAnswer:
    """An answer in the Hub's stead, for requests whose path contains ``path``.

    Attributes:
        drop: give no answer, close the connection.
    """

    status: int = 503
    path: str = ""
    method: str | None = None
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""
    drop: bool = False


class Records:
    """Requests in the order of their arrival, and answers that wait for theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[HubRequest] = []
        self._answers: list[PreparedAnswer] = []

    def add(self, request: HubRequest) -> None:
        """Note a request."""
        with self._lock:
            self._requests.append(request)

    def requests(self, to: str | None = None) -> list[HubRequest]:
        """Return the requests so far, or those to one place."""
        with self._lock:
            return [request for request in self._requests if to is None or request.to == to]

    def forget(self) -> None:
        """Forget the requests so far, and answers that nobody asked for."""
        with self._lock:
            self._requests.clear()
            self._answers.clear()

    def prepare(self, answer: PreparedAnswer) -> None:
        """Keep an answer for the requests that it is for."""
        with self._lock:
            self._answers.append(answer)

    def prepared(self, method: str, path: str) -> PreparedAnswer | None:
        """Return the answer that was prepared for this request, None to answer it truly."""
        with self._lock:
            for answer in self._answers:
                if answer.path in path and answer.method in {None, method}:
                    answer.times -= 1
                    if answer.times <= 0:
                        self._answers.remove(answer)
                    return answer
        return None
