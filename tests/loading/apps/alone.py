"""One original at a port that is known: ``python -m tests.loading.apps.alone NAME PORT``."""

from __future__ import annotations

import json
import sys

from tests.loading.apps.originals import APPS


def main() -> None:
    """Serve until it is killed."""
    name, port = sys.argv[1:]
    app = APPS[name]()
    _, url, _ = app.launch(
        server_name="127.0.0.1", server_port=int(port), quiet=True, prevent_thread_lock=True
    )
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()
    app.block_thread()


if __name__ == "__main__":
    main()
