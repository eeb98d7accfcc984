"""`tablegraph run` with several workers that share a Redis: a client has one quota, whichever of them answers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.program import Server, serving
from tests.support.redis import RedisServer

pytestmark = pytest.mark.long

LIMIT = 20


def statuses(server: Server, requests: int) -> Counter[int]:
    """How the answers to so many requests at once come out, each over a connection of its own."""
    with ThreadPoolExecutor(10) as threads:
        return Counter(threads.map(lambda _: server.post("{ __typename }").status_code, range(requests)))


def test_workers_count_together(tmp_path: Path, redis: RedisServer) -> None:
    variables = {"TABLEGRAPH_BUS_URL": redis.url, "TABLEGRAPH_MAX_ANONYMOUS_REQUESTS_PER_MINUTE": str(LIMIT)}
    with serving(tmp_path / "data", "--workers", "2", **variables) as server:
        answers = statuses(server, 3 * LIMIT)
        status = server.interrupt()

    assert answers == {200: LIMIT, 429: 2 * LIMIT}
    assert status == 0
