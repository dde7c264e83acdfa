"""Chat with an app in the terminal: an answer is read while it is being written, and Ctrl-C stops it.

``python examples/chat.py URL`` talks to the demo app (``python demo/app.py``), until an empty line.
"""

from __future__ import annotations

import sys

from gradlink import Client, GradlinkError


def main(url: str) -> None:
    """Answer line after line."""
    with Client(url, verbose=False) as client:
        while message := input("> "):
            try:
                # Leaving the loop, by Ctrl-C for example, cancels the job: the app stops writing, too.
                for text in client.submit(message, api_name="/chat").deltas():
                    print(text, end="", flush=True)
                print()
            except KeyboardInterrupt:
                print(" (stopped)")
            except GradlinkError as error:
                print(error)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (EOFError, KeyboardInterrupt):
        print()
