"""Headers as the proxy hands them on, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from urllib.parse import urljoin, urlsplit

from gradlink._dataclass import dataclass
from gradlink.recorder.origins import origin_of

Headers = list[tuple[str, str]]

# RFC 9110, 7.6.1; and what the client below sets itself.
_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "http2-settings",
    }
)  # fmt: skip
_OWN_OF_REQUESTS = frozenset({"host", "accept-encoding", "content-length", "cookie", "expect"})
# They hold a browser to the app's own address, or would have it ask there again.
_OWN_OF_REPLIES = frozenset(
    {
        "strict-transport-security",
        "alt-svc",
        "content-security-policy",
        "content-security-policy-report-only",
    }
)
_REWRITTEN = ("text/html", "application/json", "text/event-stream", "application/manifest+json")


@dataclass(frozen=True, slots=True)
class Sides:
    """Where the proxy stands.

    Attributes:
        app: origin of the app.
        proxy: origin of the proxy, as the browser knows it.
        added: headers that every request to the app gets.
    """

    app: str
    proxy: str
    added: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def request_headers(
    given: Iterable[tuple[str, str]], sides: Sides, cookies: Mapping[str, str], *, length: int | None
) -> Headers:
    """Return the headers of a request to the app.

    Args:
        given: as the browser sent them.
        sides: where the proxy stands.
        cookies: those of the proxy's own login, which the browser does not have.
        length: bytes of the body, None where it has as many as the browser says.
    """
    given = [(name.lower(), value) for name, value in given]
    dropped = _HOP_BY_HOP | _OWN_OF_REQUESTS | _named(given)
    added = {name.lower(): value for name, value in sides.added.items()}
    headers = [
        (name, _moved(name, value, sides)) for name, value in given if name not in dropped | added.keys()
    ]
    # What is rewritten or read must not be packed.
    headers += [("accept-encoding", "identity"), *added.items()]
    if cookie := _cookies([value for name, value in given if name == "cookie"], cookies):
        headers.append(("cookie", cookie))
    stated = next((value for name, value in given if name == "content-length"), None)
    if length is not None or stated is not None:
        headers.append(("content-length", str(length) if length is not None else str(stated)))
    return headers


def reply_headers(
    given: Iterable[tuple[str, str]], sides: Sides, url: str, *, rewriting: bool, unpacked: bool
) -> Headers:
    """Return the headers of a reply to the browser.

    Args:
        given: as the app sent them.
        sides: where the proxy stands.
        url: what was asked for, at the app.
        rewriting: the body's length may change.
        unpacked: the body is not packed any more.
    """
    given = [(name.lower(), value) for name, value in given]
    dropped = _HOP_BY_HOP | _OWN_OF_REPLIES | _named(given)
    if rewriting:
        dropped |= {"content-length", "etag", "accept-ranges"}
    if unpacked:
        dropped |= {"content-length", "content-encoding"}
    headers: Headers = []
    for name, value in given:
        if name in dropped:
            continue
        match name:
            case "set-cookie":
                headers.append((name, cookie_for_proxy(value)))
            case "location":
                headers.append((name, location_for_proxy(value, sides, url)))
            case "access-control-allow-origin" if value == sides.app:
                headers.append((name, sides.proxy))
            case _:
                headers.append((name, value))
    if rewriting:
        headers.append(("x-accel-buffering", "no"))
    return headers


def is_rewritten(content_type: str) -> bool:
    """Tell whether a body of this type may name the app's origin where the browser would follow it."""
    return content_type.partition(";")[0].strip().lower() in _REWRITTEN


def cookie_for_proxy(value: str) -> str:
    """Return a Set-Cookie that holds for the proxy: at its host, and without TLS."""
    first, *attributes = value.split(";")
    kept = [part for part in attributes if _attribute(part) not in {"domain", "secure", "partitioned"}]
    # SameSite=None is refused without Secure.
    kept = [" SameSite=Lax" if _attribute(part) == "samesite" else part for part in kept]
    name, equals, content = first.partition("=")
    # A browser takes these names only with Secure.
    return ";".join([_plain(name) + equals + content, *kept])


def location_for_proxy(value: str, sides: Sides, url: str) -> str:
    """Return where a redirect leads to: to the proxy if it stays within the app's origin, else as it is."""
    try:
        target = urljoin(url, value)
        inside = origin_of(target).lower() == sides.app.lower()
    except ValueError:
        return value
    return sides.proxy + target[len(origin_of(target)) :] if inside else value


def _attribute(part: str) -> str:
    return part.partition("=")[0].strip().lower()


_PREFIXES = ("__Secure-", "__Host-")


def _plain(name: str) -> str:
    return f"gradlink{name}" if name.strip().startswith(_PREFIXES) else name


def _original(cookie: str) -> str:
    name = cookie.strip()
    return name.removeprefix("gradlink") if name.removeprefix("gradlink").startswith(_PREFIXES) else name


def _cookies(given: list[str], own: Mapping[str, str]) -> str:
    pairs = [_original(pair) for value in given for pair in value.split(";") if pair.strip()]
    kept = [pair for pair in pairs if pair.partition("=")[0] not in own]
    return "; ".join([*kept, *(f"{name}={value}" for name, value in own.items())])


def _named(given: list[tuple[str, str]]) -> frozenset[str]:
    """Return the headers that the Connection header says are for one hop only."""
    values = [value for name, value in given if name == "connection"]
    return frozenset(word.strip().lower() for value in values for word in value.split(","))


def _moved(name: str, value: str, sides: Sides) -> str:
    if name == "origin":
        return sides.app if urlsplit(value).netloc == urlsplit(sides.proxy).netloc else value
    if name == "referer" and value.startswith(sides.proxy):
        return sides.app + value[len(sides.proxy) :]
    return value
