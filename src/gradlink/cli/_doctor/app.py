"""Whether there is a Gradio app, whether it lets the caller in, and whether gradlink speaks with its release."""

from __future__ import annotations

from gradlink._flows.connect import connect
from gradlink._flows.exchange import login
from gradlink._io import HttpReply
from gradlink._protocol.dialect import PROTOCOLS, read_dialect
from gradlink._protocol.jsonvalue import JSONObject, as_list, as_object, as_text, decode
from gradlink._protocol.routes import Routes, above, without_credentials
from gradlink.cli import exits
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, failure, ok, problem, said, skipped, warning
from gradlink.cli._doctor.network import proxy_of, speaks_tls
from gradlink.errors import (
    AuthenticationError,
    ConnectTimeoutError,
    GradlinkError,
    ProtocolError,
    RedirectError,
    TransportError,
)

_START = "Start the app, and check the address that the proxy hands requests on to (nginx: proxy_pass)."
_OF_GATEWAYS = {
    403: (
        "A proxy or firewall keeps requests back that are not a browser's: let /config and /gradio_api/ pass.",
        "If it wants to know who asks: --header 'NAME: VALUE'.",
    ),
    429: ("Too many requests: wait, or raise the proxy's limit.",),
    500: ("The app, or the proxy, fails: look at its log.",),
    502: (_START,),
    503: (_START, "A full or starting app answers so, too: try again in a minute."),
    504: (_START, "Or the app does not answer the proxy in time: look whether it hangs."),
}
_APP_KEYS = frozenset({"dependencies", "auth_required"})


def look_at_app(case: Case) -> Result:
    """Ask for /config, which every Gradio has."""
    try:
        reply = case.get(case.routes.config, redirected=True)
    except RedirectError as exc:
        return failure(
            exc,
            "If that is where the app is, use that address.",
            "If it is a login (SSO) in front of the app, hand its cookie or token on: --header 'Cookie: …'.",
        )
    except ConnectTimeoutError as exc:
        return failure(exc, "Look whether the app hangs, or give it more time: --timeout 60.")
    except TransportError as exc:
        changes = ["Look at the log of the app, or of the proxy in front of it."]
        if (proxy := proxy_of(case)) is not None:
            changes = [f"Requests go through the proxy {proxy}; to go past it: NO_PROXY={said(case.host)}"]
        elif not case.encrypted and speaks_tls(case):
            changes = ["The port speaks TLS: use https://."]
        return failure(exc, *changes)
    except GradlinkError as exc:
        return failure(exc, "What answers there is no Gradio app, or one that is not well.")
    case.reply = reply
    return _judge(case, reply)


def look_at_login(case: Case) -> Result:
    """Log in if the app asks for it, and look whether that opens it."""
    if case.config is not None:
        auth = " (the one given was not needed)" if case.via.auth else ""
        return ok(f"the app asks for none{auth}")
    asked = _message(case.reply)
    if case.via.auth is None:
        return problem(
            f"the app asks for a login{asked}",
            "Give it: --auth USER:PASSWORD or GRADLINK_AUTH; in Python Client(…, auth=('user', 'password')).",
            code=exits.AUTHENTICATION,
        )
    try:
        case.run(login(case.access))
    except AuthenticationError as exc:
        return failure(exc, "Check the user and the password, as launch(auth=…) has them.")
    except GradlinkError as exc:
        return failure(exc, "Let POST /login pass through the proxy as it is.")
    try:
        reply = case.get(case.routes.config, redirected=True)
        config = _config(reply)
    except GradlinkError as exc:
        return failure(exc)
    if config is None or config.get("auth_required") is True:
        return problem(
            f"the app took the login, and asks for it again (status {reply.status})",
            "Have the proxy hand the app's cookies on, in both directions: Set-Cookie and Cookie.",
            "Of several replicas each knows its own logins: send a client always to the same one (sticky sessions).",
            code=exits.AUTHENTICATION,
        )
    case.describe(config)
    return ok(f"the app takes the login of {said(case.via.auth[0])}")


def look_at_version(case: Case) -> Result:
    """Look whether gradlink speaks the app's protocol."""
    config = case.config or {}
    try:
        dialect = read_dialect(config)
    except ProtocolError as exc:
        return failure(
            exc, "Upgrade Gradio in the app (pip install -U gradio), or gradlink if the app is newer."
        )
    case.dialect = dialect
    release = said(dialect.release) or "of unknown version"
    announced = as_text(config.get("protocol")) or "ws"
    if announced not in PROTOCOLS:
        return warning(
            f"Gradio {release} announces the protocol {said(announced)}, which is taken for {dialect.protocol}",
            "Upgrade gradlink if something does not work: pip install -U gradlink.",
        )
    if dialect.queue_may_stop:
        return warning(
            f"Gradio {release}, protocol {dialect.protocol}: one wrong call, or one of a batch function, stops the queue of this "
            "release for everybody",
            "Upgrade Gradio in the app to 4.16 or newer.",
        )
    return ok(f"Gradio {release}, protocol {dialect.protocol}")


def look_at_description(case: Case) -> Result:
    """Look at /info, which clients can do without."""
    raw = "" if "protocol" in (case.config or {}) else "&serialize=False"
    try:
        reply = case.get(case.routes.info + raw)
        named = as_object(decode(reply.body, "/info")).get("named_endpoints") if reply.status == 200 else None
    except GradlinkError as exc:
        return warning(f"/info cannot be read: {said(exc)}", "Let /info pass through the proxy.")
    if isinstance(named, dict):
        count = sum(1 for one in as_list((case.config or {}).get("dependencies")) if isinstance(one, dict))
        return ok(f"/info names {len(named)} endpoints of {count} functions")
    if reply.status == 404:
        return skipped("this release has no /info; parameters are described from /config")
    return warning(
        f"/info answers {reply.status}: parameters are described from /config, with fewer types and names",
        "Update the app's Gradio and the libraries it was made for (pip install -U gradio): old ones fail so.",
    )


def _judge(case: Case, reply: HttpReply) -> Result:
    """Return what an answer to /config says."""
    shown = without_credentials(case.routes.base)
    config = _config(reply)
    if config is not None:
        moved = _moved(case, reply)
        if config.get("auth_required") is not True:
            case.describe(config)
        if moved:
            return warning(f"a Gradio app, to which {shown} redirects", f"Use its own address: {said(moved)}")
        return ok(f"a Gradio app answers at {shown}")
    match reply.status:
        case 401 if _detail(reply) is not None:
            _moved(case, reply)
            return ok(f"a Gradio app answers at {shown}, and asks for a login")
        case 401 | 407:
            return problem(
                f"{shown} asks for a login that is not Gradio's ({said(reply.headers.get('www-authenticate', 'no scheme'))})",
                "Give what the proxy wants: https://USER:PASSWORD@HOST/ for Basic, or --header 'Authorization: Bearer …'.",
                code=exits.AUTHENTICATION,
            )
        case 200 | 404 | 405:
            return _judge_page(case, reply)
        case status:
            changes = _OF_GATEWAYS.get(
                status, ("Look at the log of the app, or of the proxy in front of it.",)
            )
            return problem(
                f"{shown}config answers {status}: {_first_words(reply)}",
                *changes,
                code=exits.QUEUE_FULL if status == 429 else exits.CONNECTION,
            )


def _judge_page(case: Case, reply: HttpReply) -> Result:
    """Return what it means that /config is none: the address may be that of a page of the app."""
    shown = without_credentials(case.routes.base)
    try:
        access, _ = case.run(connect(case.access), 2 * case.answer_seconds)
        case.move(access.routes.base)
        case.reply = case.get(case.routes.config)
        config = _config(case.reply)
    except GradlinkError as exc:
        return _nothing_here(case, reply, exc)
    if config is None:
        return _nothing_here(case, reply, ProtocolError(f"{shown} has no /config"))
    case.describe(config)
    return ok(f"{shown} is a page of the Gradio app at {without_credentials(case.routes.base)}")


def _nothing_here(case: Case, reply: HttpReply, error: GradlinkError) -> Result:
    shown = without_credentials(case.routes.base)
    if isinstance(error, AuthenticationError):
        return failure(
            error,
            "Give the address of the app itself, without the page, and its login: --auth USER:PASSWORD.",
        )
    for base in above(case.routes.base):
        try:
            found = case.get(Routes(base).config)
        except GradlinkError:
            break
        if _config(found) is not None or (found.status == 401 and _detail(found) is not None):
            return problem(
                f"there is no Gradio app at {shown}, but one at {without_credentials(base)}",
                f"Use that address: {without_credentials(base)}",
                "Or have the app lie where the proxy shows it: launch(root_path='/PATH'), with a proxy that takes the path "
                "away (nginx: a slash behind proxy_pass http://127.0.0.1:7860/;).",
                code=exits.CONNECTION,
            )
    return problem(
        f"no Gradio app answers at {shown}: /config is {reply.status}, {_first_words(reply)}",
        "Check the address: with the port, and with the path below which the app is mounted "
        "(mount_gradio_app(path=…)) or shown by the proxy.",
        code=exits.CONNECTION,
    )


def _config(reply: HttpReply) -> JSONObject | None:
    """Return the config that an answer is, None if it is none."""
    if reply.status != 200:
        return None
    try:
        config = as_object(decode(reply.body, "the app's /config"))
    except ProtocolError:
        return None
    return None if config.keys().isdisjoint(_APP_KEYS) else config


def _moved(case: Case, reply: HttpReply) -> str | None:
    """Go to where /config was found; return that address if it is another."""
    if not reply.url.endswith("/config") or reply.url == case.routes.config:
        return None
    base = reply.url.removesuffix("config")
    case.move(base)
    return without_credentials(base)


def _detail(reply: HttpReply) -> object:
    try:
        return as_object(decode(reply.body, "an answer")).get("detail")
    except ProtocolError:
        return None


def _message(reply: HttpReply | None) -> str:
    """Return what the app says with the question for a login."""
    if reply is None:
        return ""
    try:
        body = as_object(decode(reply.body, "an answer"))
    except ProtocolError:
        return ""
    text = as_text(body.get("auth_message")) or as_text(as_object(body.get("detail")).get("auth_message"))
    return f": {said(text)}" if text else ""


def _first_words(reply: HttpReply) -> str:
    text = said(reply.body[:120].decode("utf-8", "replace"))
    return text or "without a word"
