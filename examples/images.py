"""Call an app for each image of a folder, and go on where it stopped if it is interrupted.

``python examples/images.py URL FOLDER`` asks the demo app (``python demo/app.py``) whether each picture shows day or night. What is known is in
``FOLDER/answers.db``: a second run asks for new images alone, whatever has ended the first one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gradlink import Client

KINDS = {".png", ".jpg", ".jpeg", ".webp"}


def main(url: str, folder: Path) -> int:
    """Print what is in each image; return how many have no answer."""
    images = sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS)
    failed = 0
    with Client(url, verbose=False) as client:
        # As many at a time as is fastest. A Path is sent as a file; the journal knows it by its content.
        for row in client.map("/classify", images, journal=folder / "answers.db", errors="yield"):
            if row.ok:
                print(f"{images[row.index].name}: {row.value}")
            else:
                failed += 1
                print(f"{images[row.index].name}: {row.error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])) > 0)
