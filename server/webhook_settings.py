"""The settings of webhooks, outgoing and incoming."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class Webhooks(Section):
    """Webhooks in both directions, see docs/webhooks.md. Where requests may go is a matter of the outgoing ones."""

    max_webhooks_per_table: PositiveInt = Field(
        50, description="Webhooks of a table; and incoming ones, as many again."
    )
    max_webhook_headers: PositiveInt = Field(20, le=40, description="Headers of its own that a webhook sends.")
    max_webhook_bytes: PositiveInt = Field(
        256 << 10,
        ge=1 << 10,
        description="Bytes of an event in a webhook's message; a larger one is told of without its values.",
    )
    max_webhook_batch: PositiveInt = Field(500, description="Events in one message of a webhook that has batches.")
    max_webhook_batch_delay: timedelta = Field(
        timedelta(hours=1), gt=timedelta(0), description="How long a webhook may gather events at most (ISO 8601)."
    )
    webhook_retry_seconds: str = Field(
        "5,300,1800,7200,18000,36000,50400,72000,86400",
        pattern=r"^\d{1,6}(,\d{1,6}){0,29}$",
        description="Seconds that a message rests after each failure, separated by commas, each a little less as "
        "chance has it; behind the last attempt it has failed. As Standard Webhooks proposes, it takes three days.",
    )
    max_webhook_retry_after: timedelta = Field(
        timedelta(days=1),
        ge=timedelta(0),
        description="How long a target may put a message off (ISO 8601), by `Retry-After` in an answer of 429 or 503.",
    )
    webhook_deliveries_at_once: PositiveInt = Field(
        10,
        description="Messages of webhooks that all processes send at a time; less than `jobs_at_once`, or slow targets "
        "hold up other work.",
    )
    webhook_disable_after: timedelta = Field(
        timedelta(days=5),
        gt=timedelta(0),
        description="How long a webhook may fail without a success until it is disabled (ISO 8601). Its owner is told "
        "by mail.",
    )
    webhook_log_retention: timedelta = Field(
        timedelta(days=30),
        gt=timedelta(0),
        description="How long messages, attempts and incoming requests are kept (ISO 8601), with their idempotency "
        "keys. What is still to be sent is kept.",
    )
    max_webhook_logged_bytes: PositiveInt = Field(
        8 << 10, description="Bytes of an answer, and of an incoming request, that the logs keep."
    )
    max_redelivered: PositiveInt = Field(10_000, description="Messages that one redelivery sends once more.")
    max_incoming_webhook_bytes: PositiveInt = Field(
        1 << 20, description="Bytes of the body of a request to an incoming webhook."
    )
    max_webhook_mappings: PositiveInt = Field(200, description="Fields that an incoming webhook sets.")
    max_incoming_requests_per_minute: PositiveInt = Field(
        600, description="Requests to an incoming webhook in a minute, counted where `rate_limit_url` says."
    )
    max_client_incoming_requests_per_minute: PositiveInt = Field(
        1_200,
        description="Requests to incoming webhooks from one address (of IPv6 a network of 64 bits) in a minute.",
    )
