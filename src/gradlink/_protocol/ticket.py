"""What collects the result of a job that was detached, as a short text.

No credentials are in it. Whoever has it, and may use the app, can read the result once.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import astuple

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue, decode, encode
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._text import one_line
from gradlink.errors import ForeignTicketError, MalformedTicketError, ProtocolError, RestartedTicketError

# The first item of what is written; another one means other items.
FORMAT = 1
# No address is longer, and nobody has to decode more.
MAX_CHARACTERS = 8_192
_CHECK_BYTES = 4
_MAX_ID = 64


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where a job is, and what it is.

    Attributes:
        base: URL of the app with a trailing slash, without user, password and query.
        api_name: the endpoint with its slash, None for one without a name.
        fn_index: the function's id.
        session_hash: the session that it was sent under, in which there is no other job.
        event_id: the server's name for it.
        app_id: what names the process of the app, None if the app does not say.
    """

    base: str
    api_name: str | None
    fn_index: int
    session_hash: str
    event_id: str
    app_id: str | None

    @property
    def title(self) -> str:
        """The endpoint in words."""
        return self.api_name or f"fn_index={self.fn_index}"

    def write(self) -> str:
        """Return the ticket as text: letters, digits, ``-`` and ``_``; the first is a letter, as commands take a ``-`` for an option."""
        items = encode([FORMAT, *astuple(self)])
        check = zlib.crc32(items).to_bytes(_CHECK_BYTES, "big")
        return base64.urlsafe_b64encode(items + check).rstrip(b"=").decode("ascii")


def read_ticket(text: str) -> Ticket:
    """Return the ticket that was written as ``text``; space around it does not count. Raises MalformedTicketError."""
    shown = f"{one_line(text)[:40]!r} is not a ticket"
    items = _items(text.strip(), shown)
    match items:
        case [
            1,
            str(base),
            str() | None as api_name,
            int(fn_index),
            str(session_hash),
            str(event_id),
            str() | None as app_id,
        ]:
            return Ticket(base, api_name, fn_index, session_hash, event_id, app_id)
        case [int(form), *_] if form > FORMAT:
            raise MalformedTicketError(
                f"{shown} that this gradlink can read: it was written by a newer one (format {form})"
            )
        case _:
            raise MalformedTicketError(f"{shown}: it does not say where its job is")


def process_of(schema: AppSchema) -> str | None:
    """Return what names the process that serves the app, None if the app does not say."""
    app_id = schema.app_id
    # An app can say anything: what is longer is no number that it has drawn.
    if isinstance(app_id, int) and abs(app_id) < 1 << 128:
        return str(app_id)
    return app_id if isinstance(app_id, str) and len(app_id) <= _MAX_ID else None


def endpoint_of(ticket: Ticket, base: str, schema: AppSchema) -> Endpoint:
    """Return the endpoint that the job of ``ticket`` calls in the app at ``base``.

    Raises ForeignTicketError if the ticket is of another app, RestartedTicketError if the app was restarted since.
    """
    process = process_of(schema)
    known = ticket.app_id is not None and process is not None
    if ticket.base != base and not (known and ticket.app_id == process):
        raise ForeignTicketError(
            f"the ticket is of a job of {ticket.title} at {one_line(ticket.base)}, and this client's app is {base}"
        )
    if known and ticket.app_id != process:
        raise RestartedTicketError(
            f"{ticket.title}: the app at {base} was restarted since the job was detached, and its jobs are gone with it; or another "
            "replica answers here",
            execution="unknown",
        )
    endpoint = schema.endpoints.get(ticket.fn_index)
    if endpoint is None or endpoint.api_name != ticket.api_name:
        raise ForeignTicketError(
            f"the app at {base} has no {ticket.title} any more (fn_index={ticket.fn_index})"
        )
    return endpoint


def _items(text: str, shown: str) -> list[JSONValue]:
    if not text or len(text) > MAX_CHARACTERS:
        raise MalformedTicketError(f"{shown}: it has {len(text):,} characters")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as exc:
        raise MalformedTicketError(f"{shown}: it has characters that no ticket has, or was cut") from exc
    packed, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if zlib.crc32(packed).to_bytes(_CHECK_BYTES, "big") != check:
        raise MalformedTicketError(f"{shown}: it was cut or changed since client.detach() returned it")
    try:
        items = decode(packed, "the ticket")
    except ProtocolError as exc:
        raise MalformedTicketError(f"{shown}: it does not say where its job is") from exc
    return items if isinstance(items, list) else []
