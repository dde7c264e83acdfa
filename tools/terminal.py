"""Draw the terminal session of docs/command-line.md: ``python tools/terminal.py`` writes docs/terminal.svg.

The commands are run against the demo app, in a terminal of their own; what they write is drawn by rich. The picture loads
nothing from anywhere.
"""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT  # its fonts are loaded from a foreign host
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
WIDTH = 80
APP = "http://127.0.0.1:7860"
SESSION = (
    ["info", APP],
    ["info", APP, "/bake"],
    ["call", APP, "/greet", "name=Ada", "excited=true"],
    ["call", APP, "/bake", "minutes=50"],
    ["stream", APP, "/chat", "message=Tell me a story"],
)


def main() -> None:
    """Draw it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    with subprocess.Popen(
        [sys.executable, "demo/app.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            url = json.loads(app.stdout.readline())["url"].rstrip("/")
            for arguments in SESSION:
                shown = " ".join(f'"{one}"' if " " in one else one for one in arguments)
                console.print(Text.assemble(("$ ", "bold green"), f"gradlink {shown}"))
                written = run([one.replace(APP, url) for one in arguments]).replace(url, APP)
                console.print(Text.from_ansi(written.rstrip("\r\n")))
                console.print()
        finally:
            app.terminate()
    picture = console.export_svg(
        title="gradlink", theme=MONOKAI, code_format=without_fonts(CONSOLE_SVG_FORMAT)
    )
    PICTURE.write_text(re.sub(r"[ \t]+$", "", picture, flags=re.MULTILINE), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")


def run(arguments: list[str]) -> str:
    """Run ``gradlink`` in a terminal of 80 columns; return what it wrote, colours included."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    size = {"COLUMNS": str(WIDTH), "LINES": "50", "TERM": "xterm-256color"}
    with subprocess.Popen(
        [sys.executable, "-m", "gradlink", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**environment, **size},
    ):
        os.close(slave)
        written = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:  # as Linux says that it has ended
                break
            if not data:
                break
            written += data
    os.close(master)
    return written.decode().replace("\r\n", "\n")


def without_fonts(template: str) -> str:
    """Return a template of rich's without the fonts that it loads: the viewer's own will do."""
    return re.sub(r"@font-face \{\{.*?\}\}", "", template, flags=re.DOTALL)


if __name__ == "__main__":
    main()
