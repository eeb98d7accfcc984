"""Seconds by operation name: of honest clients, and of those who think of a new name each time."""

import os
import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from graph.execution.watch import Watched
from resolvers.context import Client
from resolvers.services import Services
from server.app import create_app
from server.operation_metrics import IDLE_SECONDS, AllWorkersOperations, OperationMetrics
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.tables import make_table

CLIENT = Client("test")


def operation(
    name: str | None,
    *,
    type: str | None = "query",
    seconds: float = 0.003,
    at: float = 0.0,
    code: str = "OK",
    is_registered: bool = False,
) -> Watched:
    """One that ended at a time."""
    made = Watched("", CLIENT)
    made.name, made.type, made.code, made.is_registered = name, type, code, is_registered
    made.began, made.ended = at - seconds, at
    return made


def observed(most: int, *operations: Watched) -> OperationMetrics:
    metrics = OperationMetrics(most)
    for each in operations:
        metrics.observe(each)
    return metrics


def page(*collectors: OperationMetrics | AllWorkersOperations) -> str:
    registry = CollectorRegistry()
    for each in collectors:
        registry.register(each)
    return generate_latest(registry).decode()


def counts(text: str) -> dict[tuple[str, str], int]:
    """How many operations there were by name and type."""
    found = re.findall(r'^tablegraph_operation_seconds_count\{name="(\w*)",type="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {(name, type): int(float(number)) for name, type, number in found}


def test_a_histogram_by_name_and_type() -> None:
    text = page(observed(10, *(operation("Parts", seconds=seconds) for seconds in (0.0005, 0.001, 0.003, 0.2, 99))))

    buckets = dict(re.findall(r'_bucket\{le="(\S+)",name="Parts",type="query"\} (\S+)', text))
    assert {bound: buckets[bound] for bound in ("0.001", "0.0025", "0.005", "0.1", "0.25", "10.0", "+Inf")} == {
        "0.001": "2.0",
        "0.0025": "2.0",
        "0.005": "3.0",
        "0.1": "3.0",
        "0.25": "4.0",
        "10.0": "4.0",
        "+Inf": "5.0",
    }
    [total] = re.findall(r'_sum\{name="Parts",type="query"\} (\S+)', text)
    assert float(total) == pytest.approx(99.2045)
    assert "# TYPE tablegraph_operation_seconds histogram" in text


def test_those_without_a_name_without_success_or_without_a_document_share_series() -> None:
    metrics = observed(
        10,
        operation(None),
        operation(None, type="mutation", code="NOT_FOUND"),
        operation("Failed", code="NOT_FOUND"),
        operation("L" * 101),
        operation(None, type=None, code="BAD_REQUEST"),
    )

    assert counts(page(metrics)) == {
        ("anonymous", "query"): 1,
        ("anonymous", "mutation"): 1,
        ("other", "query"): 2,
        ("other", "none"): 1,
    }


def test_a_name_that_has_a_series_keeps_it_when_it_fails() -> None:
    metrics = observed(10, operation("Parts"), operation("Parts", code="NOT_FOUND"))

    assert counts(page(metrics)) == {("Parts", "query"): 2}


def test_names_without_end_take_the_free_places_and_no_more() -> None:
    metrics = observed(3, operation("Honest"), *(operation(f"Evil{n}", at=n / 100) for n in range(5_000)))
    metrics.observe(operation("Honest", at=60))

    assert counts(page(metrics)) == {
        ("Honest", "query"): 2,
        ("Evil0", "query"): 1,
        ("Evil1", "query"): 1,
        ("other", "query"): 4_998,
    }


def test_a_place_is_free_again_when_its_name_was_not_used_for_a_time() -> None:
    metrics = observed(2, operation("Old", at=0), operation("Used", at=0), operation("Used", at=500))
    metrics.observe(operation("New", at=IDLE_SECONDS - 1))
    before = counts(page(metrics))
    metrics.observe(operation("New", at=IDLE_SECONDS))
    metrics.observe(operation("Newer", at=IDLE_SECONDS + 1))
    metrics.observe(operation("Newer", at=IDLE_SECONDS + 500))

    assert before == {("Old", "query"): 1, ("Used", "query"): 2, ("other", "query"): 1}
    assert counts(page(metrics)) == {("New", "query"): 1, ("Newer", "query"): 1, ("other", "query"): 2}


def test_registered_documents_take_the_places_of_others_at_once_but_not_of_each_other() -> None:
    metrics = observed(
        2,
        operation("Evil0"),
        operation("Evil1", at=1),
        *(operation(f"Ours{n}", at=2 + n, is_registered=True) for n in range(3)),
        operation("Evil2", at=6),
    )

    assert counts(page(metrics)) == {("Ours0", "query"): 1, ("Ours1", "query"): 1, ("other", "query"): 2}


def test_without_places_all_names_are_others() -> None:
    metrics = observed(0, operation("A"), operation("B", is_registered=True), operation(None))

    assert counts(page(metrics)) == {("other", "query"): 2, ("anonymous", "query"): 1}


def test_workers_are_added_up_and_those_that_have_ended_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = observed(2, operation("A"), operation("B")), observed(2, operation("A", seconds=2), operation(None))
    own.save(tmp_path)
    monkeypatch.setattr(os, "getpid", lambda: 4_194_305)  # more than a process can have
    other.save(tmp_path)
    together = page(AllWorkersOperations(tmp_path))
    own.observe(operation("C"))

    assert counts(together) == {("A", "query"): 2, ("B", "query"): 1, ("anonymous", "query"): 1}
    assert 'tablegraph_operation_seconds_bucket{le="0.005",name="A",type="query"} 1.0' in together
    assert 'tablegraph_operation_seconds_sum{name="A",type="query"} 2.003' in together
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".json"]


def test_what_is_saved_already_is_not_written_again(tmp_path: Path) -> None:
    metrics = observed(2, operation("A"))
    metrics.save(tmp_path)
    [file] = tmp_path.iterdir()
    file.unlink()
    metrics.save(tmp_path)
    unchanged = list(tmp_path.iterdir())
    metrics.observe(operation("A"))
    metrics.save(tmp_path)

    assert unchanged == []
    assert counts(page(AllWorkersOperations(tmp_path))) == {("A", "query"): 2}


async def test_operations_over_http_are_counted(api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    before = counts((await api.http.get("/metrics")).text)
    for document in (
        "query Count($table: ID!) { records(tableId: $table) { totalCount } }",
        "query Count($table: ID!) { records(tableId: $table) { nodes { id } } }",
        'mutation Make { createWorkspace(input: {name: "W"}) { workspace { id } } }',
        "query Broken { nothing }",
    ):
        variables = {"table": table.id} if "$table" in document else {}
        await api.execute(document, variables, as_=table.owner)
    after = counts((await api.http.get("/metrics")).text)

    assert set(before) == {("anonymous", "mutation")}
    assert {key: number for key, number in after.items() if key not in before} == {
        ("Count", "query"): 2,
        ("Make", "mutation"): 1,
        ("other", "none"): 1,
    }


async def test_their_number_is_a_setting(settings: Settings, services: Services) -> None:
    app = create_app(settings.model_copy(update={"max_metric_operations": 1}), services)
    async with client_of(app) as http:
        for name in ("A", "B", "A"):
            await http.post("/graphql", json={"query": f"query {name} {{ __typename }}"})
        text = (await http.get("/metrics")).text

    assert counts(text) == {("A", "query"): 2, ("other", "query"): 1}
