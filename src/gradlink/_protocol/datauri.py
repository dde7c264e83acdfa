"""Data URIs: files whose content is in the value itself, in base64 or percent-encoded.

Gradio 3 sends images so, and every version since 5.0 an SVG. Vectors: files/inline.
"""

from __future__ import annotations

import base64
from urllib.parse import unquote_to_bytes

# The comma comes after a type and its parameters; a text in which it comes later is something else.
_MAX_HEAD = 200


def is_data_uri(text: str) -> bool:
    """Tell whether ``text`` is a data URI."""
    return text[:5].lower() == "data:" and "," in text[:_MAX_HEAD]


def media_type(uri: str) -> str:
    """Return the type that a data URI names, such as "image/svg+xml", "" if it names none."""
    return uri[5:].partition(",")[0].split(";")[0].strip().lower()


def content_of(uri: str) -> bytes:
    """Return the content of a data URI. Raises ValueError if it is broken."""
    head, _, text = uri.partition(",")
    content = unquote_to_bytes(text)
    if not head.rstrip().lower().endswith(";base64"):
        return content
    # As browsers read it: without spaces, and with or without the padding.
    letters = b"".join(content.split()).rstrip(b"=")
    return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
