"""What a client costs beside its calls: its import, its first answer, and being there."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing

from benches.scale import Scale
from benches.servers import ROOT, Servers
from benches.tables import Table, number
from benches.worker import Worker

PROGRAMS = {
    "bare Python": "",
    "import gradlink": "import gradlink",
    "from gradlink import Client": "from gradlink import Client",
    "from gradlink import AsyncClient": "from gradlink import AsyncClient",
    "import httpx2": "import httpx2",
    "import httpx2, make a Client": "import httpx2; httpx2.Client()",
    "import gradio_client": "import gradio_client",
}
# httpcore2 imports trio where that is installed, as it is for gradlink's tests; few programs have it.
BEFORE = "import sys; sys.modules['trio'] = None"
AFTER = """
modules = len(sys.modules)
with open("/proc/self/status") as status:
    print(modules, next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


# From nothing to the first answer, of the server whose address is ``url``.
COLD = {
    "floor": "from benches.floor import Floor; assert Floor(url).predicts(1) == 1",
    "pair": "from benches.pair import Pair; assert Pair(url).predicts(1) == 1",
    "gradlink": """
from gradlink import Client
assert Client(url, verbose=False).predict("cold", api_name="/echo") == "cold"
""",
    "gradlink async": """
import asyncio
from gradlink import AsyncClient
async def main():
    async with AsyncClient(url, verbose=False) as client:
        assert await client.predict("cold", api_name="/echo") == "cold"
asyncio.run(main())
""",
    "gradio_client": """
from gradio_client import Client
assert Client(url, verbose=False, analytics_enabled=False).predict("cold", api_name="/echo") == "cold"
""",
}
COSTS = ["CPU ms: median", "min", "modules", "memory MiB"]


def imports(_servers: Servers, scale: Scale) -> list[Table]:
    """Start Python and import, in alternating order."""
    samples = sampled(PROGRAMS, scale.import_rounds)
    bare = {place: min(cost[place] for cost in samples["bare Python"]) for place in range(3)}
    note = "A new process each, with compiled files at hand and without trio; figures are above bare Python's least."
    rows = [[name, *above(bare, costs)] for name, costs in samples.items()]
    return [Table("Import", note, ["program", *COSTS], rows)]


def cold(servers: Servers, scale: Scale) -> list[Table]:
    """Start Python, import, connect and call once, in alternating order."""
    programs = {name: f"url = {servers.stub!r}\n{program}" for name, program in COLD.items()}
    samples = sampled({"bare Python": "", **programs}, scale.import_rounds)
    least = samples.pop("bare Python")
    bare = {place: min(cost[place] for cost in least) for place in range(3)}
    against = [cost[0] - bare[0] for cost in samples["gradio_client"]]
    rows = []
    for name, costs in samples.items():
        pairs = zip(costs, against, strict=True)
        ratio = statistics.median((cost[0] - bare[0]) / other for cost, other in pairs)
        rows.append([name, *above(bare, costs), number(ratio)])
    note = (
        "A new process each, which imports, connects, calls an echo once and ends, with compiled files at hand and without trio; figures are "
        "above bare Python's least. The hand-written ones fetch only `/config`."
    )
    columns = ["client", *COSTS, "vs gradio_client"]
    return [Table("From an import to the first answer, minimal server", note, columns, rows)]


def sampled(programs: Mapping[str, str], rounds: int) -> dict[str, list[tuple[float, int, int]]]:
    """Return what each program costs in each round, but for a first one."""
    samples: dict[str, list[tuple[float, int, int]]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name in list(programs) if turn % 2 else reversed(list(programs)):
            cost = run(programs[name])
            if turn > 0:
                samples[name].append(cost)
    return samples


def above(bare: Mapping[int, float], costs: list[tuple[float, int, int]]) -> list[str]:
    """Return the cells of what a program costs more than ``bare``."""
    times, modules, memory = zip(*costs, strict=True)
    return [
        number((statistics.median(times) - bare[0]) * 1e3),
        number((min(times) - bare[0]) * 1e3),
        str(modules[0] - int(bare[1])),
        number((min(memory) - bare[2]) / 1024),
    ]


def run(program: str) -> tuple[float, int, int]:
    """Return CPU seconds, number of modules and peak KiB of a Python process."""
    program = f"{BEFORE}\n{program}\n{AFTER}"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, env=os.environ, text=True
    )
    assert process.stdout is not None
    with process.stdout as output:
        modules, memory = output.read().split()
    # The peak that wait4 tells is also that of the process which forked this one.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime, int(modules), int(memory)


def idle(servers: Servers, scale: Scale) -> list[Table]:
    """Connect, call once, and do nothing for a while."""
    rows: list[list[str]] = []
    for rival in ("pair", "gradlink", "gradlink async", "gradio_client"):
        with closing(Worker(rival, servers.real)) as worker:
            worker.call("predicts", 1)
            after_call = worker.threads()
            worker.call("rest", scale.settle_seconds)
            wake_ups = worker.wake_ups()
            slept = worker.call("rest", scale.idle_seconds)
            # Two are those of the measuring itself.
            wake_ups = max(0, worker.wake_ups() - wake_ups - 2)
            rows.append(
                [
                    rival,
                    str(after_call),
                    str(worker.threads()),
                    str(wake_ups),
                    number(slept.cpu_seconds * 1e3),
                ]
            )
    note = (
        f"After one call, and {scale.settle_seconds:g} s later for {scale.idle_seconds:g} s; the app has State, so that "
        "the clients keep a heartbeat open, which the real server sends every 15 s."
    )
    columns = ["client", "threads after the call", "later", "wake-ups", "CPU ms"]
    return [Table("An idle client", note, columns, rows)]
