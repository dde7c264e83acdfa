"""``gradlink doctor``: finds out why a client cannot use an app."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Literal

import click

from gradlink.cli import exits
from gradlink.cli.completing import complete_endpoint
from gradlink.cli.connecting import Connecting, connecting
from gradlink.cli.console import json_text, output, write

if TYPE_CHECKING:
    from gradlink.cli._doctor.case import Case
    from gradlink.cli._doctor.findings import Finding

PATIENCE_SECONDS = 10.0
_NEVER_IN_HOSTS = frozenset("/?#@\\ \t\r\n")


def _checked_origin(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return the origin as browsers write it."""
    del ctx, param
    if value is None:
        return None
    origin = value.strip().removesuffix("/").lower()
    scheme, mark, host = origin.partition("://")
    # What browsers send: scheme and host, and the port if there is one.
    if scheme not in {"http", "https"} or not mark or not host or not _NEVER_IN_HOSTS.isdisjoint(host):
        raise click.BadParameter(f"{value!r} is not an origin such as https://example.com")
    return origin


@click.command("doctor")
@connecting
@click.option(
    "--call",
    metavar="ENDPOINT",
    shell_complete=complete_endpoint,
    help="Call this function, too, without arguments. Otherwise none of the app's functions is called.",
)
@click.option(
    "--origin", metavar="URL", callback=_checked_origin, help="Of a page in a browser that is to use the app."
)
@click.option(
    "--patience",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=PATIENCE_SECONDS,
    show_default=True,
    help="How long a stream may take to begin.",
)
@click.option("--heartbeat", is_flag=True, help="Wait 15 s to see whether a stream that says nothing is cut.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json"]),
    default="human",
    show_default=True,
    help="For people, or a list of findings for programs.",
)
def command(
    via: Connecting,
    call: str | None,
    origin: str | None,
    patience: float,
    *,
    heartbeat: bool,
    form: Literal["human", "json"],
) -> None:
    """Find out why a client cannot use an app.

    Looks at one thing after the other: the Space, the name, the connection, the certificate, the app, the clocks, the login, the
    version, what the app says of itself, its streams, replicas, pages of other origins, uploads. It says for each finding what
    to change. The exit code is 0 if there is no problem; warnings are none.
    """
    from gradlink.cli._doctor.case import Wishes, open_case

    case = open_case(via, Wishes(call, origin, patience, heartbeat))
    try:
        findings = _listed(case) if form == "json" else _shown(case)
    finally:
        case.driver.close()
    code = next((found.result.exit_code for found in findings if found.result.exit_code), exits.OK)
    if code != exits.OK:
        raise click.exceptions.Exit(code)


def _listed(case: Case) -> list[Finding]:
    from gradlink.cli._doctor.examine import examine

    findings = list(examine(case))
    write(json_text([finding.as_json() for finding in findings]))
    return findings


def _shown(case: Case) -> list[Finding]:
    from gradlink._local.options import without_userinfo
    from gradlink.cli._doctor.examine import Check, examine
    from gradlink.cli._doctor.report import Report

    report = Report()
    report.begin(without_userinfo(case.via.app)[0])
    findings: list[Finding] = []
    waiting = (
        output().console(stderr=True).status("", spinner="dots" if report.fancy else "line")
        if output().progress
        else None
    )
    with waiting or nullcontext():

        def begins(check: Check) -> None:
            if waiting is not None:
                waiting.update(f"{check.title} ...")
                waiting.start()

        for finding in examine(case, begins):
            if waiting is not None:
                # Both are on one terminal, where one would be written over the other.
                waiting.stop()
            report.add(finding)
            findings.append(finding)
    report.end(findings)
    return findings
