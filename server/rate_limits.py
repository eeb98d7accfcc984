"""The settings of how often callers may ask, of attempts at credentials, and of whose word on addresses is taken."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import Field, NonNegativeInt, field_validator
from pydantic_core import PydanticCustomError

from adapters.bus.redis import redis_url
from domain.networks import networks
from server.settings_section import Section, listed

OWN: Final = "memory://"


class Rates(Section):
    """How often callers may ask; see docs/rate-limits.md. What operations may cost is among the guards."""

    max_requests_per_minute: NonNegativeInt = Field(
        1_000,
        description="Requests, and operations on WebSockets, of a user or an API key in a minute; 0 for no bound.",
    )
    max_anonymous_requests_per_minute: NonNegativeInt = Field(
        100,
        description="The same of an address (of IPv6 a network of 64 bits) from which nobody signs in; 0 for no bound.",
    )
    rate_limit_url: str | None = Field(
        None,
        validate_default=True,
        description="URL of a Redis or Valkey where all processes count requests, costs and failed attempts together; "
        f"that of `bus_url` when left out; `{OWN}` has each process count for itself. While it is away "
        "each does.",
    )
    max_guess_delay: timedelta = Field(
        timedelta(minutes=5),
        ge=timedelta(0),
        description="The longest that an address has to wait after failed attempts at the credentials of an account "
        "(ISO 8601): a second after the first, then twice as long each time. An account, or an address, for itself "
        "waits a tenth of it at most. 0 for no delays.",
    )
    free_guesses_per_account: NonNegativeInt = Field(
        10, description="Failures, from wherever, after which an account waits for itself; 0 to have it never wait."
    )
    free_guesses_per_address: NonNegativeInt = Field(
        50, description="Failures, at whichever account, after which an address waits for itself; 0 for never."
    )
    guess_memory: timedelta = Field(
        timedelta(hours=1), ge=timedelta(seconds=1), description="How long failures are remembered (ISO 8601)."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses and networks (CIDR) of proxies in front of the server, separated by commas. What they "
        "say of where a request comes from is believed, from the last one back to the first that is not among them.",
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="The header in which they say it; the other one is never read, for a client could have sent it.",
    )

    @field_validator("rate_limit_url")
    @classmethod
    def _has_a_store(cls, url: str | None) -> str | None:
        try:
            if url not in (None, OWN):
                redis_url(str(url))
        except ValueError as error:
            raise PydanticCustomError("rate_limit_url", "{reason}", {"reason": str(error)}) from error
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        try:
            networks(listed(text))
        except ValueError as error:
            raise PydanticCustomError("trusted_proxies", "{reason}", {"reason": str(error)}) from error
        return text
