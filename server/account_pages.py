"""The pages that links in mails lead to, unless a web application of one's own has them."""

from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER: Final = Path(__file__).parent / "static" / "account"
ASSETS_PATH: Final = "/static/account"
PAGES: Final = ("verify-email", "reset-password", "confirm-email", "reactivate", "accept-invitation")
"""Each takes the token from behind `#`; `static/account/page.js` says which mutation gets it."""

_COMMON: Final = {"Cache-Control": "no-cache", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_PAGE_HEADERS: Final = {
    **_COMMON,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TYPES: Final = {"page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"}


def account_routes() -> list[Route]:
    """The routes of the pages and of what they load."""
    pages = [Route(f"/{name}", _page, name=name) for name in PAGES]
    return [*pages, Route(f"{ASSETS_PATH}/{{name}}", _asset, name="account-page")]


def _page(_: Request) -> Response:
    return FileResponse(FOLDER / "page.html", headers=_PAGE_HEADERS, media_type="text/html; charset=utf-8")


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _TYPES:
        raise HTTPException(404)
    return FileResponse(FOLDER / name, headers=_COMMON, media_type=_TYPES[name])
