"""The soak of `bench/soak`, in short: nothing lost, nothing twice, in order, whatever drops, fails or is killed."""

import secrets
from pathlib import Path

import pytest

from bench.soak.run import Plan, soak

pytestmark = pytest.mark.long


async def test_every_reader_sees_exactly_what_was_committed(url: str, tmp_path: Path) -> None:
    report = await soak(url, tmp_path, Plan(seconds=10, seed=secrets.randbits(32)))

    print(report)
    assert not report.problems, str(report)
    assert not report.complaints, str(report)
    counts = report.counts
    assert min(counts["servers killed"], counts["connections of the bus ended"], counts["locks held"]) > 0
    assert min(counts["drops"], counts["operations committed"], counts["operations rolled back"]) > 0
    assert min(counts["patches of lists"], counts["drops of lists"]) > 0
