"""The database is stopped and comes back, under open streams and writers."""

import asyncio
import secrets
import signal
from pathlib import Path

import pytest

from adapters import migrations
from bench.soak.faults import Stage
from bench.soak.run import Plan, soak
from tests.soak.cluster import Cluster

pytestmark = pytest.mark.long


async def test_streams_and_writers_go_on_behind_a_restart_of_the_database(cluster: Cluster, tmp_path: Path) -> None:
    await migrations.upgrade(cluster.url)

    async def restart(stage: Stage) -> None:
        while await stage.lasts(1.5):
            await asyncio.to_thread(cluster.halt, signal.SIGQUIT)
            stage.counts["restarts"] += 1
            await asyncio.sleep(0.5)
            await asyncio.to_thread(cluster.recover)

    report = await soak(cluster.url, tmp_path, Plan(5, secrets.randbits(32), writers=6, readers=9), [restart])

    print(report)
    assert not report.problems, str(report)
    assert report.counts["restarts"] > 0
    assert min(report.counts["events delivered"], report.counts["operations committed"]) > 0
