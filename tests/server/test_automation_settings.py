"""The settings of automations, webhooks and their requests: what comes of them, and what cannot be."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.outgoing.rules import Rules
from adapters.scripts.contract import Bounds
from server.cli.failures import sentence
from server.settings import Settings


def test_the_defaults_are_those_of_the_code() -> None:
    assert Settings().outgoing_rules == Rules()
    assert Settings().script_bounds == Bounds()


def test_requests_follow_the_settings() -> None:
    settings = Settings(
        outgoing_networks="10.1.0.0/16, fd00::/8",
        outgoing_ports="443,8000-8001",
        outgoing_connect_timeout=timedelta(seconds=1),
        outgoing_read_timeout=timedelta(seconds=2),
        outgoing_timeout=timedelta(seconds=3),
        max_outgoing_answer_bytes=4,
    )

    assert settings.outgoing_rules == Rules(
        networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/8")),
        ports=(range(443, 444), range(8000, 8002)),
        connect_timeout=1.0,
        read_timeout=2.0,
        total_timeout=3.0,
        max_bytes=4,
    )


def test_scripts_follow_the_settings() -> None:
    settings = Settings(
        script_timeout=timedelta(seconds=1.5),
        max_script_memory_mib=16,
        max_script_output_bytes=2,
        max_script_log_characters=3,
        max_script_calls=4,
    )

    assert settings.script_bounds == Bounds(seconds=1.5, memory=16 << 20, output=2, log=3, calls=4)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outgoing_networks": "10.1.0.1/16"}, "'10.1.0.1/16' is no address or network"),
        ({"outgoing_ports": "80,http"}, "'http' is no port"),
        ({"outgoing_timeout": timedelta(0)}, "TABLEGRAPH_OUTGOING_TIMEOUT"),
        ({"outgoing_connect_timeout": timedelta(0)}, "TABLEGRAPH_OUTGOING_CONNECT_TIMEOUT"),
        ({"outgoing_read_timeout": timedelta(0)}, "TABLEGRAPH_OUTGOING_READ_TIMEOUT"),
        ({"max_outgoing_answer_bytes": 0}, "TABLEGRAPH_MAX_OUTGOING_ANSWER_BYTES"),
        ({"script_timeout": timedelta(0)}, "TABLEGRAPH_SCRIPT_TIMEOUT"),
        ({"max_script_memory_mib": 7}, "TABLEGRAPH_MAX_SCRIPT_MEMORY_MIB"),
        ({"max_script_output_bytes": (8 << 20) + 1}, "TABLEGRAPH_MAX_SCRIPT_OUTPUT_BYTES"),
        ({"max_script_calls": 0}, "TABLEGRAPH_MAX_SCRIPT_CALLS"),
        ({"max_scripts_at_once": 0}, "TABLEGRAPH_MAX_SCRIPTS_AT_ONCE"),
        ({"min_schedule_interval": timedelta(0)}, "TABLEGRAPH_MIN_SCHEDULE_INTERVAL"),
        ({"schedule_grace": timedelta(seconds=-1)}, "TABLEGRAPH_SCHEDULE_GRACE"),
        ({"webhook_tolerance": timedelta(0)}, "TABLEGRAPH_WEBHOOK_TOLERANCE"),
    ],
)
def test_what_cannot_be_is_refused_and_told(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)

    assert said in sentence(caught.value)
