"""What it means for jobs that a stream, a session or a connection is lost."""

from __future__ import annotations

from copy import copy

from gradlink._facts import with_facts
from gradlink.errors import GradlinkError, SessionLostError, StreamLostError, TransportError

# A server that ends one stream after the other without a word would be asked for ever.
MAX_EMPTY_STREAMS = 3


def lost_with(error: GradlinkError) -> GradlinkError:
    """Return the error for one of the jobs of a stream that ended with ``error``: each has facts of its own."""
    if type(error) is TransportError:
        # The exchange broke before the answer began. To a job that the server had accepted that is the same loss.
        text = f"the stream of messages could not be opened: {error}"
        return with_facts(StreamLostError(text, url=error.url, attempts=error.attempts), cause=error)
    return with_facts(copy(error), cause=error.__cause__)


def unsendable(title: str, cause: Exception) -> GradlinkError:
    """Return the error for a call that failed while it was sent, for a reason that gradlink has no class for."""
    return with_facts(GradlinkError(f"{title}: the call could not be sent: {cause!r}"), cause=cause)


def dropped_socket() -> StreamLostError:
    """Return what it means that a server drops a job's socket without a word."""
    return StreamLostError(
        "the server dropped the job's socket without closing it: it was stopped, a proxy cut the connection, "
        "or it does not know the function"
    )


def unclosed_stream() -> StreamLostError:
    """Return what it means that a stream ends although the server closes each of its streams."""
    return StreamLostError("the stream of messages ended without the server closing it")


def crossed_break() -> StreamLostError:
    """Return what it means that the stream broke while a job was on its way."""
    return StreamLostError(
        "the stream of messages broke while the job was on its way: the server has dropped it"
    )


def stopped_along() -> StreamLostError:
    """Return what it means that a job began while another one of its function was stopped."""
    return StreamLostError(
        "the job began at the moment when another one of its function and session was cancelled, and may have been stopped with it"
    )


def silent_streams() -> StreamLostError:
    """Return what a server means that ends streams without a message."""
    return StreamLostError(
        f"the server ended the session's stream {MAX_EMPTY_STREAMS} times without a message"
    )


def lost_state(session_hash: str) -> SessionLostError:
    """Return the error for a call that would use a State that is lost."""
    return SessionLostError(
        f"the session {session_hash} was lost with its stream, and its State may be lost with it; call reset_session() "
        f"to go on with a fresh one, or set session_hash = {session_hash!r} to go on with what is there",
        execution="not started",
    )
