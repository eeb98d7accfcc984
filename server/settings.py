"""Every setting of the server, by section; read from flags, the environment and `tablegraph.toml`, in that order."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from resolvers.services import Limits
from server.access_settings import Access
from server.account_life import AccountLife
from server.admission_settings import Admitting
from server.automation_parts_settings import Automations
from server.automation_settings import Automating
from server.backend_settings import Backends
from server.extension_settings import ExtensionSettings
from server.guard_settings import Guards
from server.instance_settings import Instance
from server.mailing import Mailing
from server.observation import Observation
from server.outgoing_settings import Outgoing
from server.rate_limits import OWN, Rates
from server.running_settings import Running
from server.settings_section import Section
from server.sign_in_settings import SignIn
from server.streaming import Streams
from server.surface import Surface
from server.token_settings import Tokens
from server.webhook_settings import Webhooks
from server.working import Working


class Serving(Section):
    """Where and how the server listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for every network of the machine.")
    port: int = Field(8000, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    workers: PositiveInt = Field(1, description="Processes that serve; each has its own database pool.")
    environment: Literal["development", "production"] = Field(
        "development",
        description="`production` writes logs as JSON, and shows neither GraphiQL nor the schema unless told to.",
    )
    drain_seconds: NonNegativeInt = Field(
        0,
        description="Seconds that it goes on serving behind a SIGTERM, while `/ready` says 503: as long as a load "
        "balancer needs to notice. A second SIGTERM ends it.",
    )
    shutdown_seconds: PositiveInt = Field(10, description="Seconds that open requests get to end when it stops.")


class Storing(Section):
    """Where data lies."""

    database_url: str | None = Field(
        None,
        validation_alias="database_url",
        description="URL of an external PostgreSQL 16+, `postgresql://user:password@host:5432/name`. "
        "Without it the server starts an embedded PostgreSQL. Its variable has no prefix.",
    )
    data_dir: Path = Field(
        Path(".data"), description="Folder of the embedded PostgreSQL and of the generated secret key."
    )
    pool_size: PositiveInt = Field(
        20,
        description="Database connections of each worker, at most; one more listens for changes, unless "
        "`bus_url` is set, and one for jobs, unless `runs_jobs` is off.",
    )
    max_pool_waiting: PositiveInt = Field(
        500,
        description="Requests that may wait for one of those connections, in each worker; more are refused with "
        "`UNAVAILABLE`, and so is one that has waited for 10 seconds.",
    )
    statement_timeout_ms: PositiveInt = Field(
        10_000,
        description="Milliseconds after which PostgreSQL gives a statement up. What it has not told of 5 seconds later "
        "it never will: the connection is given up then, and with it those that lie ready.",
    )
    idle_transaction_timeout_ms: PositiveInt = Field(
        300_000,
        description="Milliseconds after which PostgreSQL ends a transaction where nothing is done, so that a process "
        "that hangs holds no locks for ever; more than `function_timeout` and `automation_step_timeout`.",
    )


class Accounts(Section):
    """Who may come in, and for how long."""

    secret_key: SecretStr | None = Field(
        None,
        description="Signs tokens; at least 32 characters, the same for all servers of one database. Generated into "
        "the data folder for the embedded PostgreSQL, required with an external one.",
    )
    former_secret_keys: SecretStr | None = Field(
        None,
        description="Secret keys of before, separated by commas, which none of them may have: what they have "
        "encrypted, such as secrets of webhooks, is read still, until `tablegraph re-encrypt-secrets` has encrypted it "
        "anew. Tokens that they have signed are not taken.",
    )
    registration_open: bool = Field(True, description="Whether anybody may register an account.")
    access_token_lifetime: timedelta = Field(
        timedelta(minutes=15), gt=timedelta(0), description="How long an access token is valid (ISO 8601)."
    )
    refresh_token_lifetime: timedelta = Field(
        timedelta(days=30), gt=timedelta(0), description="How long a refresh token is valid (ISO 8601)."
    )
    max_api_keys_per_user: PositiveInt = Field(100, description="API keys of a user.")
    max_api_key_targets: PositiveInt = Field(
        100, description="Workspaces that an API key can be limited to; and bases, as many again."
    )
    max_key_overlap: timedelta = Field(
        timedelta(days=7),
        ge=timedelta(0),
        description="How long the secret of an API key may go on beside the one that replaces it (ISO 8601).",
    )


class Logs(Section):
    """What the server writes about itself, to standard error."""

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least level written.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`auto` is `json` in production and `console` in development."
    )
    access_log: Literal["all", "errors", "off"] = Field(
        "errors", description="Which requests get a line: all, those that fail, or none; a line costs some CPU."
    )
    debug: bool = Field(
        False, description="Also log each catalog statement, values included, and callbacks that block the event loop."
    )


class Bounds(Section):
    """What one request may ask for."""

    max_connections_per_operation: PositiveInt = Field(
        4,
        description="Database connections that one query uses at a time: those of its fields that read at once.",
    )
    max_batch_records: PositiveInt = Field(10_000, description="Records in one write.")
    max_transact_operations: PositiveInt = Field(100, description="Operations in one call of transact.")
    default_page_size: PositiveInt = Field(100, description="Records a page, unless asked.")
    max_page_size: PositiveInt = Field(1_000, description="Records a page, at most.")
    max_filter_depth: PositiveInt = Field(20, description="Levels of and, or, not in a filter.")
    max_filter_conditions: PositiveInt = Field(500, description="Conditions in a filter.")
    max_group_keys: PositiveInt = Field(10, description="Fields that one aggregate groups records by.")
    max_metrics: PositiveInt = Field(50, description="Metrics of one aggregate.")
    max_fields_per_table: PositiveInt = Field(500, le=1_400, description="Fields in a table.")
    max_tables_per_base: PositiveInt = Field(500, description="Tables in a base.")
    max_bases_per_workspace: PositiveInt = Field(500, description="Bases in a workspace.")
    max_views_per_table: PositiveInt = Field(
        200, description="Views of a table that all members see; and as many personal ones of each member."
    )
    max_view_bytes: PositiveInt = Field(
        1 << 17, description="Bytes of what a view says of its table (config, filter, order, fields), as JSON."
    )
    max_records_indexed_at_once: PositiveInt = Field(
        50_000,
        description="Records of a table for which a unique constraint is made within its mutation, while writers wait; "
        "on a larger table it is built behind that, `PENDING` meanwhile.",
    )
    max_view_indexes_per_table: PositiveInt = Field(
        10, description="Indexes that all views of a table together may need; views may share one."
    )
    max_name_length: PositiveInt = Field(255, description="Characters of a name.")
    max_description_length: PositiveInt = Field(10_000, description="Characters of a description.")
    schema_lock_timeout_ms: PositiveInt = Field(
        3_000, description="Milliseconds that a change of tables or fields waits for a lock before it starts anew."
    )
    schema_statement_timeout_ms: PositiveInt = Field(
        300_000, description="Milliseconds that one statement of a change of tables or fields may take."
    )
    max_converted_records: PositiveInt = Field(100_000, description="Records that a conversion to links may create.")
    max_import_bytes: PositiveInt = Field(1 << 30, description="Bytes of a file to import.")
    idempotency_retention: timedelta = Field(
        timedelta(days=1),
        gt=timedelta(0),
        description="How long the answer to an idempotency key is kept (ISO 8601).",
    )
    trash_retention: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="How long a deleted record can be restored (ISO 8601); no longer than `change_retention`.",
    )
    undo_window: timedelta = Field(
        timedelta(hours=1),
        gt=timedelta(0),
        description="How long a mutation can be undone (ISO 8601); no longer than `change_retention`.",
    )
    max_undo_records: PositiveInt = Field(
        10_000, description="Records that a mutation may have changed to be one that can be undone."
    )


class Requests(Section):
    """Who may send requests, and of what size and at what pace."""

    allowed_hosts: str | None = Field(
        None,
        description="Names under which the server is called, as the header `Host` has them, without a port and "
        "separated by commas; `*.example.com` stands for every name below it, `*` for any. Without it those of the "
        "machine itself when `host` is one of these, or else any.",
    )
    allowed_origins: str = Field(
        "",
        description="Origins whose pages may open a WebSocket, such as `https://app.example.com`, separated by commas; "
        "`*` for any. A page that comes from the host that it calls always may, and so may those of `cors_origins`.",
    )
    max_body_bytes: PositiveInt = Field(
        1 << 20, description="Bytes of the body of a GraphQL request; `/import` has its own, `max_import_bytes`."
    )
    max_unfinished_bytes: PositiveInt = Field(
        32 << 20,
        description="Bytes that all clients of a worker together have sent of requests and messages that are not "
        "complete yet. Who sends more than 16 kB of one while there are so many is refused, with `UNAVAILABLE` and 503 "
        "or a WebSocket's 1013.",
    )
    max_json_depth: PositiveInt = Field(
        64, le=1_000, description="Objects and arrays in each other, in what a client sends as JSON."
    )
    max_json_containers: PositiveInt = Field(
        60_000, description="Objects and arrays all together, in what a client sends as JSON."
    )
    max_number_digits: PositiveInt = Field(100, description="Digits of a number, in what a client sends as JSON.")
    max_headers: PositiveInt = Field(100, le=128, description="Headers of a request.")
    max_header_bytes: PositiveInt = Field(
        64 << 10, description="Bytes of the headers of a request and of its URL, all together."
    )
    request_timeout: timedelta = Field(
        timedelta(seconds=30),
        gt=timedelta(0),
        description="How long a client may take for the headers of a request, and then for its body (ISO 8601). The "
        "body of `/import` may take longer while 1,000 bytes a second of it arrive.",
    )
    max_sockets_per_user: PositiveInt = Field(
        1_000, description="WebSockets that a user, or an address that does not sign in, has in one worker at a time."
    )


class Settings(
    Serving,
    Instance,
    Surface,
    Storing,
    Accounts,
    AccountLife,
    Access,
    Tokens,
    SignIn,
    Backends,
    Mailing,
    Logs,
    Observation,
    Admitting,
    Bounds,
    Requests,
    Guards,
    Rates,
    Streams,
    Working,
    ExtensionSettings,
    Outgoing,
    Running,
    Automations,
    Automating,
    Webhooks,
):
    """All settings of one server."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic-settings passes it by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags win over the environment, and that over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @model_validator(mode="after")
    def _mails_what_it_asks_for(self) -> Self:
        if self.require_verified_email and self.way_out(self.environment) == "off":
            reason = "require_verified_email needs mail, and none is sent: set smtp_host, or mail_backend"
            raise PydanticCustomError("require_verified_email", "{reason}", {"reason": reason})
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the server brings its own PostgreSQL."""
        return self.database_url is None

    @property
    def shows_graphiql(self) -> bool:
        """Whether browsers get GraphiQL."""
        return self.environment == "development" if self.graphiql is None else self.graphiql

    @property
    def shows_schema(self) -> bool:
        """Whether the schema can be asked for."""
        return self.environment == "development" if self.introspection is None else self.introspection

    @property
    def shows_timing(self) -> bool:
        """Whether answers say where their time went."""
        return self.environment == "development" if self.server_timing is None else self.server_timing

    @property
    def links_begin_with(self) -> str:
        """The address that links in mails lead to."""
        if self.public_url is not None:
            return self.public_url
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  # compared, not listened on
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}"

    @property
    def serves_account_pages(self) -> bool:
        """Whether the server has pages for the links in mails; these send documents that are not registered."""
        return self.documents == "any"

    @property
    def shared_limits_url(self) -> str | None:
        """Of the Redis or Valkey where all processes count together; None where each counts for itself."""
        url = self.bus_url if self.rate_limit_url is None else self.rate_limit_url
        return None if url == OWN else url

    @property
    def limits(self) -> Limits:
        """The numbers that bound a request, as the use cases take them."""
        names = [field.name for field in fields(Limits) if field.name in type(self).model_fields]
        limits = Limits(**{name: getattr(self, name) for name in names})
        kept = self.change_retention  # what is not in the log is not there to be brought back
        return replace(
            limits, trash_retention=min(limits.trash_retention, kept), undo_window=min(limits.undo_window, kept)
        )


SECTIONS: tuple[type[Section], ...] = tuple(base for base in Settings.__bases__ if issubclass(base, Section))
"""In the order in which docs/settings.md has them."""
