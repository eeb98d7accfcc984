"""What lives as long as the process and is shared by all requests; made once by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from adapters.auth_backends import NamedAuthBackend
from adapters.bus import Bus, make_bus
from adapters.database import Database
from adapters.extensions import Extensions
from adapters.mail import Letters, Mailer
from adapters.mail.local import NoMailer
from adapters.outgoing.client import OutgoingClient
from adapters.outgoing.rules import Rules
from adapters.password_policy import PasswordPolicy
from adapters.passwords import Passwords
from adapters.quotas import Quotas, make_counters, make_quotas
from adapters.quotas.store import Store
from adapters.scripts.contract import Bounds
from adapters.scripts.scripts import Scripts
from adapters.sealing import Seal
from adapters.token_backends import NamedBackend
from adapters.tokens import AccessTokens, InternalTokens, Keyring, TokenRules, derived_key
from domain.accounts.auth_backends import PASSWORD
from domain.accounts.rules import AccountRules
from domain.instance.profile import InstanceProfile
from domain.instance.registration import Registration
from domain.instance.retention import Retention
from domain.names import TextLimits
from resolvers.authenticator import Authenticator
from resolvers.constraints.building import ConstraintBuilder
from resolvers.forms.rates import SubmissionRates
from resolvers.functions.client import ApiClient
from resolvers.guesses import Guesses
from resolvers.incoming_webhooks.rates import IncomingRates
from resolvers.instance.live import LiveSettings
from resolvers.metadata import MetadataCache
from resolvers.oauth.setup import OAuthSetup
from resolvers.presence.limits import PresenceLimits
from resolvers.presence.process import Presence
from resolvers.second_factor.setup import PasskeySetup
from resolvers.sharing.rates import SharedReadRates
from resolvers.statements import StatementCache
from resolvers.stream_figures import StreamFigures
from resolvers.streams.hub import Hub
from resolvers.views.index_building import ViewIndexBuilder


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that bound what one request may ask for; each is a setting of the same name."""

    max_batch_records: int = 10_000
    max_transact_operations: int = 100
    max_connections_per_operation: int = 4
    default_page_size: int = 100
    max_page_size: int = 1_000
    max_filter_depth: int = 20
    max_filter_conditions: int = 500
    max_group_keys: int = 10
    max_metrics: int = 50
    max_fields_per_table: int = 500
    max_tables_per_base: int = 500
    max_bases_per_workspace: int = 500
    max_views_per_table: int = 200
    max_view_bytes: int = 1 << 17
    max_view_indexes_per_table: int = 10
    max_role_overrides_per_base: int = 10_000
    max_record_policies_per_table: int = 20
    max_field_permissions_per_base: int = 1_000
    max_share_links_per_view: int = 100
    max_link_reads_per_minute: int = 600
    max_client_link_reads_per_minute: int = 60
    max_form_submissions_per_minute: int = 300
    max_client_submissions_per_minute: int = 30
    max_records_indexed_at_once: int = 50_000
    max_name_length: int = 255
    max_description_length: int = 10_000
    schema_lock_timeout_ms: int = 3_000
    schema_statement_timeout_ms: int = 300_000
    max_converted_records: int = 100_000
    max_import_bytes: int = 1 << 30
    idempotency_retention: timedelta = timedelta(days=1)
    max_api_keys_per_user: int = 100
    max_application_tokens: int = 100
    max_roles: int = 1_000
    max_invitations_per_workspace: int = 200
    max_invitation_mails_per_day: int = 200
    invitation_lifetime: timedelta = timedelta(days=7)
    invitation_resend_interval: timedelta = timedelta(minutes=5)
    max_automations_per_table: int = 100
    max_actions_per_automation: int = 100
    max_automation_bytes: int = 1 << 18
    max_automation_depth: int = 10
    max_automation_runs_per_minute: int = 30_000
    automation_run_retention: timedelta = timedelta(days=30)
    add_members_by_email: bool = True
    registration_by_invitation: bool = True
    registration_by_backend: bool = True
    mail_attempts: int = 5
    mail_retry_delay: timedelta = timedelta(seconds=5)
    max_api_key_targets: int = 100
    max_key_overlap: timedelta = timedelta(days=7)
    trash_retention: timedelta = timedelta(days=7)
    undo_window: timedelta = timedelta(hours=1)
    max_undo_records: int = 10_000
    events_per_read: int = 100
    derived_events_per_read: int = 500
    max_queued_events: int = 1_000
    max_queued_bytes: int = 1 << 20
    event_poll_interval: timedelta = timedelta(seconds=1)
    presence_interval: timedelta = timedelta(milliseconds=50)
    max_presence_members: int = 200
    max_presence_channels: int = 50
    max_presence_events_waiting: int = 100
    max_schedules_per_user: int = 100
    least_interval: timedelta = timedelta(minutes=1)
    max_cursor_bytes: int = 1_024
    max_document_characters: int = 100_000
    max_document_tokens: int = 2_000
    max_query_depth: int = 15
    max_query_aliases: int = 30
    max_query_directives: int = 50
    max_root_fields: int = 20
    max_selected_fields: int = 1_000
    max_field_recursion: int = 4
    max_literal_depth: int = 64
    assumed_list_size: int = 5
    max_answer_values: int = 100_000
    max_query_cost: int = 100_000
    max_cost_per_minute: int = 1_000_000
    max_requests_per_minute: int = 1_000
    max_anonymous_requests_per_minute: int = 100
    max_guess_delay: timedelta = timedelta(minutes=5)
    free_guesses_per_account: int = 10
    free_guesses_per_address: int = 50
    guess_memory: timedelta = timedelta(hours=1)
    report_cost: bool = True
    execution_timeout: timedelta = timedelta(seconds=10)
    max_webhooks_per_table: int = 50
    max_webhook_headers: int = 20
    max_webhook_bytes: int = 256 << 10
    max_webhook_batch: int = 500
    max_webhook_batch_delay: timedelta = timedelta(hours=1)
    webhook_retry_seconds: str = "5,300,1800,7200,18000,36000,50400,72000,86400"
    max_webhook_retry_after: timedelta = timedelta(days=1)
    webhook_deliveries_at_once: int = 10
    webhook_disable_after: timedelta = timedelta(days=5)
    webhook_log_retention: timedelta = timedelta(days=30)
    max_webhook_logged_bytes: int = 8 << 10
    max_redelivered: int = 10_000
    max_webhook_mappings: int = 200
    max_incoming_requests_per_minute: int = 600
    max_client_incoming_requests_per_minute: int = 1_200
    document_cache_bytes: int = 32 << 20
    statement_cache_bytes: int = 64 << 20
    function_timeout: timedelta = timedelta(seconds=10)
    max_function_depth: int = 5
    max_function_record_bytes: int = 1 << 16
    max_queued_argument_bytes: int = 1 << 20
    max_queued_calls_per_user: int = 1_000
    automation_step_timeout: timedelta = timedelta(seconds=30)
    automation_run_timeout: timedelta = timedelta(minutes=5)
    automation_attempts: int = 5
    automation_retry_delay: timedelta = timedelta(seconds=2)
    max_run_steps: int = 5_000
    max_loop_records: int = 1_000
    max_step_bytes: int = 1 << 20
    max_rendered_characters: int = 1 << 20

    @property
    def texts(self) -> TextLimits:
        """Those of names and descriptions."""
        return TextLimits(self.max_name_length, self.max_description_length)

    @property
    def presence(self) -> PresenceLimits:
        """Those of presence."""
        return PresenceLimits(
            poll_seconds=self.event_poll_interval.total_seconds(),
            pause_seconds=self.presence_interval.total_seconds(),
            most_members=self.max_presence_members,
            most_channels=self.max_presence_channels,
            most_waiting=self.max_presence_events_waiting,
        )


@dataclass(slots=True)
class Services:
    """The process's shared parts. The fields grow with the product; each has one owner module."""

    database: Database
    secret_key: str = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    registration_open: bool = True
    access_token_lifetime: timedelta = timedelta(minutes=15)
    refresh_token_lifetime: timedelta = timedelta(days=30)
    refresh_grace: timedelta = timedelta(seconds=10)
    internal_token_lifetime: timedelta = timedelta(minutes=1)
    token_rules: TokenRules = field(default_factory=TokenRules)
    token_keys: Keyring | None = field(default=None, repr=False)
    """Those that sign access tokens; without them a key that is made from the secret key does."""
    token_backends: tuple[NamedBackend, ...] = ()
    auth_backends: tuple[NamedAuthBackend | Literal["password"], ...] = (PASSWORD,)
    """Those that know passwords, in the order in which `login` asks them; `password` are the server's own."""
    extensions: Extensions = field(default_factory=Extensions)
    api: ApiClient | None = field(default=None, repr=False)
    """By which functions of extensions run operations; None where there is no API, as on the command line."""
    bus_url: str | None = field(default=None, repr=False)
    """Of the Redis or Valkey that carries the bus; without it the database does."""
    oauth: OAuthSetup = field(default_factory=OAuthSetup)
    passkeys: PasskeySetup | None = None
    """None where there are none."""
    seal: Seal = field(init=False, repr=False)
    password_policy: PasswordPolicy = field(default_factory=PasswordPolicy)
    account_rules: AccountRules = field(default_factory=AccountRules)
    profile: InstanceProfile = field(default_factory=InstanceProfile)
    retention: Retention = field(default_factory=Retention)
    mailer: Mailer = field(default_factory=NoMailer)
    outgoing_rules: Rules = field(default_factory=Rules)
    """Where requests may go that users ask for."""
    outgoing: OutgoingClient = field(init=False)
    script_bounds: Bounds = field(default_factory=Bounds)
    max_scripts_at_once: int = 4
    scripts: Scripts = field(init=False)
    former_secret_keys: Sequence[str] = field(default=(), repr=False)
    """Those that have sealed what is in the database still."""
    public_url: str = "http://localhost:8000"
    """What links in mails begin with."""
    letters: Letters = field(init=False)
    rate_limit_url: str | None = field(default=None, repr=False)
    """Of the Redis or Valkey where all processes count together; without it each counts for itself."""
    passwords: Passwords = field(default_factory=Passwords)
    store: Store | None = field(init=False)
    quotas: Quotas = field(init=False)
    guesses: Guesses = field(init=False)
    tokens: AccessTokens = field(init=False)
    internal_tokens: InternalTokens = field(init=False)
    refresh_key: bytes = field(init=False, repr=False)
    authenticator: Authenticator = field(init=False)
    bus: Bus = field(init=False)
    figures: StreamFigures = field(default_factory=StreamFigures)
    streams: Hub = field(init=False)
    presence: Presence = field(init=False)
    constraints: ConstraintBuilder = field(init=False)
    view_indexes: ViewIndexBuilder = field(init=False)
    metadata: MetadataCache = field(default_factory=MetadataCache)
    statements: StatementCache = field(init=False)
    shared_reads: SharedReadRates = field(init=False)
    submissions: SubmissionRates = field(init=False)
    incoming: IncomingRates = field(init=False)
    instance: LiveSettings = field(init=False)

    @property
    def registration(self) -> Registration:
        """Who may make an account."""
        return Registration.of(is_open=self.registration_open, by_invitation=self.limits.registration_by_invitation)

    def __post_init__(self) -> None:
        self.seal = Seal(self.secret_key, "secrets that are read again", former=self.former_secret_keys)
        self.tokens = AccessTokens(
            self.secret_key, self.access_token_lifetime, keys=self.token_keys, rules=self.token_rules
        )
        self.internal_tokens = InternalTokens(self.secret_key, self.internal_token_lifetime, rules=self.token_rules)
        self.refresh_key = derived_key(self.secret_key, "tablegraph refresh tokens")
        self.authenticator = Authenticator(self.database, self.tokens)
        self.statements = StatementCache(self.limits.statement_cache_bytes)
        self.outgoing = OutgoingClient(self.outgoing_rules)
        self.scripts = Scripts(self.script_bounds, self.max_scripts_at_once)
        self.letters = Letters(self.public_url)
        self.store = None if self.rate_limit_url is None else Store(self.rate_limit_url)
        self.quotas = make_quotas(self.store)
        self.guesses = Guesses(make_counters(self.store))
        self.submissions = SubmissionRates(
            self.quotas, self.limits.max_form_submissions_per_minute, self.limits.max_client_submissions_per_minute
        )
        self.incoming = IncomingRates(
            self.quotas,
            self.limits.max_incoming_requests_per_minute,
            self.limits.max_client_incoming_requests_per_minute,
        )
        self.shared_reads = SharedReadRates(
            self.quotas, self.limits.max_link_reads_per_minute, self.limits.max_client_link_reads_per_minute
        )
        self.bus = make_bus(self.database, self.bus_url)
        self.streams = Hub(self)
        self.constraints = ConstraintBuilder(self.database, self.bus)
        self.view_indexes = ViewIndexBuilder(self.database)
        self.presence = Presence(self.database, self.bus, lambda: self.limits.presence)
        self.instance = LiveSettings(self)
