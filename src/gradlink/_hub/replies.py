"""What the Hub's answers mean.

Wire: routes and shapes as the huggingface_hub library uses them; an error has its code and its text in the
headers X-Error-Code and X-Error-Message, the rate limit stands in ``ratelimit``.
"""

from __future__ import annotations

import re
from datetime import datetime

from gradlink._dataclass import dataclass
from gradlink._hub.stages import Runtime, read_runtime
from gradlink._io import HttpReply
from gradlink._protocol.jsonvalue import JSONObject, as_number, as_object, as_text, decode
from gradlink._protocol.replies import retry_after
from gradlink._protocol.routes import without_credentials
from gradlink.errors import (
    ErrorFacts,
    Execution,
    HubAuthenticationError,
    HubError,
    HubRateLimitError,
    ProtocolError,
)

_MAX_SHOWN = 500
_RATE_LIMIT = re.compile(r";\s{0,9}+t\s{0,9}+=\s{0,9}+([0-9]{1,9}+)")
_REFUSED_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105  # what the Hub says of a wrong one


@dataclass(frozen=True, slots=True)
class SpaceInfo:
    """A Space as the Hub describes it.

    Attributes:
        host: where it is reached, None if the Hub does not say.
        private: only its owner and the owner's organisation may call it.
    """

    space_id: str
    host: str | None
    private: bool
    runtime: Runtime


@dataclass(frozen=True, slots=True)
class Quota:
    """The ZeroGPU quota of an account, in seconds of GPU time.

    Attributes:
        base: what the account has until the quota is renewed.
        left: what is left of it.
        resets_at: when it is renewed, None if nothing was used.
        overquota_used: what was used beyond it and is paid for, None if the Hub does not say.
    """

    base: float
    left: float
    resets_at: datetime | None
    overquota_used: float | None


def hub_json(reply: HttpReply, what: str) -> JSONObject:
    """Return the JSON object of a good answer. Raises what :func:`hub_error` says of any other one."""
    if not 200 <= reply.status < 300:
        raise hub_error(reply, what)
    return as_object(decode(reply.body, f"the Hub's answer to {what}")) if reply.body.strip() else {}


def read_space(data: JSONObject, asked: str) -> SpaceInfo:
    """Return the Space that the Hub describes; its name may differ from ``asked``, if it was renamed."""
    host, subdomain = as_text(data.get("host")), as_text(data.get("subdomain"))
    if host is None and subdomain is not None:
        host = f"https://{subdomain}.hf.space"
    return SpaceInfo(
        space_id=as_text(data.get("id")) or asked,
        host=host,
        private=data.get("private") is True,
        runtime=read_runtime(data.get("runtime")),
    )


def read_quota(data: JSONObject) -> Quota:
    """Return the quota that the Hub tells. Raises ProtocolError if it is none."""
    base, left = as_number(data.get("base")), as_number(data.get("current"))
    if base is None or left is None:
        raise ProtocolError(f"the Hub's answer to the question about the quota has no numbers: {data}")
    moment = as_text(data.get("resetsAt"))
    try:
        resets_at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        resets_at = None
    return Quota(base, left, resets_at, as_number(data.get("overquotaUsed")))


def hub_error(reply: HttpReply, what: str) -> HubError:
    """Return what an answer of the Hub that is not a good one means; ``what`` names the request in the text."""
    text, code, facts = _text_of(reply), refusal_code(reply), refusal_facts(reply)
    said = f"{what}: the Hugging Face Hub ({without_credentials(reply.url)}) answered {reply.status}"
    match reply.status:
        case 429:
            said += f": too many requests, try again later ({text})"
            return HubRateLimitError(said, code=code, retry_after=_seconds_to_wait(reply), **facts)
        case 401:
            return HubAuthenticationError(f"{said}: {text}", code=code, **facts)
        case 402:
            said += f": payment required ({text})"
        case 403:
            said += f": the token lacks the permission for this ({text})"
        case status if status >= 500:
            said += f": it is not available at the moment ({text})"
        case _:
            said += f": {text}"
    return HubError(said, code=code, **facts)


def refusal_facts(reply: HttpReply, execution: Execution | None = None) -> ErrorFacts:
    """Return what every error about an answer of the Hub tells of it, and ``execution``."""
    return {
        "status": reply.status,
        "url": without_credentials(reply.url),
        "server_text": _text_of(reply),
        "execution": execution,
    }


def refusal_code(reply: HttpReply) -> str | None:
    """Return what the Hub calls its refusal, None if it does not say."""
    return reply.headers.get("x-error-code")


def token_refused(reply: HttpReply) -> bool:
    """Tell whether the Hub refused the token itself, rather than what was asked for with it."""
    return reply.status == 401 and reply.headers.get("x-error-message") == _REFUSED_TOKEN


def _text_of(reply: HttpReply) -> str:
    message = reply.headers.get("x-error-message")
    if not message:
        try:
            message = as_text(as_object(decode(reply.body, "an answer of the Hub")).get("error"))
        except ProtocolError:
            message = reply.body[:_MAX_SHOWN].decode("utf-8", "replace").strip()
    return (message or "no text")[:_MAX_SHOWN]


def _seconds_to_wait(reply: HttpReply) -> float | None:
    asked = retry_after(reply.headers)
    if asked is not None:
        return asked
    found = _RATE_LIMIT.search(reply.headers.get("ratelimit", ""))
    return float(found[1]) if found else None
