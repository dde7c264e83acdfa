"""What is in a file of a result, as images and arrays; PIL and numpy are imported when that is asked for."""

from __future__ import annotations

import importlib
import io
import os
from pathlib import Path
from typing import Any

from gradlink._local.partial import storing


def image_of(content: bytes) -> Any:
    """Return an image as a ``PIL.Image.Image``. Raises OSError if PIL cannot read it."""
    return importlib.import_module("PIL.Image").open(io.BytesIO(content))


def array_of(content: bytes) -> Any:
    """Return what a Gradio function gets of the file with ``type="numpy"``.

    Shapes: of an image its pixels, height x width (x channels); of a WAV a pair of its rate and its samples, one
    per moment, or a row of them for several channels.

    Raises OSError if it is neither.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _samples(content)
    return importlib.import_module("numpy").asarray(image_of(content))


def names_folder(path: str) -> bool:
    """Tell whether a path says of itself that it is a directory."""
    return path.endswith(("/", os.sep))


def save_as(content: bytes, name: str, path: str | os.PathLike[str]) -> Path:
    """Write a file to ``path``, or under its own name into a directory, and return where it is.

    A path that ends with a slash is a directory, which is made if it does not exist.

    Raises FileError if it cannot be written.
    """
    target = Path(path)
    is_folder = names_folder(os.fspath(path))
    with storing(target):
        if is_folder:
            target.mkdir(parents=True, exist_ok=True)
        if is_folder or target.is_dir():
            target /= name
        target.write_bytes(content)
    return target


def _samples(content: bytes) -> tuple[int, Any]:
    import wave

    numpy = importlib.import_module("numpy")
    try:
        with wave.open(io.BytesIO(content)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as exc:
        raise OSError(f"the WAV cannot be read: {exc}") from exc
    if width == 3:
        # As the upper bytes of 32 bits: numpy has no type of 24.
        padded = numpy.zeros((len(frames) // 3, 4), numpy.uint8)
        padded[:, 1:] = numpy.frombuffer(frames, numpy.uint8).reshape(-1, 3)
        samples = padded.reshape(-1).view("<i4")
    else:
        samples = numpy.frombuffer(frames, {1: "u1", 2: "<i2", 4: "<i4"}[width])
    return rate, samples.reshape(-1, channels) if channels > 1 else samples
