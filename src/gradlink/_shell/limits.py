"""How long single steps of an exchange may take, and how many connections there are."""

from __future__ import annotations

from gradlink._dataclass import dataclass
from gradlink._protocol.policy import Timeout

# The pool's bookkeeping costs time for each of its connections, at every request.
MAX_CONNECTIONS = 32

# For answers that come at once on a healthy server, however slow its functions are.
READ_SECONDS = 60.0

# A server that is too busy to look closes what was idle for 5 s, whatever has come meanwhile. A request that changes nothing is
# sent again then; a stream is lost with its jobs, since somebody may have begun to read it. So little is risked with one.
STREAM_KEEPALIVE_SECONDS = 1.0

# Joins that are on their way at once where nothing holds them up: while one is answered, the next one is sent.
USUAL_LANES = 4
# Where tasks are in line and fewer than one for each that sends them was begun in so many seconds, there are to be twice as many that send:
# what goes to a server nearby is sent as soon by one alone, a server far away lets each of them wait.
STUCK_SECONDS = 0.01
# How long a stream is held back at most while joins are in line: less than anybody notices who has sent that much at once.
HELD_SECONDS = 0.01

# Flows of one Gather that are under way at a time.
MAX_PARALLEL_FLOWS = 4


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """Limits in seconds, None for none.

    Attributes:
        read: for the answer to a request to begin, and to go on.
        idle: the same for a stream.
        pool: for a connection to become free.
    """

    connect: float | None
    read: float | None
    write: float | None
    pool: float | None
    idle: float | None


def wait_limits(given: object, default: Timeout) -> WaitLimits:
    """Return the limits from what ``httpx_kwargs`` has as timeout: a number, or a Timeout of httpx or httpx2.

    Raises TypeError for anything else.
    """
    if given is None:
        return WaitLimits(default.connect, READ_SECONDS, READ_SECONDS, None, default.idle)
    if isinstance(given, (int, float)):
        seconds = float(given)
        return WaitLimits(seconds, seconds, seconds, None, default.idle)
    if all(hasattr(given, name) for name in ("connect", "read", "write", "pool")):
        connect, read, write, pool = (getattr(given, name) for name in ("connect", "read", "write", "pool"))
        return WaitLimits(connect, read, write, pool, default.idle)
    raise TypeError(f"httpx_kwargs: timeout is a number of seconds or an httpx2.Timeout, not {given!r}")
