"""Which request is sent again at once."""

from __future__ import annotations

import pytest

from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError


@pytest.mark.parametrize(
    ("events", "idempotent", "kind", "again"),
    [
        ([], False, "ReadError", True),  # a kept connection was gone
        ([], False, "RemoteProtocolError", True),
        ([], False, "WriteError", True),
        (["http11.send_request_body.complete"], False, "ReadError", False),
        (["http11.send_request_body.complete"], True, "ReadError", True),
        (["http2.send_request_body.complete"], False, "ReadError", False),
        (["connection.connect_tcp.started"], True, "ReadError", False),
        (["http11.receive_response_headers.complete"], True, "ReadError", False),
        ([], True, "ConnectError", False),
        ([], True, "ReadTimeout", False),
        (["something.else"], False, "ReadError", True),
    ],
)
def test_a_request_that_nobody_read_is_sent_again(
    events: list[str], idempotent: bool, kind: str, again: bool
) -> None:
    attempt = Attempt()
    for event in events:
        attempt.trace(event, None)
    assert attempt.may_repeat(NetworkError(kind, "x"), idempotent=idempotent) is again
