"""What every client under test can be asked to do; not every one does everything."""

from __future__ import annotations

from typing import Any, Protocol


class Rival(Protocol):
    """A connected client; made with the URL of a server."""

    def predicts(self, count: int) -> int:
        """Call an echo so many times, one after the other; return how many answers are right."""

    def crowd(self, count: int) -> int:
        """Send so many calls of an echo at once, then take the answers; return how many are right."""

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        """Follow a job; return the number of its updates and the last value of its last output."""

    def receive(self, messages: int) -> int:
        """Call an echo that answers with a chat of so many messages; return how many there are."""

    def upload(self, path: str) -> int:
        """Send a file with a call; return its size as the app saw it."""

    def download(self, mebibytes: int) -> int:
        """Let the app make a file of that size and fetch it; return its size on disk."""

    def fetch(self, files: int) -> int:
        """Let the app make so many small files and fetch them; return how many are right."""

    def rest(self, seconds: float) -> None:
        """Do nothing, with everything that runs in the background running."""

    def close(self) -> None:
        """End all connections."""
