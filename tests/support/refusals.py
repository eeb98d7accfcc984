"""How a refusal must look: one coded error, a message for people, nothing of what is behind the API."""

import re
from typing import Any

from tests.support.api import Result

_INTERNALS = re.compile(
    r"asyncpg|sqlalchemy|psycopg|pydantic|orjson|strawberry|Traceback|Exception\b|RecursionError|TypeError|ValueError"
    r"|\bSELECT\b|\bINSERT\b|\bUPDATE\b.*\bSET\b|\bDELETE FROM\b|syntax error at|relation \"|column \"|violates|\$\d+"
    r"|\bbase_\d+|\bt_\d+\b|\bf_\d+\b|\.py\b|<class|object at 0x"
)


def assert_clean(result: Result) -> None:
    """No fault of the server, and no text of SQL, of a library or of a traceback in any message."""
    assert result.status < 500
    for error in result.errors:
        assert error["extensions"]["code"] != "INTERNAL_ERROR", error
        said = [error["message"], *(each["msg"] for each in error["extensions"].get("errors", []))]
        for message in said:
            assert not _INTERNALS.search(message), message


def refusal(result: Result, code: str) -> dict[str, Any]:
    """The extensions of the one error of an operation that was refused with this code, and its `message` with them."""
    assert result.codes == [code], result.body
    assert_clean(result)
    [error] = result.errors
    assert not any((result.data or {}).values())
    return {"message": error["message"], **error["extensions"]}


def done(result: Result) -> dict[str, Any]:
    """The data of an operation that was not refused."""
    return result.ok
