"""Addresses of a Gradio app, made from the URL that the user typed."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from gradlink._dataclass import dataclass

DEFAULT_PREFIX = "/gradio_api"
# Pages have names of one part, and few apps lie deeper than that.
MAX_ABOVE = 4


@dataclass(frozen=True, slots=True)
class Routes:
    """The app's routes.

    Attributes:
        base: the typed URL with one trailing slash, without query and fragment.
        prefix: what /config calls ``api_prefix``: "" before 5.0, "/gradio_api" since.
    """

    base: str
    prefix: str = ""

    @property
    def api(self) -> str:
        """Base and prefix, with one trailing slash."""
        return self.base + (self.prefix.strip("/") + "/" if self.prefix.strip("/") else "")

    @property
    def config(self) -> str:
        # /config, /login and / lie outside the prefix in every version.
        return self.base + "config"

    @property
    def page(self) -> str:
        """Where a page of the app lies: with a slash behind it, Gradio moves it to the root of the host."""
        return self.base if not urlsplit(self.base).path.strip("/") else self.base.rstrip("/")

    @property
    def login(self) -> str:
        return self.base + "login"

    @property
    def info(self) -> str:
        return self.api + "info?all_endpoints=true"

    @property
    def app_id(self) -> str:
        """Where the app says which process of it this is."""
        return self.api + "app_id"

    @property
    def join(self) -> str:
        return self.api + "queue/join"

    @property
    def queue_status(self) -> str:
        return self.api + "queue/status"

    @property
    def data_of_job(self) -> str:
        # 4.0 - 4.8 only: the data of a job is sent by a second request.
        return self.api + "queue/data"

    @property
    def run(self) -> str:
        # By id in the body: the first of several functions with one name would win otherwise.
        return self.api + "run/predict"

    @property
    def upload(self) -> str:
        return self.api + "upload"

    @property
    def cancel(self) -> str:
        return self.api + "cancel"

    @property
    def reset(self) -> str:
        return self.api + "reset"

    @property
    def component_server(self) -> str:
        """Where a component of a page asks for what its server alone knows."""
        return self.api + "component_server"

    @property
    def startup(self) -> str:
        """Where the app is asked to start its queue."""
        return self.api + "startup-events"

    @property
    def websocket(self) -> str:
        return "ws" + self.join.removeprefix("http")

    def stream(self, session_hash: str) -> str:
        """Where the messages of a session are read (since 4.9)."""
        return self.api + "queue/data?" + urlencode({"session_hash": session_hash})

    def stream_of_job(self, fn_index: int, session_hash: str) -> str:
        """Where one job's messages are read (4.0 - 4.8)."""
        return self.join + "?" + urlencode({"fn_index": fn_index, "session_hash": session_hash})

    def heartbeat(self, session_hash: str) -> str:
        return self.api + "heartbeat/" + quote(session_hash, safe="")

    def chunk(self, event_id: str) -> str:
        """Where further input of a live endpoint goes (since 5.0)."""
        return self.api + "stream/" + quote(event_id, safe="")

    def close_chunks(self, event_id: str) -> str:
        return self.chunk(event_id) + "/close"

    def file(self, path: str) -> str:
        """Where the app serves the file that it calls ``path``."""
        return self.api + "file=" + quote(path, safe="/:\\")


def normalise(typed: str) -> str:
    """Return the base for a typed URL: no query, no fragment, one trailing slash."""
    parts = urlsplit(typed.strip())
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path.rstrip("/") + "/", "", ""))


def without_page(base: str, page: str) -> str | None:
    """Return the base of the app whose page ``page`` lies at ``base``, None if ``base`` does not end with it.

    Wire: ``current_page`` in the config of a page of an app with several (since 5.19). Vectors: pages.
    """
    parts = urlsplit(base)
    names, wanted = _names(parts.path), [unquote(name) for name in _names(page)]
    if not wanted or [unquote(name) for name in names[-len(wanted) :]] != wanted:
        return None
    return _with_names(parts, names[: -len(wanted)])


def above(base: str) -> list[str]:
    """Return the addresses that ``base`` may be a page of, the nearest first."""
    parts = urlsplit(base)
    names = _names(parts.path)
    return [_with_names(parts, names[:count]) for count in reversed(range(len(names)))][:MAX_ABOVE]


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]


def _with_names(parts: SplitResult, names: list[str]) -> str:
    path = "".join(f"/{name}" for name in names) + "/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def resolve(base: str, location: str) -> str | None:
    """Return the absolute address of ``location`` as seen from ``base``, None if it is not an address."""
    try:
        target = urljoin(base, location)
        _ = urlsplit(target).port
    except ValueError:
        return None
    return target


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of ``url``, the port that is the scheme's default filled in."""
    parts = urlsplit(url)
    port = parts.port
    if port is None:
        port = {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(parts.scheme)
    return (parts.scheme, (parts.hostname or "").lower(), port)


def same_origin(one: str, other: str) -> bool:
    """Tell whether credentials of ``one`` may be sent to ``other``."""
    return origin(one) == origin(other)


def without_credentials(url: str) -> str:
    """Return ``url`` without user, password and query, for messages and logs."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
