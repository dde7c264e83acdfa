"""Waits for an app that is not up yet, by the errors of the network."""

from __future__ import annotations

import sys

import httpx
from gradio_client import Client

url, nobody, nothing = sys.argv[1:]
tries = []
for address in (nobody, nothing, url):
    try:
        client = Client(address, verbose=False, httpx_kwargs={"timeout": 60})
        break
    except httpx.ConnectError:
        tries.append("not listening")
    except ValueError as error:
        tries.append(
            "Could not fetch config for" in str(error) or "Could not get Gradio config" in str(error)
        )
print(tries, client.predict(api_name="/ping"))
