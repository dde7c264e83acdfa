"""Asks the server of a page what its script would ask."""

from __future__ import annotations

import json
from typing import Any

import httpx2


class Asker:
    """Asks the page of an app what its script would ask."""

    def __init__(self, address: str, client: httpx2.Client) -> None:
        self.address = address
        self.client = client
        self._origin = address.split("/", 3)[:3]

    def post(self, path: str, body: Any) -> httpx2.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"{self.address}{path}", content=content, headers={"origin": "/".join(self._origin)}
        )

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(f"{self.address}{path}", headers=headers)

    def call(self, slug: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        """Make a call; return what happened to it."""
        endpoints = self.get("app.json").json()["endpoints"]
        number = next(one["id"] for one in endpoints if one["slug"] == slug)
        answer = self.post("call", {"endpoint": number, "values": values})
        if answer.status_code != 200:
            return [{"type": "refused", "status": answer.status_code, **answer.json()}]
        return [json.loads(line) for line in answer.text.splitlines()]
