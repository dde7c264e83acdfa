"""Apps whose components ask their server for more by themselves, by themselves or inside another app."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

import gradio as gr

from tests.loading.apps.mounting import beside
from tests.loading.apps.originals import ready


def asking() -> gr.Blocks:
    """Build an app that shows what is on its disk, and takes what is painted."""
    folder = Path(mkdtemp())
    (folder / "outside.txt").write_text("out")
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.txt").write_text("deep")

    def measure(value: dict[str, Any]) -> str:
        return f"{value['composite'].shape} {int(value['background'].mean())}"

    with gr.Blocks(title="Asking") as demo:
        files = gr.FileExplorer(root_dir=folder, label="files", value=[])
        chosen, size = gr.Textbox(label="chosen"), gr.Textbox(label="size")
        files.change(lambda paths: " ".join(Path(path).name for path in paths or ()), files, chosen)
        gr.Button("Rename").click(lambda: gr.update(label="renamed"), None, files)
        editor = gr.ImageEditor(label="editor", image_mode="RGB")
        gr.Button("Measure").click(measure, editor, size)
        ready()
    return demo


def lying() -> gr.Blocks:
    """Build an app whose components name other functions than they have."""
    with gr.Blocks(title="Lying") as demo:
        for said in ([], ["ls"], ["get_config", "_id", "postprocess", "a b", "render"]):
            explorer: Any = gr.FileExplorer(root_dir=mkdtemp(), label="files")
            explorer.server_fns = [SimpleNamespace(__name__=name) for name in said]
        ready()
    return demo


APPS = {"asking": asking, "lying": lying}


def mounted(originals: str = "") -> Any:
    """Return an application that has the apps, or those that have them in them, below their names."""
    return beside(APPS, originals)
