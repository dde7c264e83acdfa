"""Replace what differs from one recording to the next by fixed values of the same form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Seconds that the server has measured; null stays null, for it says that nothing was measured yet.
MEASURED = {
    "average_duration",
    "avg_event_concurrent_process_time",
    "avg_event_process_time",
    "avg_time",
    "eta",
    "queue_eta",
    "rank_eta",
}
SECONDS = 0.5


class Normaliser:
    """Knows the names of one recording: the same original always gives the same replacement.

    ``random_folders`` says that uploads lie in folders with random names; from Gradio 4 on they are hashes of what
    is in them, and the same every time.
    """

    def __init__(self, fixed: Mapping[str, str], *, random_folders: bool = False) -> None:
        self._fixed = dict(fixed)
        self._random_folders = random_folders
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def name(self, original: str, kind: str) -> None:
        """Call ``original`` KIND1, KIND2 … from here on, wherever it stands."""
        if original not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[original] = f"{kind}{self._counts[kind]}"

    def normal(self, value: Any) -> Any:
        """Return ``value`` with everything replaced; the value itself is not changed."""
        if isinstance(value, dict):
            self._learn(value)
            return {self._text(key): self._field(value, key) for key in value}
        if isinstance(value, list):
            return [self.normal(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _learn(self, value: Mapping[str, Any]) -> None:
        if isinstance(value.get("event_id"), str):
            self.name(value["event_id"], "EVENT")

    def _field(self, owner: Mapping[str, Any], key: str) -> Any:
        value = owner[key]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if key in MEASURED and number:
            return SECONDS
        # An error's duration is how long a browser shows it, and the same every time.
        if key == "duration" and number and "average_duration" in owner:
            return SECONDS
        if key == "cache_duration" and isinstance(value, float):
            return SECONDS
        if key == "app_id" and number:
            return 1
        return self.normal(value)

    def _text(self, text: str) -> str:
        for original, replacement in self._fixed.items():
            text = text.replace(original, replacement)
        if text.startswith("Traceback"):
            text = _first_and_last_line(text)
        for found in re.findall(r"(?<=/)tmp[a-z0-9_]{8}(?=[/.])", text):
            self.name(found, "TMP")
        for found in re.findall(r"(?<=/)[0-9a-f]{40}(?=/)", text) if self._random_folders else ():
            self.name(found, "FOLDER")
        for found in re.findall(r"access-token(?:-unsecure)?-([\w-]{20,})=", text):
            self.name(found, "APP")
        for found in re.findall(r"access-token[\w-]*=([\w-]{10,})", text):
            self.name(found, "TOKEN")
        for original, replacement in self._names.items():
            text = text.replace(original, replacement)
        return text


def _first_and_last_line(text: str) -> str:
    lines = text.strip().split("\n")
    return f"{lines[0]}\n  …\n{lines[-1]}\n"
