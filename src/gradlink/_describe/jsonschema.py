"""What a JSON Schema may cost to read, and what it refers to."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from gradlink._protocol.jsonvalue import as_list, get_path

# Characters a type text may take. The largest schema of Gradio's own components needs 600; a drop-down of
# thousands of choices, or definitions that multiply each other, are cut here.
MAX_LENGTH: Final = 10_000
_MAX_REF: Final = 1_000
_CHARACTERS_OF_COST: Final = 16


class Budget:
    """What a schema may cost in all, in characters of its type text.

    Whatever is read of a schema is paid for, so that definitions which refer to each other cannot multiply the work.

    Attributes:
        left: what may still be spent; 0 once something was refused, for good.
    """

    __slots__ = ("left",)

    def __init__(self, characters: int) -> None:
        self.left = characters

    def spend(self, characters: int) -> bool:
        """Take ``characters``; False once there is not enough left."""
        self.left -= characters
        if self.left < 0:
            self.left = 0
            return False
        return True


def referred(root: object, reference: object, budget: Budget) -> object | None:
    """Return what a ``$ref`` in the document ``root`` points to; None if nothing, or if it is too long to follow."""
    if not isinstance(reference, str) or len(reference) > _MAX_REF:
        return None
    if not budget.spend(len(reference) // _CHARACTERS_OF_COST):
        return None
    path = [unquote(key).replace("~1", "/").replace("~0", "~") for key in reference.split("/")[1:]]
    target: object = root if reference.startswith("#") else None
    for key in path:
        items = as_list(target)
        indexed = items and key.isdecimal() and int(key) < len(items)
        target = items[int(key)] if indexed else get_path(target, key)
    if target is not None or not path:
        return target
    # A part cut from a larger document keeps references to where its definitions were.
    return get_path(root, "$defs", path[-1]) or get_path(root, "definitions", path[-1])
