"""Makes the process's shared parts from the settings, and closes them."""

from adapters.database import Database
from adapters.passwords import Argon2id, Passwords, make_passwords
from adapters.token_backends import load_backends
from adapters.tokens import TokenRules
from domain.instance.retention import Retention
from resolvers.oauth.setup import OAuthSetup
from resolvers.services import Services
from server.backends import auth_backends_of
from server.extensions import extensions_of
from server.mailing import make_mailer
from server.secret import former_secrets_of, secret_of
from server.settings import Settings
from server.settings_section import listed
from server.token_keys import keys_of


def open_database(settings: Settings, url: str) -> Database:
    """The pool; connections are made when they are needed."""
    return Database(
        url,
        pool_size=settings.pool_size,
        max_waiting=settings.max_pool_waiting,
        statement_timeout_ms=settings.statement_timeout_ms,
        idle_transaction_timeout_ms=settings.idle_transaction_timeout_ms,
    )


def make_services(settings: Settings, database: Database) -> Services:
    """Services over a database that the caller opened and will close; raises `SecretRefused`, `KeysRefused`,
    `BackendsRefused` or `ExtensionsRefused`."""
    return Services(
        database=database,
        secret_key=secret_of(settings),
        former_secret_keys=former_secrets_of(settings),
        limits=settings.limits,
        registration_open=settings.registration_open,
        access_token_lifetime=settings.access_token_lifetime,
        refresh_token_lifetime=settings.refresh_token_lifetime,
        refresh_grace=settings.refresh_grace,
        internal_token_lifetime=settings.internal_token_lifetime,
        token_rules=token_rules_of(settings),
        token_keys=keys_of(settings),
        token_backends=load_backends(listed(settings.token_backends)),
        auth_backends=auth_backends_of(settings),
        extensions=extensions_of(settings),
        bus_url=settings.bus_url,
        passwords=_passwords_of(settings),
        oauth=_oauth(settings),
        passkeys=settings.passkeys,
        password_policy=settings.password_policy,
        account_rules=settings.account_rules,
        profile=settings.profile,
        retention=Retention(settings.audit_retention),
        mailer=make_mailer(settings, settings.environment),
        outgoing_rules=settings.outgoing_rules,
        script_bounds=settings.script_bounds,
        max_scripts_at_once=settings.max_scripts_at_once,
        public_url=settings.links_begin_with,
        rate_limit_url=settings.shared_limits_url,
    )


async def close_services(services: Services) -> None:
    """End what services have opened, the database last."""
    services.passwords.close()
    await services.outgoing.aclose()
    await services.scripts.aclose()
    if services.store is not None:
        await services.store.close()
    await services.database.close()


def _oauth(settings: Settings) -> OAuthSetup:
    return OAuthSetup(
        providers=settings.providers,
        redirect_uris=frozenset(listed(settings.oauth_redirect_uris)),
        server_url=settings.server_url,
        request_lifetime=settings.oauth_request_lifetime,
    )


def token_rules_of(settings: Settings) -> TokenRules:
    """What tokens say of issuer and audience, and how strictly their times are taken."""
    return TokenRules(settings.token_issuer, settings.token_audience, settings.token_leeway)


def _passwords_of(settings: Settings) -> Passwords:
    argon2id = Argon2id(settings.argon2_memory_kib, settings.argon2_passes, settings.argon2_lanes)
    return make_passwords(settings.password_scheme, argon2id)
