"""The settings of requests to addresses that users name."""

from datetime import timedelta

from pydantic import Field, PositiveInt, field_validator

from adapters.outgoing.rules import DEFAULT_PORTS, Rules, read_ports
from domain.networks import networks
from server.settings_section import Section, listed


class Outgoing(Section):
    """Requests to addresses that users name, of webhooks and of automations."""

    outgoing_networks: str = Field(
        "",
        description="Networks that such requests may go to although they are not public, such as `10.1.0.0/16`, "
        "separated by commas. Without it none goes to private, loopback, link-local or otherwise reserved addresses.",
    )
    outgoing_ports: str = Field(DEFAULT_PORTS, description="Ports, and spans of them, that they may go to.")
    outgoing_connect_timeout: timedelta = Field(
        timedelta(seconds=5),
        gt=timedelta(0),
        description="How long it may take to find an address and to connect to it (ISO 8601).",
    )
    outgoing_read_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        description="How long nothing may come of an answer (ISO 8601).",
    )
    outgoing_timeout: timedelta = Field(
        timedelta(seconds=30), gt=timedelta(0), description="How long it may take altogether (ISO 8601)."
    )
    max_outgoing_answer_bytes: PositiveInt = Field(
        256 << 10, description="Bytes of the body of an answer that are read; the rest is not."
    )

    @field_validator("outgoing_networks")
    @classmethod
    def _may_be_gone_to(cls, text: str) -> str:
        networks(listed(text))
        return text

    @field_validator("outgoing_ports")
    @classmethod
    def _are_spans_of_ports(cls, text: str) -> str:
        read_ports(listed(text))
        return text

    @property
    def outgoing_rules(self) -> Rules:
        """All of these, as the client takes them."""
        return Rules(
            networks=tuple(networks(listed(self.outgoing_networks))),
            ports=read_ports(listed(self.outgoing_ports)),
            connect_timeout=self.outgoing_connect_timeout.total_seconds(),
            read_timeout=self.outgoing_read_timeout.total_seconds(),
            total_timeout=self.outgoing_timeout.total_seconds(),
            max_bytes=self.max_outgoing_answer_bytes,
        )
