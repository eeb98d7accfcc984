"""What docs/webhooks.md shows works: its operations are valid, and its receivers know a message from another one."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from domain.webhooks.signing import new_secret, signed_headers
from graph.schema import build_schema

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECRET, BODY = new_secret(), '{"type": "webhook.test", "name": "Zoë"}'.encode()
_RUN = """
const given = JSON.parse(require("node:fs").readFileSync(0));
console.log(verify(Buffer.from(given.body, "base64"), given.headers, given.secret));
"""


def block(language: str) -> str:
    """The only example in a language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def messages() -> list[tuple[bytes, dict[str, str], bool]]:
    """Messages as a receiver may get them, and whether they are in order."""
    now = datetime.now(UTC)
    good = signed_headers(BODY, "msg", now, [new_secret(), SECRET])
    return [
        (BODY, good, True),
        (BODY + b" ", good, False),
        (BODY, {**good, "webhook-id": "other"}, False),
        (BODY, signed_headers(BODY, "msg", now, [new_secret()]), False),
        (BODY, signed_headers(BODY, "msg", now - timedelta(minutes=6), [SECRET]), False),
    ]


@pytest.mark.parametrize("example", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_an_operation_is_valid(example: str) -> None:
    assert validate(build_schema()._schema, parse(example)) == []


def test_the_receiver_in_python_knows_a_message() -> None:
    space: dict[str, Any] = {}
    exec(block("python"), space)  # our own page
    verify: Callable[[bytes, dict[str, str], str], bool] = space["verify"]

    assert [verify(body, headers, SECRET) for body, headers, _ in messages()] == [right for *_, right in messages()]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_the_receiver_in_javascript_knows_a_message() -> None:
    for body, headers, right in messages():
        given = {"body": base64.b64encode(body).decode(), "headers": headers, "secret": SECRET}
        command = [str(shutil.which("node")), "-e", block("javascript") + _RUN]
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(right).lower()
