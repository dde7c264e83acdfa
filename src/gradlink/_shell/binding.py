"""From the arguments of a call to what is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gradlink._facts import with_facts
from gradlink._flows.exchange import Access
from gradlink._flows.options import CallOptions
from gradlink._flows.submit import Call
from gradlink._local.filesource import FileSource
from gradlink._local.sources import check_uploads
from gradlink._local.values.frames import check_library
from gradlink._protocol.payload import bind, with_event
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._shell.options import ConnectionSettings
from gradlink.errors import GradlinkError

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
