"""Print a text while the app writes it.

``python examples/stream.py URL`` for any app with a chat, such as a ``gr.ChatInterface``.
"""

from __future__ import annotations

import sys

from gradlink import Client

client = Client(sys.argv[1])
for text in client.submit("Tell me a story", api_name="/chat").deltas():
    print(text, end="", flush=True)
