"""Serves hostile apps until standard input ends: ``python -m tests.hostile`` prints one line of JSON with its ``url``."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.hostile.server import HostileServer


async def main() -> None:
    url = await HostileServer().start()
    print(json.dumps({"url": url}), flush=True)  # noqa: T201 - for the tests
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # whatever it still plays


if __name__ == "__main__":
    asyncio.run(main())
