"""Install the real Gradio releases of tests/releases, and start the uniform app on one of them.

Usage: python tools/releases.py install [--small | --all | NAME...]
       python tools/releases.py list [--all]
       python tools/releases.py serve NAME [VARIANT] [--port PORT]

Environments live under ``.cache/releases``, or where ``GRADLINK_RELEASES_DIR`` says.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROJECT = Path(__file__).resolve().parent.parent
FACTS = PROJECT / "tests" / "releases"
APP = PROJECT / "tests" / "apps" / "uniform.py"
STAMP = "gradlink-stamp.txt"
START_SECONDS = 180.0  # Eight is usual; the first start of an environment also compiles every module.


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment of releases.toml.

    ``base`` names the environment whose interpreter and packages lie behind the own ones; None for a complete one.
    ``release`` and ``protocol`` are empty where no app is played: for a mere base, and for packages that are clients.
    ``refused`` releases are too old for gradlink. ``loading`` is only for the tests of gradlink.load.
    """

    name: str
    pins: Path
    base: str | None
    release: str
    protocol: str
    why: str
    small: bool
    refused: bool
    loading: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """A feature that releases from ``first`` (included) to ``below`` (excluded) cannot have, and why.

    ``environment`` is the only one that cannot have it; empty if the versions say which.
    """

    feature: str
    first: tuple[int, ...]
    below: tuple[int, ...]
    environment: str
    why: str

    def concerns(self, environment: Environment) -> bool:
        """Tell whether the environment cannot have the feature."""
        if self.environment:
            return self.environment == environment.name
        return self.first <= _version(environment.release) < self.below


def environments() -> dict[str, Environment]:
    """Return all environments by name, bases included, in the order of releases.toml."""
    return {
        name: Environment(
            name=name,
            pins=FACTS / "pins" / entry["pins"],
            base=entry.get("base"),
            release=entry.get("release", ""),
            protocol=entry.get("protocol", ""),
            why=entry.get("why", ""),
            small=entry.get("small", False),
            refused=entry.get("refused", False),
            loading=entry.get("loading", False),
        )
        for name, entry in _facts()["environment"].items()
    }


def names(*, small: bool = False) -> list[str]:
    """Return the names of all environments that the matrix runs, or of those that `make test` runs."""
    playable = [e for e in environments().values() if e.release and not (e.refused or e.loading)]
    return [e.name for e in playable if e.small or not small]


def all_lacks() -> list[Lack]:
    """Return everything that some release cannot do, in the order of releases.toml."""
    return [
        Lack(
            entry["feature"],
            _version(entry.get("from", "0")),
            _version(entry.get("below", "999")),
            entry.get("environment", ""),
            entry["why"],
        )
        for entry in _facts()["lacks"]
    ]


def lacks(name: str) -> dict[str, Lack]:
    """Return what the environment cannot do, by feature."""
    environment = environments()[name]
    return {lack.feature: lack for lack in all_lacks() if lack.concerns(environment)}


def cache_directory() -> Path:
    """Return where the environments live."""
    return Path(os.environ.get("GRADLINK_RELEASES_DIR") or PROJECT / ".cache" / "releases").resolve()


def install(wanted: Sequence[str]) -> None:
    """Build those of the environments, and of their bases, that are missing or whose pins have changed."""
    known = environments()
    for name in wanted:
        if name not in known:
            raise KeyError(f"no environment {name!r}; there are: {', '.join(known)}")
        environment = known[name]
        base = known[environment.base] if environment.base else None
        with _lock():
            if base:
                _build_if_needed(base, None)
            _build_if_needed(environment, base)


def is_installed(name: str) -> bool:
    """Say whether the environment is there and up to date."""
    known = environments()
    environment = known[name]
    return _is_fresh(environment, known[environment.base] if environment.base else None)


def interpreter(name: str) -> tuple[str, dict[str, str]]:
    """Return the Python of an installed release, and the environment variables that it runs with."""
    environment = environments()[name]
    directory = cache_directory()
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    variables |= {"PYTHONNOUSERSITE": "1", "NO_PROXY": "127.0.0.1,localhost"}
    if environment.base:
        variables["PYTHONPATH"] = str(directory / name)
    return str(directory / (environment.base or name) / "bin" / "python"), variables


def command(name: str, variant: str = "base", port: int = 0) -> tuple[list[str], dict[str, str]]:
    """Return how to start the uniform app on an installed release: the arguments and the environment variables."""
    python, variables = interpreter(name)
    return [python, str(APP), str(port), variant], variables


class Server:
    """The uniform app, running; ``url`` ends with a slash. Close it, or use it as a context manager."""

    def __init__(self, name: str, variant: str, port: int) -> None:
        self.name = name
        self.variant = variant
        self.temporary = Path(tempfile.mkdtemp(prefix="gradlink-app-"))
        self.log = self.temporary / "server.log"
        arguments, variables = command(name, variant, port)
        # Gradio before 3.20 knows only TMPDIR. The app reads its standard input and ends with it, so with us.
        variables |= {"TMPDIR": str(self.temporary), "GRADIO_TEMP_DIR": str(self.temporary / "gradio")}
        variables["GRADLINK_APP_FOLLOWS_STDIN"] = "1"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                arguments,
                env=variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.temporary,
            )
        self.url = self._await_ready()

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.process.kill()
        self.process.communicate()
        shutil.rmtree(self.temporary, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _await_ready(self) -> str:
        assert self.process.stdout is not None
        alarm = threading.Timer(START_SECONDS, self.process.kill)
        alarm.start()
        try:
            for line in self.process.stdout:
                if line.startswith(b"ready "):
                    return line.split()[1].decode()
        finally:
            alarm.cancel()
        said = self.log.read_text(errors="replace")[-2000:]
        self.close()
        raise RuntimeError(f"the app did not start on {self.name}, variant {self.variant}:\n{said}")


def start(name: str, variant: str = "base", port: int = 0) -> Server:
    """Start the uniform app on an installed release and return when it answers; port 0 takes a free one."""
    return Server(name, variant, port)


def _facts() -> dict[str, Any]:
    with (FACTS / "releases.toml").open("rb") as file:
        return tomllib.load(file)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """Keep other processes from building into the same directory."""
    cache_directory().mkdir(parents=True, exist_ok=True)
    with (cache_directory() / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stamp(environment: Environment, base: Environment | None) -> str:
    """Return what the environment was made of, as a hash."""
    parts = [_facts()["python"], environment.pins.read_text(), base.pins.read_text() if base else ""]
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _is_fresh(environment: Environment, base: Environment | None) -> bool:
    stamp = cache_directory() / environment.name / STAMP
    return stamp.is_file() and stamp.read_text() == _stamp(environment, base)


def _build_if_needed(environment: Environment, base: Environment | None) -> None:
    if _is_fresh(environment, base):
        return
    print(f"installing {environment.name}", file=sys.stderr, flush=True)
    place = cache_directory() / environment.name
    aside = Path(tempfile.mkdtemp(prefix=f".{environment.name}.", dir=cache_directory()))
    try:
        _fill(aside / "new", environment, base)
        (aside / "new" / STAMP).write_text(_stamp(environment, base))
        if place.exists():
            place.rename(aside / "old")
        (aside / "new").rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(target: Path, environment: Environment, base: Environment | None) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.prefix) / "bin"))
    if uv is None:
        raise RuntimeError("uv is needed to install the releases, and neither on PATH nor beside this Python")
    requirements = ["--no-deps", "-r", str(environment.pins)]
    if base is None:
        _run([uv, "venv", "-q", "-p", str(_facts()["python"]), str(target)])
        _run([uv, "pip", "install", "-q", "-p", str(target / "bin" / "python"), *requirements])
    else:
        python = cache_directory() / base.name / "bin" / "python"
        _run([uv, "pip", "install", "-q", "-p", str(python), "--target", str(target), *requirements])


def _run(arguments: list[str]) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    installing = verbs.add_parser("install", help="build what is missing or has changed")
    installing.add_argument("names", nargs="*", help="environments; without any, --small")
    installing.add_argument("--small", action="store_true", help="those that `make test` runs")
    installing.add_argument("--all", action="store_true", help="those that `make test-matrix` needs")
    listing = verbs.add_parser("list", help="name the environments and whether they are there")
    listing.add_argument("--all", action="store_true", help="only those that `install --all` builds")
    serving = verbs.add_parser("serve", help="run the uniform app until interrupted")
    serving.add_argument("name")
    serving.add_argument("variant", nargs="?", default="base")
    serving.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    every = [e.name for e in environments().values() if e.release or e.loading]
    if options.verb == "install":
        install(options.names or (every if options.all else names(small=True)))
    elif options.verb == "list":
        for e in environments().values():
            if options.all and e.name not in every:
                continue
            there = "installed" if is_installed(e.name) else "-"
            print(f"{e.name:12} {e.protocol:9} {'small' if e.small else '':6} {there:10} {e.why}")
    else:
        install([options.name])
        arguments, variables = command(options.name, options.variant, options.port)
        os.execve(arguments[0], arguments, variables)  # noqa: S606  # there is nothing for a shell to do


if __name__ == "__main__":
    main()
