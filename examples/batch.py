"""Make many calls at once, and take each result as soon as it is there.

``python examples/batch.py URL NAME...`` greets everybody with the demo app (``python demo/app.py``).
"""

from __future__ import annotations

import sys
from concurrent.futures import Future, as_completed
from typing import Any

from gradlink import Client, GradlinkError


def main(url: str, names: list[str]) -> int:
    """Greet all ``names``; return how many could not be greeted."""
    failed = 0
    with Client(url, verbose=False) as client:
        # A job is a concurrent.futures.Future, so everything that takes futures takes jobs.
        jobs: dict[Future[Any], str] = {client.submit(name, api_name="/greet"): name for name in names}
        for job in as_completed(jobs):
            try:
                print(f"{jobs[job]}: {job.result()}")
            except GradlinkError as error:
                failed += 1
                print(f"{jobs[job]}: {error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]) > 0)
