"""The lines of the matrix: what a client must be able to do with every release.

A scenario is given a client and a folder of its own, asserts what must hold, and says in its name what it shows. One
that some releases cannot have names the feature of ``releases.toml`` that it needs, and says with ``without`` what
holds on those in its place: no cell is skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.live.shells import Shell
from tests.matrix.servers import Release, tool

Play = Callable[..., None]
END_SECONDS = 60.0


class Scenario:
    """One line of the matrix.

    Attributes:
        name: what it shows, in the words of the table.
        topic: the heading that it stands under.
        play: asserts it, of a client; with ``visits`` of a function that makes clients, and the environment's name.
        variant: the variant of the app that it is played against.
        needs: the feature of ``releases.toml`` without which ``instead`` is played.
        options: arguments of the client.
    """

    def __init__(
        self, play: Play, topic: str, variant: str, needs: str, *, visits: bool, options: dict[str, Any]
    ) -> None:
        self.name = play.__name__.replace("_", " ")
        self.topic = topic
        self.play = play
        self.variant = variant
        self.needs = needs
        self.visits = visits
        self.options = options
        self.instead: Play | None = None

    def without(self, play: Play) -> Play:
        """Say what holds on releases that lack the feature; decorates a function."""
        self.instead = play
        return play

    def missing(self, name: str) -> Any:
        """Return what the environment lacks for this scenario, None if nothing."""
        return tool().lacks(name).get(self.needs)

    def run(self, release: Release, shell: Shell, folder: Path) -> None:
        """Play it, or what holds in its place."""
        play = self.play if self.missing(release.name) is None else self.instead
        assert play is not None, f"nothing says what holds without {self.needs}"
        url = release.url(self.variant)
        options = {"download_files": folder / "results", **self.options}

        def connect(**more: Any) -> AbstractContextManager[Any]:
            return shell(url, **{**options, **more})

        if self.visits:
            play(connect, folder, release.name)
            return
        with connect() as client:
            play(client, folder)


class Topic:
    """The scenarios of one module, which are added by decorating functions: ``@topic()``, ``@topic("auth")``."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.scenarios: list[Scenario] = []

    def __call__(
        self, variant: str = "base", *, needs: str = "", visits: bool = False, **options: Any
    ) -> Callable[[Play], Scenario]:
        """Make a function a scenario; ``options`` are those of the client."""

        def add(play: Play) -> Scenario:
            scenario = Scenario(play, self.title, variant, needs, visits=visits, options=options)
            self.scenarios.append(scenario)
            return scenario

        return add


def await_mark(client: Any, key: str, name: str) -> None:
    """Wait until a function of the app has set a mark: it has "started", or "ended"."""
    client.predict(key, name, 1, END_SECONDS / 2, api_name="/await_mark")
