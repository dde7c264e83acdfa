"""The app that is looked at: how it is asked, and what is known of it so far."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import field, replace
from typing import TypeVar
from urllib.parse import urlsplit

from gradlink._dataclass import dataclass
from gradlink._flows.exchange import Access, follow
from gradlink._io import Flow, HttpReply, HttpRequest, send
from gradlink._local.options import SpaceOptions, client_parts
from gradlink._local.store import Stores
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.jsonvalue import JSONObject, as_text
from gradlink._protocol.policy import Timeout
from gradlink._protocol.routes import Routes, without_credentials
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Scope
from gradlink._sync.driver import Driver
from gradlink.cli.connecting import Connecting
from gradlink.errors import ConnectTimeoutError, JobTimeoutError

T = TypeVar("T")

# What one question may take, answer included, unless --timeout says otherwise.
ANSWER_SECONDS = 15.0
# Four times as much for /config, as for the clients.
MAX_ANSWER_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for beyond looking.

    Attributes:
        call: the endpoint that may be called, None for none.
        origin: of a page that is to use the app, None for one that is likely.
        patience: seconds that a stream may take to begin.
        heartbeat: the next message of an idle stream is to be waited for.
    """

    call: str | None = None
    origin: str | None = None
    patience: float = 10.0
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When the server says it is, and when it was here.

    Attributes:
        date: the header as it came.
        age: seconds that the answer lay in a cache.
        here: seconds since the epoch by this machine's clock.
    """

    date: str
    age: float
    here: float


@dataclass(slots=True)
class Case:
    """What the checks share. Each check adds what it has found out, for those that come after it.

    Attributes:
        reply: what /config has answered, None before it was asked.
        config: the app's /config, None as long as it could not be read.
        dialect: what its server can do, None as long as that is not known.
        moment: the first date that came with an answer.
    """

    via: Connecting
    wishes: Wishes
    access: Access
    transport: TransportOptions = field(repr=False)
    driver: Driver = field(repr=False)
    reply: HttpReply | None = None
    config: JSONObject | None = None
    dialect: Dialect | None = None
    moment: Moment | None = None

    @property
    def routes(self) -> Routes:
        """Where the app is."""
        return self.access.routes

    @property
    def host(self) -> str:
        return urlsplit(self.routes.base).hostname or ""

    @property
    def port(self) -> int:
        parts = urlsplit(self.routes.base)
        return parts.port or (443 if self.encrypted else 80)

    @property
    def encrypted(self) -> bool:
        """The address is https."""
        return urlsplit(self.routes.base).scheme == "https"

    @property
    def answer_seconds(self) -> float:
        """How long one question may take."""
        return self.via.timeout or ANSWER_SECONDS

    def move(self, base: str) -> None:
        """Take ``base`` for the app's address."""
        self.access = replace(self.access, routes=Routes(base))

    def describe(self, config: JSONObject) -> None:
        """Take the app's /config."""
        self.config = config
        prefix = as_text(config.get("api_prefix")) or ""
        self.access = replace(self.access, routes=Routes(self.routes.base, prefix))

    def run(self, flow: Flow[T], seconds: float | None = None) -> T:
        """Run ``flow`` in ``seconds``, by default those that a question may take. Raises GradlinkError."""
        limit = seconds or self.answer_seconds
        try:
            return self.driver.run(flow, Scope("total", limit))
        except JobTimeoutError as exc:
            text = f"{without_credentials(self.routes.base)} did not answer within {limit:g} s"
            raise ConnectTimeoutError(text, seconds=limit, url=without_credentials(self.routes.base)) from exc

    def ask(self, request: HttpRequest) -> HttpReply:
        """Return the answer to ``request``, whatever its status. Raises GradlinkError if there is none."""
        return self._noted(self.run(send(request)))

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, redirected: bool = False
    ) -> HttpReply:
        """Return the answer to a GET, as :meth:`ask` does; redirects within the app's origin are followed if wanted."""
        request = HttpRequest("GET", url, headers=headers or {}, holds="description")
        return self._noted(self.run(follow(request) if redirected else send(request)))

    def _noted(self, reply: HttpReply) -> HttpReply:
        date = reply.headers.get("date")
        if self.moment is None and date:
            age = reply.headers.get("age", "")
            # A longer one is none that a cache would say.
            seconds = float(age) if age.isascii() and age.isdecimal() and len(age) < 10 else 0.0
            self.moment = Moment(date[:100], seconds, time.time())
        return reply


def open_case(via: Connecting, wishes: Wishes) -> Case:
    """Return the app of a command line, of which nothing is known yet. Raises ArgumentError for wrong options."""
    parts = client_parts(via.app, via.token, via.auth, via.headers, False, spaces=SpaceOptions())
    seconds = via.timeout or ANSWER_SECONDS
    # Whoever waits for the second message of a stream waits for the 15 s that lie between two.
    idle = wishes.patience + (15.0 if wishes.heartbeat else 0.0)
    transport = TransportOptions(
        parts.headers,
        ssl_verify=not via.insecure,
        timeout=Timeout(connect=seconds, idle=idle),
        httpx_kwargs={"timeout": seconds},
        max_answer=MAX_ANSWER_BYTES,
    )
    driver = Driver(transport, parts.access.routes.base, Stores(None))
    return Case(via, wishes, parts.access, transport, driver)
