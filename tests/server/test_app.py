"""The application around the API: probes, metrics, request ids, and answers to whatever goes wrong."""

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from structlog.testing import capture_logs

from adapters import migrations
from adapters.database import Database
from resolvers.services import Services
from server.app import create_app
from server.boundary import LONGEST_NAME
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.postgres import create_database, with_database


async def test_root_leads_to_graphql(api: Api) -> None:
    response = await api.http.get("/")

    assert (response.status_code, response.headers["location"]) == (307, "/graphql")


async def test_health_needs_no_database(settings: Settings, services: Services) -> None:
    services.database = Database("postgresql://nobody@/nothing?host=/nowhere")

    async with client_of(create_app(settings, services)) as http:
        response = await http.get("/health")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_with_database_and_migrations(api: Api) -> None:
    response = await api.http.get("/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "pendingMigrations": []}


async def test_not_ready_without_a_database(settings: Settings, services: Services) -> None:
    services.database = Database("postgresql://nobody@/nothing?host=/nowhere")

    async with client_of(create_app(settings, services)) as http:
        response = await http.get("/ready")

    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "unreachable"}


async def test_not_ready_with_pending_migrations(settings: Settings, services: Services, postgres_url: str) -> None:
    url = await create_database(postgres_url, "unmigrated", migrated=False)
    services.database = Database(url)

    async with client_of(create_app(settings, services)) as http:
        before = await http.get("/ready")
        await migrations.upgrade(url)
        after = await http.get("/ready")
    await services.database.close()

    assert before.status_code == 503
    pending = before.json().pop("pendingMigrations")
    assert before.json() == {"status": "not ready", "database": "ok", "pendingMigrations": pending}
    assert pending[:2] == ["0001", "0002"]
    assert after.status_code == 200


async def test_operation_without_a_database_is_unavailable(settings: Settings, services: Services, api: Api) -> None:
    person = await api.register()
    services.database = Database(with_database("postgresql://nobody@/x?host=/nowhere", "gone"))

    result = await Api(api.http, services).execute("{ workspaces { id } }", as_=person)

    assert result.codes == ["UNAVAILABLE"]
    assert "nowhere" not in str(result.body)


async def test_metrics_count_requests_by_operation_and_code(api: Api) -> None:
    await api.execute("{ me { id } }")
    await api.execute("{ me { id } }")
    await api.execute("{ workspaces { id } }")
    await api.execute("{ nothing }")
    await api.http.get("/health")

    text = (await api.http.get("/metrics")).text

    assert _requests(text) == {
        ("query", "OK"): 2,
        ("query", "UNAUTHENTICATED"): 1,
        ("none", "BAD_REQUEST"): 1,
        ("none", "200"): 1,
    }
    assert 'tablegraph_request_seconds_count{operation="query"} 3.0' in text
    assert "tablegraph_requests_in_flight 1.0" in text
    assert "tablegraph_database_connections_max 20.0" in text
    assert "tablegraph_database_connections_in_use 0.0" in text


async def test_metrics_show_the_connections_that_are_in_use(api: Api, services: Services) -> None:
    async with services.database.unit(), services.database.unit():
        during = (await api.http.get("/metrics")).text
    after = (await api.http.get("/metrics")).text

    assert "tablegraph_database_connections_in_use 2.0" in during
    assert "tablegraph_database_connections_in_use 0.0" in after


async def test_request_id_is_made_for_each_request(api: Api) -> None:
    ids = {(await api.http.get(path)).headers["x-request-id"] for path in ("/health", "/graphql?query={me{id}}", "/no")}

    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", id) for id in ids)


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("ü", False), ("", False)],
)
async def test_request_id_that_was_sent_is_kept_when_it_is_harmless(api: Api, sent: str, is_kept: bool) -> None:
    response = await api.http.get("/health", headers={"X-Request-ID": sent.encode()})

    assert (response.headers["x-request-id"] == sent) is is_kept


async def test_request_has_one_line_in_the_log(settings: Settings, services: Services) -> None:
    app = create_app(settings.model_copy(update={"access_log": "all"}), services)

    async with client_of(app) as http:
        with capture_logs() as lines:
            result = await Api(http, services).execute("{ me { id } }", headers={"X-Request-ID": "mine"})

    assert result.headers["x-request-id"] == "mine"
    assert [(line["event"], line["operation"], line["code"], line["status"], line["path"]) for line in lines] == [
        ("request", "query", "OK", 200, "/graphql")
    ]


async def test_the_log_names_operations_that_have_a_name(settings: Settings, services: Services) -> None:
    app = create_app(settings.model_copy(update={"access_log": "all"}), services)
    long = "N" * 1_000

    async with client_of(app) as http:
        with capture_logs() as lines:
            for name in ("Me", long):
                document = {"query": f"query {name} {{ me {{ id }} }}", "operationName": name}
                assert (await http.post("/graphql", json=document)).status_code == 200
            await http.get("/health")

    assert [line.get("name") for line in lines] == ["Me", long[:LONGEST_NAME], None]
    assert "operation" not in lines[2]  # there is none


@pytest.mark.parametrize(("access_log", "expected"), [("all", ["200", "404"]), ("errors", ["404"]), ("off", [])])
async def test_access_log_can_be_narrowed(
    settings: Settings, services: Services, access_log: str, expected: list[str]
) -> None:
    app = create_app(settings.model_copy(update={"access_log": access_log}), services)

    async with client_of(app) as http:
        with capture_logs() as lines:
            await http.get("/health")
            await http.get("/no")

    assert [line["code"] for line in lines] == expected


async def test_graphql_errors_count_as_errors_in_the_log(settings: Settings, services: Services) -> None:
    app = create_app(settings.model_copy(update={"access_log": "errors"}), services)

    async with client_of(app) as http:
        with capture_logs() as lines:
            await Api(http, services).execute("{ workspaces { id } }")

    assert [(line["status"], line["code"]) for line in lines] == [(200, "UNAUTHENTICATED")]


async def test_unexpected_failure_is_masked_and_logged_once_with_the_request_id(
    app: Starlette, services: Services
) -> None:
    async def fail(_: Request) -> None:
        raise RuntimeError("the password is swordfish")

    app.router.routes.append(Route("/fails", fail))
    async with client_of(app) as http:
        with capture_logs() as lines:
            response = await http.get("/fails", headers={"X-Request-ID": "the-id"})

    assert response.status_code == 500
    assert response.headers["x-request-id"] == "the-id"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "requestId": "the-id"}
    assert "swordfish" not in response.text
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("unexpected failure", "error"),
        ("request", "info"),
    ]
    assert lines[0]["request_id"] == "the-id"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/no/such", 404, "NOT_FOUND"), ("DELETE", "/graphql", 405, "BAD_REQUEST")],
)
async def test_paths_and_methods_that_are_not_there_get_a_coded_error(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    response = await api.http.request(method, path)

    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"] == {"code": code}


async def test_body_over_the_limit_is_refused(settings: Settings, services: Services) -> None:
    app = create_app(settings.model_copy(update={"max_body_bytes": 60}), services)

    async with client_of(app) as http:
        fits = await Api(http, services).execute("{me{id}}")
        result = await Api(http, services).execute("{ me { id } } #" + "x" * 60)

    assert fits.ok == {"me": None}
    assert (result.status, result.codes) == (413, ["PAYLOAD_TOO_LARGE"])


def _requests(text: str) -> dict[tuple[str, str], float]:
    found = re.findall(r'^tablegraph_requests_total\{code="(\w+)",operation="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {(operation, code): float(count) for code, operation, count in found}
