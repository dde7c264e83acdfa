"""Whether gradlink's own client connects, and a call of it if one is wanted."""

from __future__ import annotations

import time
from dataclasses import replace

from gradlink._dataclass import dataclass
from gradlink._protocol.events import DoneEvent
from gradlink.cli import exits
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, failure, ok, problem, said, skipped, warning
from gradlink.cli._doctor.stream import UNBUFFER
from gradlink.errors import ArgumentError, EndpointError, GradlinkError

# In a shorter call it cannot be told whether its messages came when they were sent.
TELLING_SECONDS = 1.0
# The messages of a call come while it runs; those of one that was held back come together, at its end.
TOGETHER = 0.1
CALL_SECONDS = 300.0


@dataclass(slots=True)
class Messages:
    """When the messages of a call came, in seconds since it was sent; the last one is its end."""

    first: float = 0.0
    last: float = 0.0
    count: int = 0

    def add(self, moment: float) -> None:
        """Note that one came."""
        if self.count == 0:
            self.first = moment
        self.last = moment
        self.count += 1


def look_at_client(case: Case) -> Result:
    """Connect as a program does."""
    try:
        with case.via.client(connect_seconds=case.answer_seconds, wait=0, download_files=False) as client:
            named = [one for one in client.endpoints.values() if one.api_name and one.callable]
    except GradlinkError as exc:
        return failure(exc)
    return ok(f"gradlink.Client connects and finds {len(named)} endpoints")


def look_at_call(case: Case) -> Result:
    """Call the endpoint that was named, and look whether its messages come while it runs."""
    name = case.wishes.call
    if name is None:
        return skipped("no function of the app was called; --call ENDPOINT calls one, without arguments")
    name = name if name.startswith("/") else f"/{name}"
    seconds = case.via.timeout or CALL_SECONDS
    via = replace(case.via, timeout=seconds)
    try:
        with via.client(connect_seconds=case.answer_seconds, wait=0, download_files=False) as client:
            began = time.monotonic()
            messages = Messages()
            error: BaseException | None = None
            for event in client.submit(api_name=name).events():
                messages.add(time.monotonic() - began)
                if isinstance(event, DoneEvent):
                    error = event.error
    except (ArgumentError, EndpointError) as exc:
        return failure(
            exc, "Name an endpoint that can be called without arguments: gradlink info APP lists them."
        )
    except GradlinkError as exc:
        return failure(exc)
    if error is not None:
        change = "The function itself fails: look at the app's log, or start it with launch(show_error=True)."
        return failure(error, change) if exits.exit_code(error) == exits.APP_ERROR else failure(error)
    return judge_messages(said(name), messages)


def judge_messages(name: str, messages: Messages) -> Result:
    """Return what it means when the messages of a call came."""
    first, last = messages.first, messages.last
    took = f"{name} answered after {last:.1f} s"
    if last < TELLING_SECONDS:
        return ok(f"{took}, which is too short to tell whether its messages are held back")
    if messages.count < 3:
        return warning(
            f"{took}, without a message before its end",
            "To know more, call a function that streams or takes the queue.",
        )
    if last - first < TOGETHER * last:
        found = f"{took}, and all of its {messages.count} messages came together then"
        return problem(found, *UNBUFFER, code=exits.CONNECTION)
    return ok(f"{took}, its {messages.count} messages came while it ran, the first after {first:.1f} s")
