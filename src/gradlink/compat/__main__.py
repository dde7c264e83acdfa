"""``python -m gradlink.compat program.py args…``: runs a program with gradlink in the place of gradio_client."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from gradlink.compat._installing import install

USAGE = """\
usage: python -m gradlink.compat program.py [arguments ...]
       python -m gradlink.compat -m module [arguments ...]

Run a program that was written for gradio_client with gradlink in its place.
"""


def main(arguments: list[str]) -> None:
    """Run the program that the arguments of the command line name."""
    match arguments:
        case ["-m", str(module), *_] if not module.startswith("-"):
            install()
            sys.argv = arguments[1:]
            # As `python -m` does; what was there is the path of this module's own run.
            sys.path[0] = str(Path.cwd())
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [str(program), *_] if not program.startswith("-"):
            if not Path(program).exists():
                raise SystemExit(f"python -m gradlink.compat: there is no file {program!r}")
            install()
            sys.argv = arguments
            sys.path[0] = str(Path(program).resolve().parent)
            runpy.run_path(program, run_name="__main__")
        case ["-h" | "--help"]:
            sys.stdout.write(USAGE)
        case _:
            sys.stderr.write(USAGE)
            raise SystemExit(2)


if __name__ == "__main__":
    main(sys.argv[1:])
