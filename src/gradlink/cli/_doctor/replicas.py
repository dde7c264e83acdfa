"""Whether several processes answer, and a client always meets the same one."""

from __future__ import annotations

from gradlink._io import HttpRequest
from gradlink._protocol.jsonvalue import as_object, decode
from gradlink.cli import exits
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, problem, said, skipped, warning
from gradlink.errors import GradlinkError

# By chance two replicas answer so many questions alike less than once in a hundred times.
QUESTIONS = 8

_STICKY = (
    "Send each client always to the same replica (sticky sessions): nginx: ip_hash; or sticky cookie; in upstream { }; "
    "Kubernetes: sessionAffinity: ClientIP, or the ingress's affinity: cookie; AWS ALB: stickiness."
)
_ONE = "Or run one process: uvicorn --workers 1, one replica, one container."


def look_at_replicas(case: Case) -> Result:
    """Ask which process answers, each time over a new connection, with the cookies that were given, as clients do."""
    if (case.config or {}).get("app_id") is None:
        return skipped("this release does not say which process answers (3.42 and later do)")
    seen: list[str] = []
    try:
        for _ in range(QUESTIONS):
            reply = case.ask(HttpRequest("GET", case.routes.app_id, headers={"connection": "close"}))
            if reply.status != 200:
                return skipped(f"/app_id answers {reply.status}")
            seen.append(repr(as_object(decode(reply.body, "/app_id")).get("app_id"))[:100])
    except GradlinkError as exc:
        return skipped(f"/app_id cannot be read: {said(exc)}")
    count = len(set(seen))
    if count == 1:
        return ok(f"the same process answered {QUESTIONS} times")
    found = f"{count} processes answered {QUESTIONS} questions, though cookies were handed back"
    if case.dialect is not None and case.dialect.websocket:
        return warning(f"{found}: State and uploaded files of one are unknown to the others", _STICKY, _ONE)
    return problem(
        f"{found}: a call that was accepted by one is unknown to the others (Session not found)",
        _STICKY,
        _ONE,
        code=exits.CONNECTION,
    )
