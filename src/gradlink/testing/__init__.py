"""Tools for tests of programs that use gradlink: a scripted app, real apps without a port, and a local Hub.

>>> from gradlink.testing import FakeApp
>>> app = FakeApp({"/caption": "a cat"})
>>> with app.client() as client:
...     client.predict("cat.jpg", api_name="/caption")
'a cat'

See docs/testing.md, and :mod:`gradlink.testing.hub` for the Hub.
"""

from __future__ import annotations

TYPE_CHECKING = False  # pytest loads this package in every project that has gradlink

if TYPE_CHECKING:
    from gradlink.testing.fake.app import Call, FakeApp
    from gradlink.testing.fake.script import Hold, State, hold, logged, progressed, queued, stream
    from gradlink.testing.serving import ServedApp, serve

# Loaded on first use, as the names of gradlink are.
_PLACES = {
    "gradlink.testing.fake.app": ["Call", "FakeApp"],
    "gradlink.testing.fake.script": ["Hold", "State", "hold", "logged", "progressed", "queued", "stream"],
    "gradlink.testing.serving": ["ServedApp", "serve"],
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "Call",
    "FakeApp",
    "Hold",
    "ServedApp",
    "State",
    "hold",
    "logged",
    "progressed",
    "queued",
    "serve",
    "stream",
]


def __getattr__(name: str) -> object:
    place = _PLACE_OF.get(name)
    if place is None:
        raise AttributeError(f"module 'gradlink.testing' has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(place), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
