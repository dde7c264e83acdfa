"""An app whose sound and film come in pieces, by itself or inside another app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from tests.loading.apps.mounting import beside
from tests.loading.apps.originals import ready

RATE = 16_000
SECONDS = 4
# A frame of AAC with 1024 samples of silence.
SILENCE = bytes.fromhex("fff16040017ffc01182007")
# A second each of a red square, H.264 in MPEG-TS: ffmpeg -f lavfi -i color=red:s=16x16:r=2:d=1 -output_ts_offset N
FILM = Path(__file__).parent / "film"


def _in_pieces(component: Any, name: str, piece_of: Callable[[Any], dict[str, Any] | None]) -> Any:
    """Have a component send what ``piece_of`` makes of its values: gradio itself would need ffmpeg for it."""

    async def stream_output(value: Any, output_id: str, _: bool) -> Any:
        return piece_of(value), {
            "path": output_id,
            "is_stream": True,
            "orig_name": name,
            "meta": {"_type": "gradio.FileData"},
        }

    component.stream_output = stream_output
    return component


def _frames(value: bytes | None) -> dict[str, Any] | None:
    frames = len(value or b"") // len(SILENCE)
    return {"data": value, "duration": frames * 1024 / RATE, "extension": ".aac"} if frames else None


def _second(number: int | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {"data": (FILM / f"{number}.ts").read_bytes(), "duration": 1.0, "extension": ".ts"}


def playing() -> gr.Blocks:
    def second() -> Iterator[bytes]:
        for _ in range(SECONDS):
            yield SILENCE * 16

    with gr.Blocks(title="Playing") as demo:
        sound = _in_pieces(gr.Audio(streaming=True, autoplay=True, label="sound"), "sound.aac", _frames)
        gr.Button("Play").click(second, None, sound)
        ready()
    return demo


def filming() -> gr.Blocks:
    def pieces() -> Iterator[int]:
        yield from range(SECONDS)

    with gr.Blocks(title="Filming") as demo:
        film = _in_pieces(gr.Video(streaming=True, autoplay=True, label="film"), "film.mp4", _second)
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
