"""The log's lines: JSON in production, text in development, the standard library's too, and no secrets in them."""

import json
import subprocess
import sys

import pytest

from tests.support.program import ROOT

PROGRAM = """
import logging
import structlog
from server.logs import configure_logs
from server.settings import Settings

configure_logs(Settings())
structlog.contextvars.bind_contextvars(request_id="the-id")

def sign_in(password):
    raise RuntimeError("it failed")

structlog.get_logger("ours").info("said", number=1)
structlog.get_logger("ours").debug("whispered")
logging.getLogger("theirs").warning("said by %s", "another")
try:
    sign_in("swordfish")
except RuntimeError as error:
    structlog.get_logger("ours").error("unexpected failure", exc_info=error)
    logging.getLogger("theirs").exception("theirs failed")
"""


def log_of(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr


def test_production_writes_a_json_object_a_line() -> None:
    lines = [json.loads(line) for line in log_of(TABLEGRAPH_ENVIRONMENT="production").splitlines()]

    assert [(line["event"], line["level"], line["request_id"]) for line in lines] == [
        ("said", "info", "the-id"),
        ("said by another", "warning", "the-id"),
        ("unexpected failure", "error", "the-id"),
        ("theirs failed", "error", "the-id"),
    ]
    assert lines[0]["number"] == 1
    assert lines[2]["exception"][0]["exc_value"] == "it failed"
    assert lines[2]["exception"][0]["frames"][-1]["name"] == "sign_in"


def test_development_writes_text() -> None:
    text = log_of(TABLEGRAPH_ENVIRONMENT="development")

    assert "said" in text.splitlines()[0]
    assert "RuntimeError: it failed" in text


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_values_of_variables_stay_out_of_tracebacks(log_format: str) -> None:
    assert "swordfish" not in log_of(TABLEGRAPH_LOG_FORMAT=log_format)


def test_level_decides_what_is_written() -> None:
    assert "whispered" not in log_of()
    assert "whispered" in log_of(TABLEGRAPH_LOG_LEVEL="debug")
    assert "said" not in log_of(TABLEGRAPH_LOG_LEVEL="error")
