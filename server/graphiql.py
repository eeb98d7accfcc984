"""GraphiQL for browsers: its page and the files that the page loads, all of them built into the server's own folder."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse

BUILT = Path(__file__).parent / "static" / "graphiql"
ASSETS_PATH = "/static/graphiql"

NOT_BUILT = "GraphiQL has not been built: run `make graphiql`. The API works without it: POST your queries here.\n"

# Monaco and the explorer write style elements and attributes of their own and draw icons from data: URLs;
# all else, the workers too, comes from this server. The socket of subscriptions is 'self' as well.
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# The names carry a hash of what is in the file, so a year is not too long.
ASSET_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # Of workers and of images that are opened by themselves; what every answer has would leave workers nothing.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}

# Said here because what the machine's own table says differs, and browsers run no module of a wrong type.
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


async def graphiql_page(request: Request, built: Path = BUILT) -> Response:
    """GraphiQL's page, for a browser that opens /graphql; 503 and what to do about it where it has not been built."""
    return await run_in_threadpool(_page, request, built)


def graphiql_routes(built: Path = BUILT) -> list[Route]:
    """The routes of the files that the page loads. The page itself is /graphql's, see `graphiql_page`."""

    def asset(request: Request) -> Response:
        return _asset(request, built)

    return [Route(f"{ASSETS_PATH}/{{name}}", asset, name="graphiql")]


def _page(request: Request, built: Path) -> Response:
    page = built / "index.html"
    if not page.is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})
    return _unless_known(page, PAGE_HEADERS, request.headers)


def _asset(request: Request, built: Path) -> Response:
    """One built file, gzipped if the browser takes that. It is looked for among what is there, so no name leads out."""
    files = {path.name: path for path in built.glob("*")}
    path = files.get(request.path_params["name"])
    if path is None or path.suffix not in MEDIA_TYPES:
        raise HTTPException(404)
    headers = {**ASSET_HEADERS, "Content-Type": MEDIA_TYPES[path.suffix]}
    twin = files.get(f"{path.name}.gz")
    if twin is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return _unless_known(twin, {**headers, "Content-Encoding": "gzip"}, request.headers)
    return _unless_known(path, headers, request.headers)


def _unless_known(path: Path, headers: dict[str, str], request_headers: Headers) -> Response:
    """The file, or 304 when the browser says by its ETag that it has it."""
    response = FileResponse(path, headers=headers, stat_result=path.stat())
    if response.headers["etag"] in request_headers.get("if-none-match", ""):
        return NotModifiedResponse(response.headers)
    return response
