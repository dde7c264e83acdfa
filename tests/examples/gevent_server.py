"""The Flask example under gevent, with a ticker beside it and two more routes to test it by.

``python -m tests.examples.gevent_server`` is the whole program, ``gunicorn tests.examples.gevent_server:app`` its
app. Every answer says in its headers how often the ticker had ticked when the request began and when it ended.
"""

from __future__ import annotations

# It patches everything, so it comes first.
from examples.flask_gevent.app import app, client  # isort: skip

import gevent
from flask import Response, g, request, send_file
from gevent.event import Event
from gevent.pywsgi import WSGIServer

from gradlink import handle_file

TICK_SECONDS = 0.001


class Ticker:
    """A greenlet that ticks whenever it is its turn."""

    def __init__(self) -> None:
        self.ticks = 0
        self._ticked = Event()

    def run(self) -> None:
        while True:
            gevent.sleep(TICK_SECONDS)
            self.ticks += 1
            self._ticked.set()
            self._ticked.clear()

    def wait(self, ticks: int) -> None:
        """Return after so many more ticks."""
        last = self.ticks + ticks
        while self.ticks < last:
            self._ticked.wait()


ticker = Ticker()
gevent.spawn(ticker.run)


@app.before_request
def begin() -> None:
    g.begun_at = ticker.ticks


@app.after_request
def end(response: Response) -> Response:
    response.headers["x-begun-at"] = str(g.begun_at)
    response.headers["x-ended-at"] = str(ticker.ticks)
    return response


@app.post("/upper/<key>")
def upper(key: str) -> Response:
    """Wait at the gate of this key, then return the body in capitals, as a file."""
    client.predict(key, api_name="/gate_parallel")
    return send_file(client.predict(handle_file(request.get_data(), "letter.txt"), api_name="/file_upper"))


@app.get("/ticks/<int:count>")
def ticks(count: int) -> str:
    """Answer after so many more ticks."""
    ticker.wait(count)
    return "ticked"


if __name__ == "__main__":
    server = WSGIServer(("127.0.0.1", 0), app)
    server.start()
    print(f"Serving at http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
    server.serve_forever()
