"""Draw the notebook of docs/notebook.png: ``python -m tools.notebook`` executes it against the demo app.

What its cells show is opened in Chromium, in a page that treats it as Jupyter does. It loads nothing from anywhere.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbclient import NotebookClient
from PIL import Image

from tools.demo import serving

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "notebook.png"
APP = "http://127.0.0.1:7860/"
CHROMIUM_SECONDS = 120
CELLS = """
import gradlink

client = gradlink.Client("APP", verbose=False)
client
# %%
with gradlink.progress():
    jobs = [client.submit(what, 2, api_name="/bake") for what in ("bread", "cake", "pie")]
    client.predict(6, 3, api_name="/divide")
    results = [job.result() for job in jobs]
# %%
job = client.submit("buns", 8, api_name="/bake")
for event in job.events():
    if event.type == "progress" and event.units[0].index == 3:
        break
job
# %%
letter = gradlink.handle_file(b"Greetings\\nfrom the harbour", "letter.txt")
client.predict(letter, api_name="/postcard")
"""

# What Jupyter says of everything that a cell shows, and is to be overruled.
_JUPYTER = """
body { margin: 0; padding: 12px 16px; font: 13px system-ui, sans-serif; background: BACK; color: TEXT; }
.cell { margin: 0 0 12px; }
.source { font: 12px/1.45 ui-monospace, Menlo, Consolas, monospace; background: rgba(128,128,128,.12); margin: 0 0 6px;
  border: 1px solid rgba(128,128,128,.25); border-radius: 4px; padding: 7px 10px; white-space: pre-wrap; }
.jp-RenderedHTMLCommon { color: TEXT; font-size: 14px; line-height: 1.5; }
.jp-RenderedHTMLCommon table { border-collapse: collapse; border: none; font-size: 12px; table-layout: fixed;
  margin-left: auto; margin-right: auto; }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr { text-align: right; padding: .5em;
  white-space: nowrap; max-width: none; border: none; vertical-align: middle; }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: rgba(255,0,0,.3); }
"""
_THEMES = {"light": ("#ffffff", "#1a1a1a"), "dark": ("#111111", "#e6e6e6")}

Theme = Literal["light", "dark"]


def execute(source: str) -> Any:
    """Execute code, whose cells are divided by ``# %%``, in a kernel of this environment; return the notebook."""
    cells = [nbformat.v4.new_code_cell(cell.strip("\n")) for cell in source.split("# %%\n")]  # type: ignore[no-untyped-call]
    notebook: Any = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


def page(notebook: Any, theme: Theme = "light", script: str = "") -> str:
    """Return an executed notebook as a page."""
    back, text = _THEMES[theme]
    parts = [
        f"<!doctype html><meta charset=utf-8><style>{_JUPYTER.replace('BACK', back).replace('TEXT', text)}</style>"
    ]
    for cell in notebook.cells:
        shown = "".join(map(_output, cell.outputs))
        parts.append(f'<div class="cell"><pre class="source">{html.escape(cell.source)}</pre>{shown}</div>')
    return "".join(parts) + (f"<script>{script}</script>" if script else "")


def _output(output: Any) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return f'<div class="jp-RenderedHTMLCommon">{data["text/html"]}</div>'
    return (
        f"<pre>{html.escape(str(data.get('text/plain') or output.get('text') or output.get('evalue')))}</pre>"
    )


def chromium() -> str | None:
    """Return where Chromium is, None if it is not there."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def browse(text: str, *options: str) -> str:
    """Open a page in Chromium without a window; return what it writes."""
    program = chromium()
    assert program is not None, (
        "needs Chromium, found none: `apt-get install chromium`, or its path in CHROMIUM"
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "page.html")
        path.write_text(text, encoding="utf-8")
        command = [
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}/profile",
        ]
        done = subprocess.run(
            [*command, *options, path.as_uri()],
            capture_output=True, encoding="utf-8", timeout=CHROMIUM_SECONDS, check=True,
        )  # fmt: skip
    return done.stdout


def look(text: str, target: Path, *, width: int = 780, height: int = 2000) -> None:
    """Write a picture of a page, as high as what is on it."""
    browse(text, "--hide-scrollbars", f"--window-size={width},{height}", f"--screenshot={target}")
    with Image.open(target) as opened:
        whole = opened.convert("RGB")
    background = Image.new("RGB", whole.size, whole.getpixel((0, whole.height - 1)))
    box = _difference(whole, background)
    whole.crop((0, 0, width, min(box + 14, height))).save(target, optimize=True)


def _difference(one: Image.Image, other: Image.Image) -> int:
    from PIL import ImageChops

    box = ImageChops.difference(one, other).getbbox()
    return one.height if box is None else box[3]


def main() -> None:
    """Draw it."""
    with serving() as served:
        url = served.rstrip("/") + "/"
        notebook = execute(CELLS.replace("APP", url))
    text = page(notebook).replace(url, APP)
    # The name of a job is another one each time.
    look(re.sub(r"\b[0-9a-f]{32}\b", "7c0f8d4c5b1a4e0f9d2b6a3e8f5c1d7a", text), PICTURE)
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
