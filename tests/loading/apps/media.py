"""An app whose sound comes in pieces, by itself or inside another app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from tests.loading.apps.mounting import beside
from tests.loading.apps.originals import ready

RATE = 16_000
SECONDS = 4
# A frame of AAC with 1024 samples of silence: gradio itself would need ffmpeg to make it.
SILENCE = bytes.fromhex("fff16040017ffc01182007")


def _encoded(sound: Any) -> Any:
    """Have an Audio send the frames that it is given as they are."""

    async def stream_output(value: bytes | None, output_id: str, _: bool) -> Any:
        frames = len(value or b"") // len(SILENCE)
        chunk = {"data": value, "duration": frames * 1024 / RATE, "extension": ".aac"}
        return chunk if frames else None, {
            "path": output_id,
            "is_stream": True,
            "orig_name": "sound.aac",
            "meta": {"_type": "gradio.FileData"},
        }

    sound.stream_output = stream_output
    return sound


def playing() -> gr.Blocks:
    def second() -> Iterator[bytes]:
        for _ in range(SECONDS):
            yield SILENCE * 16

    with gr.Blocks(title="Playing") as demo:
        sound = _encoded(gr.Audio(streaming=True, autoplay=True, label="sound"))
        gr.Button("Play").click(second, None, sound)
        ready()
    return demo


APPS = {"playing": playing}


def mounted(originals: str = "") -> Any:
    """Return an application that has the apps, or those that have them in them, below their names."""
    return beside(APPS, originals)
