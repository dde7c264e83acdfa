"""Sound of numpy, as WAV."""

from __future__ import annotations

import io
import wave
from typing import Any, Final, TypeGuard, cast

from gradlink._local.values.libraries import is_array, is_scalar, loaded

# More channels than anybody's: such an array has its axes the other way round.
_MAX_CHANNELS: Final = 32


def is_sound(value: object) -> TypeGuard[tuple[Any, Any]]:
    """Tell whether ``value`` is a pair of a sample rate and an array of samples, as Gradio's functions have sound."""
    if not isinstance(value, tuple):
        return False
    pair = cast("tuple[object, ...]", value)
    return len(pair) == 2 and (isinstance(pair[0], int) or is_scalar(pair[0])) and is_array(pair[1])


def wav_of(rate: Any, samples: Any) -> bytes:
    """Return sound as WAV of 16 bits.

    Shapes: samples, or samples x channels; int16, int32, uint8, or floats from -1 to 1.

    Args:
        rate: samples per second.
        samples: a ``numpy.ndarray``.

    Raises ValueError for any other.
    """
    frames_per_second = int(rate)
    if frames_per_second < 1 or frames_per_second != rate:
        raise ValueError(f"its rate is {rate}; a rate is a whole number of samples per second")
    channels = 1 if samples.ndim == 1 else samples.shape[-1]
    if samples.ndim not in {1, 2} or not 1 <= channels <= _MAX_CHANNELS:
        raise ValueError(
            f"the shape of its samples is {samples.shape}; sound has samples, or samples x channels"
        )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(frames_per_second)
        file.writeframes(_sixteen_bits(samples).astype("<i2").tobytes())
    return buffer.getvalue()


def _sixteen_bits(samples: Any) -> Any:
    numpy = loaded("numpy")
    match samples.dtype.name:
        case "int16":
            return samples
        case "int32":
            return samples >> 16
        case "uint8":
            return (samples.astype(numpy.int16) - 128) << 8
        case _:
            pass
    if samples.dtype.kind != "f":
        raise ValueError(
            f"the type of its samples is {samples.dtype}; sound has int16, int32, uint8, or floats from -1 to 1"
        )
    if samples.size and not (samples.min() >= -1 and samples.max() <= 1):
        raise ValueError(
            f"its samples go from {samples.min():g} to {samples.max():g}; floats of sound go from -1 to 1"
        )
    return numpy.rint(samples.astype(numpy.float64) * 32767)
