"""What a developer sees in the browser of where the time of a request went: the header `Server-Timing`.

See https://www.w3.org/TR/server-timing/. It tells how long each step takes, which is nobody's business elsewhere.
"""

from time import perf_counter
from typing import Final

from graph.execution.watch import Watched

SERVER_TIMING: Final = b"server-timing"


def server_timing(operation: Watched, begun: float, received: float) -> bytes:
    """The header's value, in milliseconds, for a request whose handling begun, and which was received, at these times.

    `parse` is next to nothing for a known document; `db` is a part of `execute`, and may be more than that where
    statements run at the same time. PostgreSQL makes the JSON of records, so there is no encoding to tell of.
    """
    steps = [
        ("read", received - begun, "the request"),
        ("auth", operation.began - received, "authentication"),
        ("parse", operation.known - operation.began, "parse and validate"),
        ("execute", operation.ended - operation.known, ""),
        ("total", perf_counter() - begun, ""),
    ]
    times = operation.statements
    if times is not None:
        steps.insert(4, ("db", times.seconds, f"{times.count} statement{'' if times.count == 1 else 's'}"))
    return ", ".join(_metric(*step) for step in steps).encode()


def _metric(name: str, seconds: float, description: str) -> str:
    metric = f"{name};dur={max(0.0, seconds) * 1000:.2f}"
    return f'{metric};desc="{description}"' if description else metric
