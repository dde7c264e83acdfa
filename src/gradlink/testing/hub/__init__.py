"""A Hugging Face Hub on this machine, whose Spaces are Gradio apps on this machine.

>>> from gradlink.testing.hub import LocalHub  # doctest: +SKIP
>>> with LocalHub() as hub:  # doctest: +SKIP
...     hub.add_account("me", token="hf_me")
...     hub.add_space("me/app", "http://127.0.0.1:7860", private=True, stages=["BUILDING", "RUNNING"])
...     os.environ["HF_ENDPOINT"] = hub.url
...     client = gradlink.Client("me/app", token="hf_me")

It has the routes of the real one that clients of Spaces use, in the shapes that the ``huggingface_hub`` library
reads, and stands before each Space as the real one does: private Spaces show themselves to nobody without
credentials, sleeping ones are woken by a request. It records every request with all its headers, and fails on
demand. ``python -m gradlink.testing.hub --help`` runs it as a program, for tests in other languages.

It needs nothing but the standard library, listens on 127.0.0.1 only, and is not a place for real secrets.
"""

from __future__ import annotations

from gradlink.testing.hub.accounts import Account
from gradlink.testing.hub.records import HubRequest
from gradlink.testing.hub.server import LocalHub
from gradlink.testing.hub.spaces import HubSpace

__all__ = ["Account", "HubRequest", "HubSpace", "LocalHub"]
