"""Uses a client, patches everything for gevent, and uses it again; prints how many results were right.

``python -m tests.examples.late_patching URL``
"""

from __future__ import annotations

import sys
import warnings

from gradlink import Client

client = Client(sys.argv[1], verbose=False)
before = [client.predict("before", api_name="/echo"), client.submit("before", api_name="/echo").result()]

import gevent  # noqa: E402
from gevent import monkey  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore", monkey.MonkeyPatchWarning)  # that it is late is the point
    monkey.patch_all()


def call(number: int) -> bool:
    sent = f"after {number}"
    job = client.submit(sent, api_name="/echo")
    return bool(client.predict(sent, api_name="/echo") == sent and job.result() == sent)


def tick() -> None:
    """Give the event loop something to do, as the socket of a server would."""
    while True:
        gevent.sleep(0.01)


gevent.spawn(tick)
after = [greenlet.get() for greenlet in [gevent.spawn(call, number) for number in range(20)]]
with Client(sys.argv[1], verbose=False) as other:
    fresh = other.predict("fresh", api_name="/echo")
client.close()
print(before == ["before", "before"], after.count(True), fresh)  # noqa: T201
