"""Starts servers for tests that are not Python: those of the JavaScript client.

``python -m tests.live.launcher`` prints one line of JSON (``url``) and answers ``GET /VARIANT/INSTANCE`` there with what a
client needs to know of that server, which it starts when first asked for. All of them end when its standard input does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.live.servers import ServerFailed, Servers

STARTING = threading.Lock()  # guards SERVERS
# By instance: test files that run beside each other have servers of their own, all that one of them asks for at once.
SERVERS: defaultdict[str, Servers] = defaultdict(lambda: Servers(most=4))


class Launcher(BaseHTTPRequestHandler):
    """Answers with the address of a server."""

    def do_GET(self) -> None:
        try:
            variant, _, instance = self.path.lstrip("/").partition("/")
            with STARTING:
                server = SERVERS[instance](variant)
            status, reply = 200, {"url": server.url, "caFile": server.ca_file}
        except ServerFailed as failure:
            status, reply = 500, {"error": str(failure)}
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
        """Print nothing."""


def main() -> None:
    launcher = ThreadingHTTPServer(("127.0.0.1", 0), Launcher)
    launcher.daemon_threads = True
    threading.Thread(target=launcher.serve_forever, daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{launcher.server_port}"}), flush=True)  # noqa: T201 - for the tests
    sys.stdin.read()
    for servers in SERVERS.values():
        servers.stop()
    os._exit(0)  # whatever a request still waits for


if __name__ == "__main__":
    main()
