"""Names in the programs that are written: of variables, and of the files beside them."""

from __future__ import annotations

import keyword
import re
from typing import Final

_MAX_NAME: Final = 40
_MAX_FILE: Final = 80
# Names of Windows' devices: a file of that name cannot be written there.
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
# What the programs use themselves, and what JavaScript reserves.
_TAKEN: Final = frozenset(
    {
        "client", "Client", "handle_file", "os", "job", "value", "event", "count", "print", "suppress", "console",
        "process", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
        "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import",
        "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public", "return",
        "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield",
        "arguments", "eval", "undefined", "type", "len", "isinstance", "list", "dict", "str", "int", "float", "bool",
        "pytest", "AppError", "async", "of", "enumerate", "test_recorded",
    }
)  # fmt: skip


class Names:
    """Names that are given once each."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def variable(self, wanted: str) -> str:
        """Return an identifier of Python and of JavaScript like ``wanted`` that nobody has yet."""
        name = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_").lower()[:_MAX_NAME] or "result"
        if name[0].isdigit():
            name = f"result_{name}"
        if keyword.iskeyword(name) or name in _TAKEN or name.startswith("client"):
            name = f"{name}_result"
        return self._free(name, "")

    def file(self, wanted: str) -> str:
        """Return a name of a file like ``wanted`` that stays in its folder, and that nobody has yet."""
        last = re.split(r"[/\\]", wanted)[-1]
        safe = re.sub(r"[^\w.\- ]+", "_", last).strip(" .") or "file"
        stem, dot, suffix = safe.rpartition(".")
        stem, suffix = (stem, dot + suffix[:16]) if dot and stem else (safe, "")
        stem = stem.lstrip(".-")[: _MAX_FILE - len(suffix)].rstrip(" .") or "file"
        if _DEVICES.match(stem):
            stem = f"_{stem}"
        return self._free(stem, suffix)

    def _free(self, name: str, suffix: str) -> str:
        count, free = 2, name + suffix
        # As file systems see it that do not tell capitals apart.
        while free.casefold() in self._given:
            free, count = f"{name}_{count}{suffix}", count + 1
        self._given.add(free.casefold())
        return free
