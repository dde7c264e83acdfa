"""Record what real Gradio servers send: transcripts of exchanges, and what apps say of themselves.

Usage: python tools/record_vectors.py [NAME...] [--scenario SCENARIO]...

Without names, all releases that the matrix tests. Writes vectors/transcripts/NAME/*.json and vectors/apps/NAME/*.json.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx2

if not __package__:  # Run by its path.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import releases
from tools.recording import queues, routes, values
from tools.recording.appfiles import added, cut_config, cut_info
from tools.recording.jobs import Lab
from tools.recording.normal import Normaliser
from tools.recording.scenario import SCENARIOS, Scenario
from tools.recording.text import ENTRY_WIDTH, STEP_WIDTH, vector_text

VECTORS = releases.PROJECT / "vectors"
TOOL = "tools/record_vectors.py"

# Importing them registers their scenarios.
PLAYED = (values, queues, routes)


def fixed_names(server: releases.Server) -> dict[str, str]:
    """Return what to write in place of this machine's paths and ports, longest first."""
    host = server.url.split("/")[2]
    return {
        host: "127.0.0.1:7860",
        str(server.temporary): "/tmp/app",  # noqa: S108  # a name in a recording, not a place
        str(releases.cache_directory()): "/releases",
        str(releases.PROJECT): "/project",
        sys.base_prefix: "/python",
    }


async def fetch(server: releases.Server, path: str) -> Any:
    """Return the JSON at ``path``, or None if the server has none."""
    async with httpx2.AsyncClient(timeout=60, trust_env=False, verify=False) as http:
        if server.variant == "auth":
            await http.post(server.url + "login", data={"username": "user", "password": "pass"})
        response = await http.get(server.url + path)
    return response.json() if response.status_code == 200 else None


async def record(server: releases.Server, config: dict[str, Any], scenario: Scenario) -> list[dict[str, Any]]:
    """Play one scenario and return its steps, normalised."""
    normaliser = Normaliser(fixed_names(server), random_folders="protocol" not in config)
    lab = Lab(server.url, config, normaliser)
    try:
        await scenario.run(lab)
    finally:
        await lab.close()
    # Twice: a name may stand on the wire before the step from which it is learned.
    normaliser.normal(lab.tape.steps)
    steps: list[dict[str, Any]] = normaliser.normal(lab.tape.steps)
    return steps


async def record_app(server: releases.Server, directory: Path) -> None:
    """Save what the app says of itself, cut down to what a client reads."""
    config = await fetch(server, "config")
    prefix = config.get("api_prefix", "").lstrip("/")
    normaliser = Normaliser(fixed_names(server))
    name = "config.json" if server.variant == "base" else f"{server.variant}.config.json"
    write(directory / name, normaliser.normal(cut_config(config)), ENTRY_WIDTH)
    info = await fetch(server, f"{prefix}/info".lstrip("/"))
    if info is None or server.variant != "base":
        return
    write(directory / "info.json", cut_info(info), ENTRY_WIDTH)
    extra = added(await fetch(server, f"{prefix}/info?all_endpoints=true".lstrip("/")), info)
    if any(extra.values()):
        write(directory / "info_extra.json", cut_info(extra), ENTRY_WIDTH)


async def record_variant(name: str, variant: str, scenarios: list[Scenario]) -> list[str]:
    """Play scenarios on one server; returns what went wrong."""
    failures = []
    environment = releases.environments()[name]
    with releases.start(name, variant) as server:
        config = await fetch(server, "config")
        # Only Gradio 3 has apps without a queue.
        if variant == "base" or (variant == "plain" and environment.protocol == "ws"):
            await record_app(server, VECTORS / "apps" / name)
        for scenario in scenarios:
            try:
                steps = await record(server, config, scenario)
            except Exception as error:  # whatever it is, the other scenarios are played
                failures.append(f"{name}/{scenario.name}: {type(error).__name__}: {error}")
                continue
            vector = {
                "id": f"transcripts/{name}/{scenario.name}",
                "comment": scenario.comment,
                "release": environment.release,
                "protocol": environment.protocol,
                "variant": variant,
                "recorded_with": TOOL,
                "kind": "transcript",
                "exchange": steps,
            }
            write(VECTORS / "transcripts" / name / f"{scenario.name}.json", vector)
    return failures


async def record_release(name: str, wanted: list[str]) -> list[str]:
    """Record everything of one release; returns what went wrong."""
    version = tuple(int(part) for part in releases.environments()[name].release.split("."))
    reasons = {s.name: s.reason_against(version) for s in SCENARIOS.values()}
    playable = [s for s in SCENARIOS.values() if reasons[s.name] is None and (not wanted or s.name in wanted)]
    failures = []
    for variant in dict.fromkeys(s.variant for s in playable):
        try:
            failures += await record_variant(name, variant, [s for s in playable if s.variant == variant])
        except RuntimeError as error:
            failures.append(f"{name}, variant {variant}: {error}")
    missing = {scenario: reason for scenario, reason in reasons.items() if reason is not None}
    write(VECTORS / "transcripts" / name / "missing.json", {"kind": "missing", "scenarios": missing})
    return failures


def write(path: Path, value: dict[str, Any], width: int = STEP_WIDTH) -> None:
    """Write a vector file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vector_text(value, width), encoding="utf-8")


def main() -> None:
    """Record what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="environments of tests/releases/releases.toml")
    parser.add_argument(
        "--scenario", action="append", default=[], choices=sorted(SCENARIOS), metavar="SCENARIO"
    )
    options = parser.parse_args()
    names = options.names or releases.names()
    releases.install(names)
    failures = []
    for name in names:
        failed = asyncio.run(record_release(name, options.scenario))
        print(f"{name}: {'all recorded' if not failed else f'{len(failed)} failed'}", flush=True)
        for failure in failed:
            print(f"  {failure}", flush=True)
        failures += failed
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
