"""An app of our own with another one in it, where packages of custom components are not installed."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

CUSTOM = ("gradio_image_annotation", "gradio_huggingfacehub_search_next")


def uninstall(*packages: str) -> None:
    """Have this process see all that is installed but these."""
    for place, folder in enumerate(sys.path):
        if not any((Path(folder) / package).is_dir() for package in packages):
            continue
        rest = Path(mkdtemp(prefix="gradlink-lacking-"))
        for entry in Path(folder).iterdir():
            if not entry.name.startswith(packages):
                (rest / entry.name).symlink_to(entry)
        sys.path[place] = str(rest)


def mounted(original: str, missing: str) -> Any:
    """Return an application that loads the original, and shows what it was warned of or why it cannot."""
    uninstall(*CUSTOM)

    import fastapi
    import gradio as gr

    import gradlink
    from tests.loading.apps.originals import ready

    options: dict[str, Any] = {"missing": missing}
    with gr.Blocks(title="Lacking") as demo, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", gradlink.LoadWarning)
        try:
            gradlink.load(original, **options)
        except gradlink.LoadError as exc:
            gr.Textbox(str(exc), label="refused")
            ready()
        said = [str(one.message) for one in warned if issubclass(one.category, gradlink.LoadWarning)]
        gr.Textbox("\n".join(said), label="warned")
    return gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/")
