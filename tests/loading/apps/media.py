"""An app whose sound and film come in pieces, by itself or inside another app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from tests.loading.apps.mounting import beside
from tests.loading.apps.originals import ready

RATE = 16_000
SECONDS = 4
# A frame of AAC with 1024 samples of silence: gradio itself would need ffmpeg to make it.
# A second each of a red square, H.264 in MPEG-TS: ffmpeg -f lavfi -i color=red:s=16x16:r=2:d=1 -output_ts_offset N
FILM = Path(__file__).parent / "film"
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


def _cut(film: Any) -> Any:
    """Have a Video send the pieces whose number it is given: gradio itself would need ffmpeg to measure them."""

    async def stream_output(value: int | None, output_id: str, _: bool) -> Any:
        chunk = (
            None
            if value is None
            else {"data": (FILM / f"{value}.ts").read_bytes(), "duration": 1.0, "extension": ".ts"}
        )
        return chunk, {
            "path": output_id,
            "is_stream": True,
            "orig_name": "film.mp4",
            "meta": {"_type": "gradio.FileData"},
        }

    film.stream_output = stream_output
    return film


def filming() -> gr.Blocks:
    def pieces() -> Iterator[int]:
        yield from range(SECONDS)

    with gr.Blocks(title="Filming") as demo:
        film = _cut(gr.Video(streaming=True, autoplay=True, label="film"))
        gr.Button("Play").click(pieces, None, film)
        ready()
    return demo


def camera() -> gr.Blocks:
    def look(picture: Any, seen: int) -> tuple[int, str]:
        seen += picture is not None
        return seen, "often" if seen > 3 else f"{seen}"

    with gr.Blocks(title="Camera") as demo:
        seen = gr.State(0)
        pictures = gr.Image(sources="webcam", streaming=True, label="pictures")
        looked = gr.Textbox(label="looked")
        pictures.stream(look, [pictures, seen], [seen, looked], stream_every=0.2)
        ready()
    return demo


def microphone() -> gr.Blocks:
    def listen(sound: tuple[int, Any] | None, heard: float) -> tuple[float, str]:
        if sound is not None:
            heard += len(sound[1]) / sound[0]
        return heard, "a second" if heard > 1 else f"{heard:.1f}"

    with gr.Blocks(title="Microphone") as demo:
        heard = gr.State(0.0)
        sound = gr.Audio(sources="microphone", streaming=True, label="sound")
        listened = gr.Textbox(label="listened")
        sound.stream(listen, [sound, heard], [heard, listened], stream_every=0.2)
        ready()
    return demo


APPS = {"playing": playing, "filming": filming, "camera": camera, "microphone": microphone}


def mounted(originals: str = "") -> Any:
    """Return an application that has the apps, or those that have them in them, below their names."""
    return beside(APPS, originals)
