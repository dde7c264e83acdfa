"""Whether the messages of a stream pass when they are sent, without a call of any function.

What can be opened for that depends on the app's release. Since 4.25 it is the heartbeat of a new session: it says something at
once, and then every 15 s. Gradio 3 says something on each WebSocket that is opened, and waits for an answer. In
between there is no stream that says something of itself.
"""

from __future__ import annotations

import time

from gradlink._protocol.jsonvalue import JSONObject, as_list, as_object
from gradlink._shell.answers import Answer
from gradlink._shell.failures import was_silent
from gradlink._shell.sessionhash import new_session_hash
from gradlink._shell.websocket import READ_BYTES, WRITE_SECONDS, Frames
from gradlink.cli import exits
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, failure, ok, problem, said, skipped, warning
from gradlink.errors import GradlinkError, TransportError

UNBUFFER = (
    "Turn the proxy's buffering off: nginx: proxy_buffering off; proxy_cache off; Apache: ProxyPass … flushpackets=on.",
    "Where only the app can be changed: have it send the header X-Accel-Buffering: no, which nginx obeys.",
)
_UNPACK = "Have the proxy not compress text/event-stream: nginx: leave it out of gzip_types; Caddy: encode with a matcher."
_KEEP_OPEN = (
    "Have the proxy keep connections open that say nothing for a minute: nginx: proxy_read_timeout 3600s; "
    "AWS ALB: idle timeout; HAProxy: timeout tunnel."
)
_UPGRADE = (
    "Have the proxy pass WebSockets on: nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    'proxy_set_header Connection "upgrade";'
)
_SMALL_MESSAGE = 1 << 16


def look_at_stream(case: Case) -> Result:
    """Open a stream that says something at once."""
    if case.dialect is not None and case.dialect.websocket:
        return _socket(case)
    if _runs_at_close(case.config or {}):
        return skipped(
            "the app has functions that run when a stream is closed (unload), so none was opened; --call ENDPOINT tells as much"
        )
    return _heartbeat(case)


def _heartbeat(case: Case) -> Result:
    watch = _Watch()
    try:
        with case.driver.open_stream(case.routes.heartbeat(new_session_hash())) as source:
            return _read(case, source.response, watch)
    except TransportError as exc:
        if watch.first is not None:
            return _cut(watch, said(exc))
        return _silent(case) if was_silent(exc) else failure(exc, _KEEP_OPEN)
    except GradlinkError as exc:
        return failure(exc)


def _read(case: Case, response: Answer, watch: _Watch) -> Result:
    """Wait for the first message of a stream, and for the second if that is wanted."""
    if response.status_code == 404:
        return skipped(
            "this release has no stream that says something without a call; --call ENDPOINT calls a function"
        )
    kind = response.headers.get("content-type", "nothing")
    if response.status_code != 200 or not kind.startswith("text/event-stream"):
        return problem(
            f"the stream answers {response.status_code} with {said(kind)}",
            "Let /gradio_api/heartbeat/ and /gradio_api/queue/data pass through the proxy as they are.",
            code=exits.CONNECTION,
        )
    # As they come: what is in them does not matter, and one piece is never large.
    pieces = (piece for piece in response.iter_raw() if piece)
    if next(pieces, None) is None:
        return problem("the stream ended without a message", _KEEP_OPEN, code=exits.CONNECTION)
    watch.first = watch.seconds
    if case.wishes.heartbeat and next(pieces, None) is None:
        return _cut(watch, "it ended")
    packed = response.headers.get("content-encoding", "identity")
    if packed != "identity":
        return warning(f"the stream is compressed ({said(packed)}), which may hold messages back", _UNPACK)
    found = f"the first message of a stream came after {watch.first:.2f} s"
    return ok(f"{found}, the next one after {watch.seconds:.0f} s" if case.wishes.heartbeat else found)


def _socket(case: Case) -> Result:
    """Open a WebSocket of Gradio 3, which asks for the session at once, and close it instead of answering."""
    watch = _Watch()
    frames = Frames(_SMALL_MESSAGE)
    try:
        with case.driver.open_socket(case.routes.join, {}) as response:
            if response.status_code != 101:
                return problem(
                    f"a WebSocket is refused with {response.status_code}", _UPGRADE, code=exits.CONNECTION
                )
            messages, _ = frames.receive(response.receive(READ_BYTES, case.wishes.patience))
            if frames.closed and not messages:
                return problem("the WebSocket was closed at once", _UPGRADE, code=exits.CONNECTION)
            response.send(frames.close(), WRITE_SECONDS)
    except TransportError as exc:
        return _silent(case) if was_silent(exc) else failure(exc, _UPGRADE)
    except GradlinkError as exc:
        return failure(exc, _UPGRADE)
    return ok(f"a WebSocket opens, its first message came after {watch.seconds:.2f} s")


def _silent(case: Case) -> Result:
    return problem(
        f"no message of a stream came within {case.wishes.patience:g} s, though other requests are answered: a proxy "
        "holds it back",
        *UNBUFFER,
        code=exits.CONNECTION,
    )


def _cut(watch: _Watch, why: str) -> Result:
    return problem(
        f"a stream that says nothing is cut after {watch.seconds:.0f} s ({why})",
        _KEEP_OPEN,
        code=exits.CONNECTION,
    )


def _runs_at_close(config: JSONObject) -> bool:
    """Tell whether the app has functions that run when a session's heartbeat is closed."""
    return any(
        "unload" in as_list(target)
        for dependency in as_list(config.get("dependencies"))
        for target in as_list(as_object(dependency).get("targets"))
    )


class _Watch:
    """Measures a stream.

    Attributes:
        first: seconds until its first message, None as long as there was none.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.first: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds since it was opened."""
        return time.monotonic() - self._began
