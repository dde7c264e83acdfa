"""Whether a JSON Schema describes a Gradio file."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from gradlink._protocol.jsonvalue import JSONValue, as_object

# What the properties of a file include: FileData since 4.0 (its meta came with 4.21), the dict of 3.x.
_FILE_KEYS: Final = ({"path", "meta"}, {"path", "url", "orig_name"}, {"name", "data", "is_file"})


def describes_file(properties: AbstractSet[str]) -> bool:
    """Tell whether an object with properties of these names is a Gradio file."""
    return any(keys <= properties for keys in _FILE_KEYS)


def mentions_file(schema: JSONValue) -> bool:
    """Tell whether a Gradio file stands anywhere in ``schema``."""
    todo = [schema]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            properties = as_object(part.get("properties"))
            if part.get("const") == "gradio.FileData" or describes_file(properties.keys()):
                return True
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return False
