"""Images of PIL and numpy, as PNG."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final

from gradlink._local.values.libraries import loaded

# What a PNG can hold as it is.
_PNG_MODES: Final = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})
# What is nearest to the others; for those that are not listed, RGB.
_NEAREST: Final = {"I": "I;16", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}
# The types of colour of a PNG, by the number of channels.
_COLOURS: Final = {1: 0, 3: 2, 4: 6}
# It is made to travel, not to be kept: more would cost more time than it saves on the way.
_LEVEL: Final = 1


def png_of_image(image: Any) -> bytes:
    """Return a ``PIL.Image.Image`` as PNG: its pixels, transparency and colour profile, and nothing of its EXIF data.

    Raises ValueError for one that a PNG cannot hold, OSError if its file cannot be read.
    """
    options: dict[str, Any] = {"exif": b"", "compress_level": _LEVEL}
    if image.mode == "F":
        raise ValueError("its pixels are floats of any size; image.convert('L') makes it one of grey")
    if image.mode not in _PNG_MODES:
        image = image.convert(_NEAREST.get(image.mode, "RGB"))
        options["icc_profile"] = None  # it is that of the other colours
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def png_of_array(array: Any) -> bytes:
    """Return a ``numpy.ndarray`` as PNG.

    Shapes: height x width, or height x width x 1, 3 or 4 channels; uint8, bool, or floats from 0 to 1.

    Raises ValueError for any other.
    """
    shape: tuple[int, ...] = array.shape
    channels = 1 if array.ndim == 2 else shape[-1]
    if array.ndim not in {2, 3} or channels not in _COLOURS or array.size == 0:
        raise ValueError(
            f"its shape is {shape}; an image has height x width, or height x width x 1, 3 or 4 channels"
        )
    height, width = shape[:2]
    rows = _bytes_of(array).reshape(height, width * channels)
    numpy = loaded("numpy")
    # Each row as its difference to the one above, which is what PNG calls the filter "Up".
    filtered = numpy.full((height, 1 + width * channels), 2, numpy.uint8)
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[channels], 0, 0, 0)
    pixels = zlib.compress(filtered.tobytes(), _LEVEL)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _bytes_of(array: Any) -> Any:
    numpy = loaded("numpy")
    kind: str = array.dtype.kind
    if array.dtype == numpy.uint8:
        return array
    if kind == "b":
        return array.astype(numpy.uint8) * 255
    if kind != "f":
        raise ValueError(f"its type is {array.dtype}; an image has uint8, or floats from 0 to 1")
    # The lowest and highest of an array with a NaN are NaN, which is not between anything.
    if not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"its floats go from {array.min():g} to {array.max():g}; those of an image from 0 to 1"
        )
    return numpy.rint(array.astype(numpy.float64) * 255).astype(numpy.uint8)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
