"""Whether pages of another origin may use the app, by what browsers go by (CORS)."""

from __future__ import annotations

from urllib.parse import urlsplit

from gradlink._io import HttpReply, HttpRequest
from gradlink._protocol.filedata import is_private_address
from gradlink._protocol.routes import same_origin
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, problem, said, skipped, warning
from gradlink.errors import GradlinkError

LOCAL_ORIGIN = "http://localhost:3000"
OTHER_ORIGIN = "https://example.com"
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0"})  # noqa: S104  # which Gradio itself takes for local

_PASS = "Let OPTIONS and the header Origin pass through the proxy: Gradio itself answers them."  # noqa: S105  # no password
_HOST = (
    "Gradio lets in pages of other hosts only if it is not asked by the name of a local host. Behind a proxy, hand the name on: "
    "nginx: proxy_set_header Host $http_host;"
)
_LOCAL = (
    "Gradio lets only pages of localhost use an app at localhost: open the page from there, or use the app by another name of "
    "its host."
)
_TWICE = "Either Gradio or the proxy may set it: take the proxy's away (nginx: add_header Access-Control-Allow-Origin)."


def look_at_cors(case: Case) -> Result:
    """Ask as a browser does for a page of another origin: first whether it may, without credentials, then itself."""
    info = case.access.space.info if case.access.space is not None else None
    if info is not None and info.private:
        return skipped(
            "pages use a private Space by a signature, which the JavaScript client asks the Hub for"
        )
    origin = case.wishes.origin or (LOCAL_ORIGIN if is_private_address(case.routes.base) else OTHER_ORIGIN)
    if _is_own(origin, case):
        return ok(f"{said(origin)} is the app's own origin")
    asks = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    try:
        # A browser sends neither cookies nor headers of its page with this question, so none go along.
        preflight = case.ask(HttpRequest("OPTIONS", case.routes.join, headers=asks, same_origin=False))
        answer = case.get(case.routes.config, {"origin": origin})
    except GradlinkError as exc:
        return _bad(case, f"what a browser asks first is not answered: {said(exc)}", _PASS)
    shown = said(origin)
    if not 200 <= preflight.status < 300:
        return _bad(
            case,
            f"what a browser asks first (OPTIONS) is answered {preflight.status}: pages of {shown} are kept out",
            _PASS,
        )
    for reply, what in ((preflight, "OPTIONS"), (answer, "/config")):
        allowed = _allowed(reply)
        if len(allowed) > 1:
            values = said(", ".join(allowed))
            return _bad(
                case,
                f"{what} has Access-Control-Allow-Origin twice ({values}), which no browser takes",
                _TWICE,
            )
        if not {"*", origin}.intersection(allowed):
            values = said(allowed[0]) if allowed else "nothing"
            change = _change(case, origin, allowed)
            return _bad(case, f"pages of {shown} may not use the app ({what} allows {values})", change)
    return ok(f"pages of {shown} may use the app")


def _change(case: Case, origin: str, allowed: list[str]) -> str:
    """Return what lets pages of ``origin`` in: Gradio lets in any, except to an app at a local host."""
    if allowed:
        return _PASS
    if case.host not in _LOCAL_HOSTS:
        return _HOST
    return _PASS if urlsplit(origin).hostname in _LOCAL_HOSTS else _LOCAL


def _bad(case: Case, found: str, *changes: str) -> Result:
    """Return a problem if a page of this origin was asked about; most clients are no pages."""
    return problem(found, *changes) if case.wishes.origin else warning(found, *changes)


def _allowed(reply: HttpReply) -> list[str]:
    value = reply.headers.get("access-control-allow-origin", "")
    return [one.strip() for one in value.split(",") if one.strip()]


def _is_own(origin: str, case: Case) -> bool:
    try:
        return same_origin(origin, case.routes.base)
    except ValueError:
        return False
