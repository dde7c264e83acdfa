"""How large a file may be."""

from __future__ import annotations

from gradlink._io import HttpRequest
from gradlink._protocol.jsonvalue import as_int
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, said, warning
from gradlink.errors import GradlinkError

# A little more than what nginx and several gateways take by default, which is 1 MiB.
BODY_BYTES = (1 << 20) + (1 << 14)
_SHOWN = f"{BODY_BYTES / (1 << 20):.1f} MiB"
_RAISE = (
    "Raise the proxy's limit: nginx: client_max_body_size 200m; ingress-nginx: "
    "nginx.ingress.kubernetes.io/proxy-body-size: 200m; Apache: LimitRequestBody."
)


def look_at_upload(case: Case) -> Result:
    """Send a body that a proxy may find too large, and that the app refuses unread and stores nowhere.

    An upload is a form. What is sent is none: every release refuses it by its type (400, 422) or has no such route (404), while a
    proxy that takes no such body says so (413).
    """
    limit = as_int((case.config or {}).get("max_file_size"))
    own = (
        "the app sets no limit for files"
        if limit is None
        else f"the app takes files up to {limit:,} bytes (max_file_size)"
    )
    request = HttpRequest(
        "POST",
        case.routes.upload,
        bytes(BODY_BYTES),
        content_type="application/octet-stream",
        idempotent=False,
    )
    try:
        reply = case.ask(request)
    except GradlinkError as exc:
        return warning(f"{own}; a body of {_SHOWN} was not answered: {said(exc)}", _RAISE)
    match reply.status:
        case 413:
            return warning(f"{own}, but a proxy takes no body of {_SHOWN} (413)", _RAISE)
        case 401 | 403 | 429 | 500 | 502 | 503 | 504:
            return warning(
                f"{own}; a body of {_SHOWN} is answered {reply.status}", "Look at the log of the proxy."
            )
        case _:
            return ok(f"{own}; a body of {_SHOWN} reaches it")
