"""The checks, in the order in which a client needs what they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from gradlink._dataclass import dataclass
from gradlink.cli._doctor.app import look_at_app, look_at_description, look_at_login, look_at_version
from gradlink.cli._doctor.browser import look_at_cors
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.client import look_at_call, look_at_client
from gradlink.cli._doctor.clock import look_at_clock
from gradlink.cli._doctor.findings import Finding, Level, Result, failure, skipped
from gradlink.cli._doctor.network import look_at_certificate, look_at_connection, look_at_name
from gradlink.cli._doctor.replicas import look_at_replicas
from gradlink.cli._doctor.root import look_at_root
from gradlink.cli._doctor.space import is_space, look_at_space
from gradlink.cli._doctor.stream import look_at_stream
from gradlink.cli._doctor.upload import look_at_upload
from gradlink.errors import GradlinkError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes:
        name: for programs.
        title: for people.
        needs: the check without whose success it is impossible, None if there is none.
        look: does it.
        applies: whether there is anything to look at; where there is not, nothing is said.
    """

    name: str
    title: str
    needs: str | None
    look: Callable[[Case], Result]
    applies: Callable[[Case], bool] = lambda _: True


CHECKS: Final = (
    Check("space", "Space", None, look_at_space, is_space),
    Check("name", "Name", "space", look_at_name),
    Check("connection", "Connection", "name", look_at_connection),
    Check("certificate", "Certificate", "connection", look_at_certificate),
    Check("app", "App", "certificate", look_at_app),
    Check("clock", "Clock", "certificate", look_at_clock),
    Check("login", "Login", "app", look_at_login),
    Check("version", "Version", "login", look_at_version),
    Check("description", "Description", "version", look_at_description),
    Check("root", "Root", "login", look_at_root),
    Check("client", "Client", "version", look_at_client),
    Check("stream", "Stream", "version", look_at_stream),
    Check("call", "Call", "client", look_at_call),
    Check("replicas", "Replicas", "version", look_at_replicas),
    Check("cors", "CORS", "login", look_at_cors),
    Check("upload", "Upload", "login", look_at_upload),
)


def examine(case: Case, begins: Callable[[Check], object] = lambda _: None) -> Iterator[Finding]:
    """Look at everything, and yield each finding at once; ``begins`` is called with what is looked at next.

    What an earlier problem makes impossible is skipped, with the reason.
    """
    titles = {check.name: check.title for check in CHECKS}
    # What stands in the way of each check that is impossible.
    blocked: dict[str, str] = {}
    for check in CHECKS:
        if not check.applies(case):
            continue
        cause = blocked.get(check.needs) if check.needs else None
        if cause is not None:
            blocked[check.name] = cause
            result = skipped(f"{titles[cause]} has to work first")
        else:
            begins(check)
            result = _looked(check, case)
            if result.level is Level.PROBLEM:
                blocked[check.name] = check.name
        yield Finding(check.name, check.title, result)


def _looked(check: Check, case: Case) -> Result:
    try:
        return check.look(case)
    except GradlinkError as exc:
        # One that no check has foreseen is a finding all the same.
        return failure(exc)
