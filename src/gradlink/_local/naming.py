"""What the first bytes of a file that has no name say it is.

Programs that read sound go by the suffix of a file's name.
"""

from __future__ import annotations

from typing import Final

_BEGINNINGS: Final = (
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
    (b"ID3", ".mp3"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"%PDF-", ".pdf"),
    (b"\x1aE\xdf\xa3", ".webm"),
)
_RIFF: Final = {b"WAVE": ".wav", b"WEBP": ".webp", b"AVI ": ".avi"}
# The first frame of an MP3 without tags: its sync bits, MPEG 1 or 2, layer III.
_MP3_FRAMES: Final = (b"\xff\xfa", b"\xff\xfb", b"\xff\xf2", b"\xff\xf3")


def suffix_of(head: bytes) -> str:
    """Return the suffix of what begins with ``head``, such as ".wav"; "" if that is not known."""
    for beginning, suffix in _BEGINNINGS:
        if head.startswith(beginning):
            return suffix
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return ".m4a" if head[8:11] == b"M4A" else ".mp4"
    return ".mp3" if head[:2] in _MP3_FRAMES else ""
