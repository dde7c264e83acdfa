"""What one client asked a server for, told from the requests of all others by a header."""

from __future__ import annotations

import uuid

from tests.live.servers import Request, Server

HEADER = "x-asked"


class Asked:
    """The requests of the client that is made with ``headers``; heartbeats are left out.

    A heartbeat is sent at a time of its own, so no test of anything else could count with it.
    """

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.headers = {HEADER: uuid.uuid4().hex}
        self._server = server
        self._seen = 0

    def forget(self) -> None:
        """Leave out what was asked up to now."""
        self._seen += len(self.requests())

    def requests(self, path: str = "") -> list[Request]:
        """Return the requests in the order of arrival, those to paths that end with ``path``."""
        own = [
            request
            for request in self._server.requests()
            if request.headers.get(HEADER) == self.headers[HEADER] and "/heartbeat/" not in request.path
        ]
        return [request for request in own[self._seen :] if request.path.endswith(path)]

    def routes(self) -> list[str]:
        """Return the method and path of each request."""
        return [f"{request.method} {request.path}" for request in self.requests()]
