"""Pictures, sound and video, shown from their content."""

from __future__ import annotations

import base64

from gradlink._html.page import framed, safe, tag
from gradlink._html.words import bytes_text

# A notebook keeps what it shows; a file that is larger is linked to.
MAX_INLINE_BYTES = 4 << 20

_ELEMENTS = {
    "image": '<img src="{}" alt="{}">',
    "audio": '<audio controls src="{}" title="{}"></audio>',
    "video": '<video controls src="{}" title="{}"></video>',
}


# What every browser plays. Those that Python knows by itself differ between machines.
_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".svg": "image/svg+xml",  # in an <img> it runs no script and loads nothing
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}


def is_shown(name: str, size: int) -> bool:
    """Tell whether a notebook shows what is in a file of that name and size."""
    return _suffix(name) in _TYPES and size <= MAX_INLINE_BYTES


def file_html(name: str, size: int, content: bytes | None = None, url: str | None = None) -> str:
    """Return a file: its content if there is some that can be shown, and a link to it if it has an address."""
    element = ""
    if content is not None and is_shown(name, size):
        kind = _TYPES[_suffix(name)]
        encoded = base64.b64encode(content).decode("ascii")
        element = _ELEMENTS[kind.partition("/")[0]].format(f"data:{kind};base64,{encoded}", safe(name))
    link = safe(name) if url is None else f'<a href="{safe(url)}">{safe(name)}</a>'
    return framed(f"{element}<div>{link} {tag('span', 'dim', bytes_text(size))}</div>")


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()
