"""The way to the app's host: its name, its port, its certificate."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
from urllib.request import getproxies, proxy_bypass

from gradlink._dataclass import dataclass
from gradlink._protocol.filedata import is_private_address
from gradlink._protocol.routes import without_credentials
from gradlink._shell.trust import tls_context
from gradlink.cli import exits
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, problem, said, skipped, warning

# A host with more addresses is tried at these.
MAX_ADDRESSES = 4
CONNECT_SECONDS = 5.0

_CA_FILE = "Trust the authority that signed it: SSL_CERT_FILE=ca.pem gradlink …, in Python Client(…, ssl_verify='ca.pem')."
_INSECURE = "Or check no certificate, on a network that you trust: --insecure, Client(…, ssl_verify=False)."
# Where X509_V_ERR_… of OpenSSL has a cause that is not that of the others.
_CAUSES = {
    9: ("is not valid yet", "Set the clock of this machine, or wait."),
    10: ("has expired", "Renew it on the server, and check that the server was reloaded since."),
    18: ("is self-signed", ""),
    19: ("is signed by an authority that this machine does not know", ""),
    20: (
        "is signed by an authority that this machine does not know",
        "If the authority is a public one: have the server send the whole chain (nginx: ssl_certificate fullchain.pem;).",
    ),
    62: ("is for another name", "Use the name that it is for, or have one made for this name."),
    64: ("is for another address", "Use the name that it is for, or have one made for this address."),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One address that was connected to.

    Attributes:
        error: why that failed, None if it was accepted.
        silent: nothing was answered, which takes a client's time.
    """

    address: str
    error: str | None = None
    silent: bool = False


def look_at_name(case: Case) -> Result:
    """Look the host's name up."""
    if (proxy := proxy_of(case)) is not None:
        return skipped(f"the proxy {proxy} looks names up itself")
    host = case.host
    if _is_address(host):
        return ok(f"{said(host)} is an address")
    try:
        addresses = _addresses(host, case.port)
    except (OSError, UnicodeError) as exc:
        return problem(
            f"{said(host)} cannot be looked up: {_reason(exc)}",
            "Check the spelling of the name, and whether it needs a VPN or another DNS server.",
            f"See what this machine's DNS says: nslookup {said(host)}",
            code=exits.CONNECTION,
        )
    shown = ", ".join(addresses[:MAX_ADDRESSES])
    return ok(f"{said(host)} is {shown}")


def look_at_connection(case: Case) -> Result:
    """Connect to each address of the host."""
    if (proxy := proxy_of(case)) is not None:
        return skipped(f"the proxy {proxy} connects to the app")
    try:
        addresses = _addresses(case.host, case.port)[:MAX_ADDRESSES]
    except (OSError, UnicodeError) as exc:
        return problem(f"{said(case.host)} has no address: {_reason(exc)}", code=exits.CONNECTION)
    tried = [_try(address, case.port) for address in addresses]
    failed = [f"{one.address} ({one.error})" for one in tried if one.error is not None]
    good = [one.address for one in tried if one.error is None]
    if not good:
        return problem(
            f"nothing answers at port {case.port} of {', '.join(failed)}",
            "Start the app, and check the port that it prints (7860 by default).",
            "For other machines: launch(server_name='0.0.0.0'), and let the port through the firewall; of a "
            "container publish it (docker run -p 7860:7860).",
            code=exits.CONNECTION,
        )
    found = f"port {case.port} accepts connections at {', '.join(good)}"
    if failed:
        found += f", not at {', '.join(failed)}"
    if any(one.silent for one in tried):
        return warning(
            f"{found}: clients lose time where nothing is answered",
            f"Use an address that answers ({good[0]}), or take the others out of the name's DNS.",
        )
    return ok(found)


def look_at_certificate(case: Case) -> Result:
    """Make a TLS connection, as a client does, and say what is wrong with the certificate if it is not trusted."""
    if not case.encrypted:
        gives = case.via.auth or case.via.token or case.via.headers
        if gives and not is_private_address(case.routes.base):
            return warning(
                "the address is http: whoever is on the way can read the login or token", "Use https://."
            )
        return skipped("the address is http")
    if (proxy := proxy_of(case)) is not None:
        return skipped(f"the connection goes through the proxy {proxy}")
    try:
        version = _handshake(case, tls_context(verify=True))
    except ssl.SSLCertVerificationError as exc:
        return _distrusted(case, exc)
    except (OSError, ValueError) as exc:
        return _no_tls(exc)
    if case.via.insecure:
        return warning(f"the certificate is good, but is not checked ({version})", "Leave --insecure out.")
    return ok(f"{version}, the certificate is trusted")


def speaks_tls(case: Case) -> bool:
    """Tell whether TLS is spoken at the app's port, though the address is http."""
    try:
        _handshake(case, tls_context(verify=False))
    except (OSError, ValueError):
        return False
    return True


def proxy_of(case: Case) -> str | None:
    """Return the proxy that requests to the app go through, by the environment; None if they go straight."""
    proxies = getproxies()
    proxy = proxies.get("https" if case.encrypted else "http") or proxies.get("all")
    if not proxy or proxy_bypass(f"{case.host}:{case.port}"):
        return None
    return said(without_credentials(proxy if "://" in proxy else f"http://{proxy}"))


def _distrusted(case: Case, exc: ssl.SSLCertVerificationError) -> Result:
    what, change = _CAUSES.get(exc.verify_code, ("is not trusted", ""))
    found = f"the certificate {what} ({said(exc.verify_message)})"
    if case.via.insecure:
        return warning(f"{found}, and is not checked", _CA_FILE)
    return problem(found, *filter(None, (change,)), _CA_FILE, _INSECURE, code=exits.CONNECTION)


def _no_tls(exc: Exception) -> Result:
    reason = getattr(exc, "reason", None) or ""
    changes = ["Check that the server's TLS works: openssl s_client -connect HOST:PORT"]
    if "WRONG_VERSION_NUMBER" in str(reason) or "RECORD_LAYER_FAILURE" in str(reason):
        changes = ["The port does not speak TLS: use http://, or the port of https (443)."]
    return problem(f"there is no TLS connection: {said(exc)}", *changes, code=exits.CONNECTION)


def _handshake(case: Case, context: ssl.SSLContext) -> str:
    """Return the version of TLS that is spoken. Raises OSError or ValueError if none is."""
    with (
        socket.create_connection((case.host, case.port), CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=case.host) as wrapped,
    ):
        return wrapped.version() or "TLS"


def _addresses(host: str, port: int) -> list[str]:
    """Return the host's addresses, each once. Raises OSError or UnicodeError if it has none.

    The system's look-up has no limit of time, so it is left to a thread that nobody waits for any longer.
    """
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(place[4][0]) for place in found)))
        except (OSError, UnicodeError) as exc:
            answer.put(exc)

    threading.Thread(target=look_up, name="gradlink-name", daemon=True).start()
    try:
        result = answer.get(timeout=CONNECT_SECONDS)
    except queue.Empty:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:g} s") from None
    if isinstance(result, Exception):
        raise result
    return result


def _try(address: str, port: int) -> Tried:
    try:
        socket.create_connection((address, port), CONNECT_SECONDS).close()
    except OSError as exc:
        return Tried(address, _reason(exc), isinstance(exc, TimeoutError))
    return Tried(address)


def _reason(exc: Exception) -> str:
    """Return what the system says, without its number."""
    return said(getattr(exc, "strerror", None) or exc)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
