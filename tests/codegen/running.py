"""What programs need that are run: files to send, the package for JavaScript, Node."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import wave
from pathlib import Path

from PIL import Image

from gradlink._protocol.schema import AppSchema
from gradlink.cli.connecting import Connecting
from gradlink.cli.generate import schema_of

ROOT = Path(__file__).parents[2]
JS = ROOT / "js"
END_SECONDS = 120


@functools.cache
def schema(url: str) -> AppSchema:
    return schema_of(Connecting(url))


@functools.cache
def node() -> str | None:
    """Return where Node is, None if it or the package is not there."""
    if not (JS / "dist" / "index.js").exists():
        return None
    found = subprocess.run(
        [ROOT / "scripts" / "setup-js", "path"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return shutil.which("node", path=f"{found}:{os.environ['PATH']}")


def write_media(folder: Path, image: str, sound: str = "in") -> None:
    """Write a picture and a sound of these names."""
    Image.new("RGB", (4, 4), (200, 100, 50)).save(folder / f"{image}.png")
    with wave.open(str(folder / f"{sound}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1" * 80)


def link_package(folder: Path) -> None:
    """Let programs in ``folder`` import the package for JavaScript."""
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "gradlink").symlink_to(JS, target_is_directory=True)
