"""Which request is sent again at once."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from gradlink._shell.attempts import Attempt


@pytest.mark.parametrize(
    ("events", "idempotent", "kind", "again"),
    [
        ([], False, httpx2.ReadError, True),  # a kept connection was gone
        ([], False, httpx2.RemoteProtocolError, True),
        ([], False, httpx2.WriteError, True),
        (["http11.send_request_body.complete"], False, httpx2.ReadError, False),
        (["http11.send_request_body.complete"], True, httpx2.ReadError, True),
        (["http2.send_request_body.complete"], False, httpx2.ReadError, False),
        (["connection.connect_tcp.started"], True, httpx2.ReadError, False),
        (["http11.receive_response_headers.complete"], True, httpx2.ReadError, False),
        ([], True, httpx2.ConnectError, False),
        ([], True, httpx2.ReadTimeout, False),
        (["something.else"], False, httpx2.ReadError, True),
    ],
)
def test_a_request_that_nobody_read_is_sent_again(
    events: list[str], idempotent: bool, kind: Any, again: bool
) -> None:
    attempt = Attempt()
    for event in events:
        attempt.trace(event, None)
    assert attempt.may_repeat(kind("x"), idempotent=idempotent) is again
