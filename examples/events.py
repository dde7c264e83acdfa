"""Follow a job through the queue: where it stands, how far it is, what the app says, what it gives.

``python examples/events.py URL`` bakes with the demo app (``python demo/app.py``).
"""

from __future__ import annotations

import sys

from gradlink import Client, DoneEvent, LogEvent, OutputEvent, ProgressEvent, StatusEvent


def main(url: str) -> int:
    """Bake a cake and print everything that happens; return the exit code."""
    done = None
    with Client(url, verbose=False) as client:
        job = client.submit("cake", 3, api_name="/bake")
        for event in job.events():
            match event:
                case StatusEvent(rank=int(rank), eta=eta):
                    print(f"{rank} before us in the queue, {eta or '?'} s to go")
                case StatusEvent():
                    print(f"now {event.code.name}")
                case ProgressEvent(units=(unit, *_)):
                    print(f"{unit.desc}: {unit.index} of {unit.length} {unit.unit}")
                case ProgressEvent():
                    print("no progress bar any more")
                case LogEvent():
                    print(f"{event.level} from {event.title or 'the app'}: {event.message}")
                case OutputEvent():
                    print(f"output {event.index}: {event.value}")
                case DoneEvent():
                    done = event
    if done is None or not done.success:
        print(f"no cake: {done and done.error}", file=sys.stderr)
        return 1
    print("it is done")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
