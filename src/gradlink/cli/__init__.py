"""The command ``gradlink``; it needs the extra ``gradlink[cli]``."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

INSTALL = "gradlink: the command needs click and rich; install them with: pip install 'gradlink[cli]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code, see :mod:`gradlink.cli.exits`."""
    if any(importlib.util.find_spec(name) is None for name in ("click", "rich")):
        sys.stderr.write(f"{INSTALL}\n")
        return 2
    from gradlink.cli.running import run

    return run(sys.argv[1:] if arguments is None else list(arguments))
