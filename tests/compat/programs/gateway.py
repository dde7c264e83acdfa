"""An app behind a gateway: an httpx.Auth, headers that are changed later, and limits of httpx."""

from __future__ import annotations

import sys

import httpx
from gradio_client import Client


class Gateway(httpx.Auth):
    def auth_flow(self, request):
        request.headers["X-Probe"] = "gateway"
        yield request


def seen(client):
    return client.predict(api_name="/whoami")["headers"]["x-probe"]


print(
    seen(Client(sys.argv[1], verbose=False, httpx_kwargs={"auth": Gateway(), "timeout": httpx.Timeout(60)}))
)
client = Client(
    sys.argv[1], verbose=False, httpx_kwargs={"timeout": 60}, headers={"x-probe": "first"}, ssl_verify=False
)
print(seen(client))
client.headers["x-probe"] = "second"
print(seen(client), client.token, isinstance(client.cookies, dict), client.ssl_verify)
print(client.headers["x-probe"], "user-agent" in client.headers)
