"""What kind of value of another library something is; no library is imported to find out."""

from __future__ import annotations

import sys
from typing import Any


def loaded(name: str) -> Any:
    """Return the module ``name`` if the program has imported it, None if not."""
    return sys.modules.get(name)


def is_image(value: object) -> bool:
    """Tell whether ``value`` is a ``PIL.Image.Image``."""
    return _is(value, "PIL.Image", "Image")


def is_array(value: object) -> bool:
    """Tell whether ``value`` is a ``numpy.ndarray``."""
    return _is(value, "numpy", "ndarray")


def is_scalar(value: object) -> bool:
    """Tell whether ``value`` is a single value of numpy, such as a ``numpy.float32``."""
    return _is(value, "numpy", "generic")


def is_frame(value: object) -> bool:
    """Tell whether ``value`` is a ``DataFrame`` of pandas or polars."""
    return _is(value, "pandas", "DataFrame") or _is(value, "polars", "DataFrame")


def is_series(value: object) -> bool:
    """Tell whether ``value`` is a ``Series`` of pandas or polars."""
    return _is(value, "pandas", "Series") or _is(value, "polars", "Series")


def is_missing(value: object) -> bool:
    """Tell whether ``value`` stands for one that is not there: pandas' NA and NaT, numpy's NaT."""
    pandas, numpy = loaded("pandas"), loaded("numpy")
    if pandas is not None and (value is getattr(pandas, "NA", ...) or value is getattr(pandas, "NaT", ...)):
        return True
    return numpy is not None and isinstance(value, numpy.datetime64) and bool(numpy.isnat(value))


def type_name(value: object) -> str:
    """Return the name of the type of ``value`` for people, such as ``PIL.PngImageFile``."""
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    return kind.__qualname__ if package == "builtins" else f"{package}.{kind.__qualname__}"


def _is(value: object, module: str, name: str) -> bool:
    # While a thread imports the module, it may have no such class yet.
    kind = getattr(loaded(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)
