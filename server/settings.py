"""Every setting of the server, by section; read from flags, the environment and `tablegraph.toml`, in that order."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from resolvers.services import Limits

PREFIX = "TABLEGRAPH_"
FILE = "tablegraph.toml"


def environment_name(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name == "database_url" else PREFIX + name.upper()


class Section(BaseSettings):
    """A group of settings; its docstring heads them in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=FILE, env_ignore_empty=True, extra="forbid", frozen=True, validate_default=False
    )


class Serving(Section):
    """Where and how the server listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for every network of the machine.")
    port: int = Field(8000, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    workers: PositiveInt = Field(1, description="Processes that serve; each has its own database pool.")
    environment: Literal["development", "production"] = Field(
        "development", description="`production` writes logs as JSON; nothing else hangs on it."
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
        20, description="Database connections of each worker, at most; one more listens for changes."
    )
    statement_timeout_ms: PositiveInt = Field(
        10_000, description="Milliseconds after which PostgreSQL gives a statement up."
    )


class Accounts(Section):
    """Who may come in, and for how long."""

    secret_key: SecretStr | None = Field(
        None,
        description="Signs tokens; at least 32 characters, the same for all servers of one database. Generated into "
        "the data folder for the embedded PostgreSQL, required with an external one.",
    )
    registration_open: bool = Field(True, description="Whether anybody may register an account.")
    access_token_lifetime: timedelta = Field(
        timedelta(minutes=15), gt=timedelta(0), description="How long an access token is valid (ISO 8601)."
    )
    refresh_token_lifetime: timedelta = Field(
        timedelta(days=30), gt=timedelta(0), description="How long a refresh token is valid (ISO 8601)."
    )
    max_api_keys_per_user: PositiveInt = Field(100, description="API keys of a user.")


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

    max_body_bytes: PositiveInt = Field(8 << 20, description="Bytes of a request body.")
    max_batch_records: PositiveInt = Field(10_000, description="Records in one write.")
    default_page_size: PositiveInt = Field(100, description="Records a page, unless asked.")
    max_page_size: PositiveInt = Field(1_000, description="Records a page, at most.")
    max_filter_depth: PositiveInt = Field(20, description="Levels of and, or, not in a filter.")
    max_filter_conditions: PositiveInt = Field(500, description="Conditions in a filter.")
    max_fields_per_table: PositiveInt = Field(500, le=1_400, description="Fields in a table.")
    max_tables_per_base: PositiveInt = Field(500, description="Tables in a base.")
    max_bases_per_workspace: PositiveInt = Field(500, description="Bases in a workspace.")
    max_name_length: PositiveInt = Field(255, description="Characters of a name.")
    max_description_length: PositiveInt = Field(10_000, description="Characters of a description.")
    schema_lock_timeout_ms: PositiveInt = Field(
        3_000, description="Milliseconds that a change of tables or fields waits for a lock before it starts anew."
    )
    schema_statement_timeout_ms: PositiveInt = Field(
        300_000, description="Milliseconds that one statement of a change of tables or fields may take."
    )
    max_import_bytes: PositiveInt = Field(1 << 30, description="Bytes of a file to import.")
    idempotency_retention: timedelta = Field(
        timedelta(days=1),
        gt=timedelta(0),
        description="How long the answer to an idempotency key is kept (ISO 8601).",
    )


class Streams(Section):
    """Subscriptions, and the WebSockets that carry them."""

    event_poll_interval: timedelta = Field(
        timedelta(seconds=1),
        gt=timedelta(0),
        description="How often a subscription looks for events, and whether its user may still see them, when nothing "
        "woke it (ISO 8601).",
    )
    events_per_read: PositiveInt = Field(
        100, description="Events that a subscription reads at a time; a slow client has no more of them in memory."
    )
    socket_init_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        description="How long a WebSocket may wait with its `connection_init` (ISO 8601).",
    )
    max_message_bytes: PositiveInt = Field(1 << 20, description="Bytes of one message that a WebSocket receives.")
    max_operations_per_socket: PositiveInt = Field(100, description="Operations that run on one WebSocket at a time.")


SECTIONS: tuple[type[Section], ...] = (Serving, Storing, Accounts, Logs, Bounds, Streams)


class Settings(Serving, Storing, Accounts, Logs, Bounds, Streams):
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

    @property
    def is_embedded(self) -> bool:
        """Whether the server brings its own PostgreSQL."""
        return self.database_url is None

    @property
    def limits(self) -> Limits:
        """The numbers that bound a request, as the use cases take them."""
        names = [field.name for field in fields(Limits) if field.name in type(self).model_fields]
        return Limits(**{name: getattr(self, name) for name in names})
