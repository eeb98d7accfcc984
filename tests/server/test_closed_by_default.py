"""What a server shows to whom: closed in production unless told otherwise, open in development."""

from typing import Any

import pytest
from graphql import get_introspection_query
from pydantic import ValidationError

from resolvers.services import Services
from server.app import create_app
from server.security_headers import SECURITY_HEADERS, lacking_security_headers
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.sockets import opened, served

APP = "https://app.example.com"
MISSPELT = "{ mee { id } }"
INTROSPECTIONS = [
    pytest.param(get_introspection_query(), id="all"),
    pytest.param("{ __schema { queryType { name } } }", id="schema"),
    pytest.param('{ __type(name: "User") { name } }', id="type"),
    pytest.param("query A { me { id } } query B { ...F } fragment F on Query { a: __schema { description } }", id="f"),
]
SUGGESTIVE = [
    pytest.param(MISSPELT, {}, id="field"),
    pytest.param("{ me { emial } }", {}, id="nested field"),
    pytest.param('{ record(idd: "x") { id } }', {}, id="argument"),
    pytest.param("query ($a: Strin) { node(id: $a) { id } }", {}, id="type"),
    pytest.param("{ me { ...on Usr { id } } }", {}, id="fragment type"),
    pytest.param("mutation { login(input: {emial: 1}) { accessToken } }", {}, id="input field"),
    pytest.param(
        'subscription { recordEvents(tableId: "x", types: [CREATE]) { cursor } }', {}, id="enum of a subscription"
    ),
    pytest.param(
        "mutation ($i: LoginInput!) { login(input: $i) { accessToken } }", {"i": {"emial": "x"}}, id="variable's field"
    ),
    pytest.param(
        'query ($d: [RecordOrder!]) { records(tableId: "x", orderBy: $d) { totalCount } }',
        {"d": [{"field": "a", "direction": "DES"}]},
        id="variable's enum",
    ),
    pytest.param(
        'query ($d: [RecordOrder!]) { records(tableId: "x", orderBy: $d) { totalCount } }',
        {"d": [{"feild": "a"}]},
        id="planned variable's field",
    ),
]


def production(settings: Settings, **more: Any) -> Settings:
    return settings.model_copy(update={"environment": "production", **more})


@pytest.mark.parametrize(
    ("given", "graphiql", "schema"),
    [
        ({"environment": "development"}, True, True),
        ({"environment": "production"}, False, False),
        ({"environment": "production", "graphiql": True, "introspection": True}, True, True),
        ({"environment": "development", "graphiql": False, "introspection": False}, False, False),
    ],
)
def test_the_environment_decides_unless_a_setting_does(given: dict[str, Any], graphiql: bool, schema: bool) -> None:
    settings = Settings(**given)

    assert (settings.shows_graphiql, settings.shows_schema) == (graphiql, schema)


@pytest.mark.parametrize("document", INTROSPECTIONS)
async def test_introspection_is_closed_in_production(settings: Settings, services: Services, document: str) -> None:
    async with client_of(create_app(production(settings), services)) as http:
        api = Api(http, services)
        closed = await api.execute(document, operation="B" if "query B" in document else None)
        typename = await api.execute("{ __typename me { __typename } }")
    async with client_of(create_app(production(settings, introspection=True), services)) as http:
        opened_by_setting = await Api(http, services).execute(
            document, operation="B" if "query B" in document else None
        )

    assert (closed.data, set(closed.codes)) == (None, {"BAD_REQUEST"})
    assert "introspection has been disabled" in closed.errors[0]["message"]
    assert typename.ok == {"__typename": "Query", "me": None}
    assert opened_by_setting.ok


@pytest.mark.parametrize(("document", "variables"), SUGGESTIVE)
async def test_no_message_suggests_a_name_of_a_schema_that_is_not_shown(
    settings: Settings, services: Services, document: str, variables: dict[str, Any]
) -> None:
    messages: dict[bool, str] = {}
    for shown in (True, False):
        async with (
            served(settings.model_copy(update={"introspection": shown}), services) as address,
            opened(address) as socket,
        ):
            await socket.initialise()
            payload = {"query": document, "variables": variables}
            await socket.send({"id": "1", "type": "subscribe", "payload": payload})
            message = await socket.receive()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            messages[shown] = " ".join(error["message"] for error in errors)

    assert "Did you mean" in messages[True]
    assert "Did you mean" not in messages[False]


async def test_requests_by_http_get_no_suggestions_either(settings: Settings, services: Services) -> None:
    async with client_of(create_app(production(settings), services)) as http:
        result = await Api(http, services).execute(MISSPELT)

    assert [error["message"] for error in result.errors] == ["Cannot query field 'mee' on type 'Query'."]


async def test_there_is_no_graphiql_in_production(settings: Settings, services: Services) -> None:
    async with client_of(create_app(production(settings), services)) as http:
        page = await http.get("/graphql", headers={"accept": "text/html"})
        asset = await http.get("/static/graphiql/index.html")

    assert (page.status_code, page.headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert asset.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/graphql", 415),
        ("GET", "/graphql?query={me{id}}", 200),
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("GET", "/no/such", 404),
        ("DELETE", "/graphql", 405),
        ("POST", "/import", 400),
    ],
)
async def test_every_answer_has_the_headers_that_keep_browsers_from_misusing_it(
    api: Api, method: str, path: str, status: int
) -> None:
    response = await api.http.request(method, path)

    assert response.status_code == status
    names = ("x-content-type-options", "content-security-policy", "x-frame-options", "referrer-policy")
    assert [response.headers.get_list(name) for name in names] == [
        ["nosniff"],
        ["default-src 'none'; frame-ancestors 'none'"],
        ["DENY"],
        ["no-referrer"],
    ]


def test_a_page_s_own_policy_is_kept() -> None:
    own = (b"content-security-policy", b"default-src 'self'")

    lacking = lacking_security_headers([own])

    assert lacking == [header for header in SECURITY_HEADERS if header[0] != own[0]]
    assert len(lacking) == len(SECURITY_HEADERS) - 1


async def test_a_page_that_the_browser_has_keeps_the_policy_that_it_came_with(api: Api) -> None:
    page = await api.http.get("/graphql", headers={"accept": "text/html"})
    again = await api.http.get("/graphql", headers={"accept": "text/html", "if-none-match": page.headers["etag"]})

    assert "worker-src 'self'" in page.headers["content-security-policy"]
    assert again.status_code == 304
    assert "content-security-policy" not in again.headers


async def preflight(settings: Settings, services: Services, origin: str) -> tuple[int, str | None, str | None]:
    """Status of a preflight, and who may come in by what the answers to it and to the request itself say."""
    async with client_of(create_app(settings, services)) as http:
        asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-api-key"}
        before = await http.options("/graphql", headers={"origin": origin, **asked})
        answer = await http.post("/graphql", json={"query": "{ me { id } }"}, headers={"origin": origin})
    name = "access-control-allow-origin"
    return before.status_code, before.headers.get(name), answer.headers.get(name)


@pytest.mark.parametrize(
    ("origins", "origin", "expected"),
    [
        ("", APP, (405, None, None)),
        (f"{APP}, http://localhost:5173", APP, (200, APP, APP)),
        (
            f"{APP}, http://localhost:5173",
            "http://localhost:5173",
            (
                200,
                "http://localhost:5173",
            )
            * 1
            + ("http://localhost:5173",),
        ),
        (APP, "https://app.example.com.evil.example", (400, None, None)),
        (APP, "null", (400, None, None)),
        ("*", "https://anywhere.example", (200, "*", "*")),
    ],
)
async def test_pages_of_other_origins_come_in_by_a_list(
    settings: Settings, services: Services, origins: str, origin: str, expected: tuple[int, str | None, str | None]
) -> None:
    assert await preflight(settings.model_copy(update={"cors_origins": origins}), services, origin) == expected


async def test_refusals_can_be_read_by_pages_that_are_let_in_and_cookies_never_count(
    settings: Settings, services: Services
) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": APP}), services)
    async with client_of(app) as http:
        response = await http.post("/graphql", content="no JSON", headers={"origin": APP})

    assert response.status_code in (400, 415)
    assert response.headers["access-control-allow-origin"] == APP
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("origins", ["app.example.com", "https://app.example.com/", "https://*.example.com", "null"])
def test_what_is_no_origin_is_refused_by_the_settings(origins: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(cors_origins=origins)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", None],
)
async def test_what_a_form_or_a_page_can_send_without_being_asked_is_no_request(
    api: Api, content_type: str | None
) -> None:
    body = b'{"query": "mutation { logout }"}'
    request = api.http.build_request("POST", "/graphql", content=body)
    if content_type is not None:
        request.headers["content-type"] = content_type

    response = await api.http.send(request)

    assert response.status_code in (400, 415)
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_cookies_sign_nobody_in(api: Api) -> None:
    person = await api.register()
    cookie = f"access_token={person.access_token}; Authorization=Bearer {person.access_token}"

    result = await api.execute("{ me { id } }", headers={"cookie": cookie})

    assert result.ok == {"me": None}
