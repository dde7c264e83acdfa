"""The names of the apps, for those who do not load them."""

from __future__ import annotations

NAMES = (
    "chat",
    "multimodal",
    "image",
    "audio",
    "files",
    "gallery",
    "table",
    "render",
    "locked",
    "batch",
    "many",
    "slow",
    "kinds",
    "hostile",
)
LOGIN = ("ada", "secret")
MANY = 300
