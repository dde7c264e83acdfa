"""Retries by what an error says, as scripts over flaky Spaces do."""

from __future__ import annotations

import sys

import gradio_client

client = gradio_client.Client(sys.argv[1], verbose=False, httpx_kwargs={"timeout": 60})
TRANSIENT = ("upstream gradio app has raised an exception", "queue is full", "timed out")


def call(api_name, *args, tries=3, **kwargs):
    for attempt in range(tries):
        try:
            return client.predict(*args, api_name=api_name, **kwargs)
        except Exception as error:
            if not any(text in str(error).lower() for text in TRANSIENT):
                return f"{isinstance(error, ValueError)} {isinstance(error, TypeError)}"
            if attempt + 1 == tries:
                return f"gave up after {attempt + 1}: {isinstance(error, gradio_client.exceptions.AppError)}"


print(call("/boom", "x"))
print(call("/echo", "x"))
print(call("/err", "sorry"))
print(call("/nonsense", "x"))
print(call("/echo"))
print(call("/echo", "x", nonsense=1))
try:
    client.predict(api_name="/echo")
except TypeError as error:
    print("No value provided for required argument: text" in str(error))
