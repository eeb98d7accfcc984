"""What lives as long as the process and is shared by all requests; made once by the composition root."""

from dataclasses import dataclass, field
from datetime import timedelta

from adapters.bus import Bus
from adapters.database import Database
from adapters.passwords import Passwords
from adapters.tokens import AccessTokens
from domain.names import TextLimits
from resolvers.authenticator import Authenticator
from resolvers.metadata import MetadataCache
from resolvers.statements import StatementCache


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that bound what one request may ask for; each is a setting of the same name."""

    max_batch_records: int = 10_000
    default_page_size: int = 100
    max_page_size: int = 1_000
    max_filter_depth: int = 20
    max_filter_conditions: int = 500
    max_fields_per_table: int = 500
    max_tables_per_base: int = 500
    max_bases_per_workspace: int = 500
    max_name_length: int = 255
    max_description_length: int = 10_000
    schema_lock_timeout_ms: int = 3_000
    schema_statement_timeout_ms: int = 300_000
    max_import_bytes: int = 1 << 30
    idempotency_retention: timedelta = timedelta(days=1)
    max_api_keys_per_user: int = 100
    events_per_read: int = 100
    event_poll_interval: timedelta = timedelta(seconds=1)

    @property
    def texts(self) -> TextLimits:
        """Those of names and descriptions."""
        return TextLimits(self.max_name_length, self.max_description_length)


@dataclass(slots=True)
class Services:
    """The process's shared parts. The fields grow with the product; each has one owner module."""

    database: Database
    secret_key: str = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    registration_open: bool = True
    access_token_lifetime: timedelta = timedelta(minutes=15)
    refresh_token_lifetime: timedelta = timedelta(days=30)
    passwords: Passwords = field(default_factory=Passwords)
    tokens: AccessTokens = field(init=False)
    authenticator: Authenticator = field(init=False)
    bus: Bus = field(init=False)
    metadata: MetadataCache = field(default_factory=MetadataCache)
    statements: StatementCache = field(default_factory=StatementCache)

    def __post_init__(self) -> None:
        self.tokens = AccessTokens(self.secret_key, self.access_token_lifetime)
        self.authenticator = Authenticator(self.database, self.tokens)
        self.bus = Bus(self.database)
