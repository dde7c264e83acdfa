"""From the arguments of a call to what is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gradlink._facts import with_facts
from gradlink._flows.exchange import Access
from gradlink._flows.options import CallOptions
from gradlink._flows.submit import Call
from gradlink._local.filesource import FileSource
from gradlink._local.sources import check_uploads
from gradlink._local.values.frames import check_library
from gradlink._protocol.payload import Payload, bind, with_event
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._shell.options import ConnectionSettings
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._protocol.ticket import Ticket

# What is sent as it is, whatever the endpoint takes.
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def bind_call(
    access: Access,
    schema: AppSchema,
    settings: ConnectionSettings,
    endpoint: Endpoint,
    arguments: tuple[Sequence[Any], Mapping[str, Any]],
    options: CallOptions,
) -> Call:
    """Return the call of ``endpoint`` with these arguments by position and by name.

    Raises ArgumentError, FileError or FileTooLargeError for wrong ones; nothing is sent.
    """
    args, kwargs = arguments
    try:
        if not all(type(value) in _SCALARS for value in (*args, *kwargs.values())):
            from gradlink._local.values.converting import converted_arguments

            args, kwargs = converted_arguments(
                endpoint, args, kwargs, lambda parameter: schema.input_props(endpoint, parameter.slot)
            )
        payload = bind(endpoint, args, kwargs, access.routes, schema.dialect, FileSource)
        if not options.forgiving:
            payload.refuse_mistakes()
        payload = with_event(payload, options.event_data)
        check_uploads(payload.uploads, schema.max_file_size, endpoint.title)
        access, timeout = options.apply(access, settings.transport.timeout)
        form = options.form
        check_library(form.frames)
    except GradlinkError as exc:
        with_facts(exc, endpoint=endpoint.title, execution="not started")
        raise
    headers = dict(options.headers or {})
    return Call(
        access, schema.dialect, payload, headers, settings.oauth_token, timeout, bool(options.resubmit), form
    )


def bind_ticket(
    access: Access, schema: AppSchema, settings: ConnectionSettings, text: str, options: CallOptions
) -> tuple[Ticket, Call]:
    """Return the ticket that is written in ``text``, and the call of its job, of which nothing is sent.

    Raises TicketError for one that cannot be collected here.
    """
    from gradlink._protocol.ticket import endpoint_of, read_ticket

    ticket = read_ticket(text)
    endpoint = endpoint_of(ticket, without_credentials(access.routes.base), schema)
    access, timeout = options.apply(access, settings.transport.timeout)
    check_library(options.form.frames)
    payload = Payload(endpoint, [], (), FileSource)
    headers = dict(options.headers or {})
    return ticket, Call(access, schema.dialect, payload, headers, None, timeout, form=options.form)
