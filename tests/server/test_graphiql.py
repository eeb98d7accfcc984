"""GraphiQL's page and files as a browser gets them, from the files that `make graphiql` built."""

import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from graphql import GraphQLObjectType, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.schema import build_schema
from server.graphiql import BUILT, graphiql_page, graphiql_routes

PROJECT = Path(__file__).parents[2]
HOST = "http://tablegraph.test"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


def client_of(built: Path) -> httpx.AsyncClient:
    async def page(request: Request) -> Response:
        return await graphiql_page(request, built)

    app = Starlette(routes=[Route("/graphql", page), *graphiql_routes(built)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(BUILT) as client:
        yield client


class References(HTMLParser):
    """What a page makes the browser load, and the scripts that stand in the page itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.inline_scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = [value for name, value in attrs if name in ("src", "href") and value is not None]
        self.urls += found
        self.inline_scripts += tag == "script" and not found


def built_files(suffix: str) -> list[Path]:
    return sorted(BUILT.glob(f"*{suffix}"))


async def test_page_is_fresh_html_that_may_load_only_from_this_server(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/graphql")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["vary"] == "Accept"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        "connect-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert "<title>Tablegraph</title>" in response.text


async def test_page_refers_to_its_own_files_only_and_all_are_served(browser: httpx.AsyncClient) -> None:
    page = References((await browser.get("/graphql")).text)

    assert page.inline_scripts == 0
    urls = [urljoin(f"{HOST}/graphql", url) for url in page.urls]
    assert [Path(url).suffix for url in urls] == [".svg", ".css", ".js"]
    assert all(url.startswith(f"{HOST}/static/graphiql/") for url in urls)
    assert [(await browser.get(url)).status_code for url in urls] == [200, 200, 200]


@pytest.mark.parametrize("suffix", TYPES)
async def test_every_asset_has_its_type_and_is_kept_for_a_year(browser: httpx.AsyncClient, suffix: str) -> None:
    files = built_files(suffix)

    assert files
    for file in files:
        response = await browser.get(f"/static/graphiql/{file.name}", headers={"accept-encoding": "identity"})
        assert response.status_code == 200
        assert response.content == file.read_bytes()
        assert response.headers["content-type"] == TYPES[suffix]
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "content-encoding" not in response.headers


async def test_asset_is_sent_gzipped_to_who_accepts_it(browser: httpx.AsyncClient) -> None:
    (entry,) = built_files(".css")

    response = await browser.get(f"/static/graphiql/{entry.name}", headers={"accept-encoding": "gzip, br"})

    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert response.headers["vary"] == "Accept-Encoding"
    assert int(response.headers["content-length"]) < entry.stat().st_size
    assert response.content == entry.read_bytes()


async def test_known_file_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    for path in ["/graphql", f"/static/graphiql/{built_files('.svg')[0].name}"]:
        etag = (await browser.get(path)).headers["etag"]

        again = await browser.get(path, headers={"if-none-match": etag})

        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["missing.js", "index.html", "..%2f..%2f__init__.py", "%2e%2e", "%00.js", "a" * 5000 + ".js"]
)
async def test_name_of_no_asset_is_not_found(browser: httpx.AsyncClient, name: str) -> None:
    response = await browser.get(f"/static/graphiql/{name}")

    assert response.status_code == 404


def test_styles_load_nothing_from_elsewhere() -> None:
    (styles,) = built_files(".css")
    text = styles.read_text()

    assert "@import" not in text
    assert {url[:5] for url in re.findall(r"url\(['\"]?([^)]*)", text)} == {"data:"}


def test_scripts_import_only_files_beside_them() -> None:
    names = {file.name for file in built_files(".js")}
    imports = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+\.js)["']""")

    found = {name for file in built_files(".js") for name in imports.findall(file.read_text())}

    assert found
    assert found <= {f"./{name}" for name in names}
    assert not any(re.search(r"""\bimport\s*\(?\s*["'](https?:)?//""", file.read_text()) for file in built_files(".js"))


def test_workers_of_the_editor_are_among_the_files() -> None:
    scripts = "".join(file.read_text() for file in built_files(".js"))

    workers = dict(re.findall(r'\b(editor|graphql|json):"([^"]+\.js)"', scripts))

    assert sorted(workers) == ["editor", "graphql", "json"]
    assert all((BUILT / name).is_file() for name in workers.values())


async def test_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with client_of(tmp_path / "missing") as client:
        page = await client.get("/graphql")
        asset = await client.get("/static/graphiql/page.js")

    assert page.status_code == 503
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert "make graphiql" in page.text
    assert asset.status_code == 404


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (PROJECT / "graphiql" / "package-lock.json").read_text()


WELCOME = (PROJECT / "graphiql" / "src" / "welcome.js").read_text(encoding="utf-8").split("`")[1]
COLUMNS = 50
"""How much of a line the editor shows beside the answer, in a window of 1,280 pixels."""


def test_what_the_editor_begins_with_runs_and_can_be_read_without_scrolling() -> None:
    document = parse(WELCOME)

    assert validate(build_schema()._schema, document) == []
    assert [each.name.value for each in document.definitions] == ["Register", "LogIn", "Key", "Me"]  # type: ignore[attr-defined]
    assert max(map(len, WELCOME.splitlines())) <= COLUMNS


def test_the_docs_begin_with_what_the_schema_is() -> None:
    description = build_schema()._schema.description or ""

    for name in re.findall(r"`(\w+)`", description):
        assert any(name in (type.fields or {}) for type in _types()) or name in ("ErrorCode", "NOT_FOUND"), name


def _types() -> Iterator[GraphQLObjectType]:
    return (each for each in build_schema()._schema.type_map.values() if isinstance(each, GraphQLObjectType))
