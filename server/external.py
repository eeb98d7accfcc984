"""The services outside of the server that the settings name, besides the database, and whether they can be used."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.bus import Bus
from adapters.bus.redis import RedisCarrier
from adapters.ldap.directory import Directory
from adapters.mail.smtp import SmtpMailer
from adapters.providers.oidc import OidcProvider
from adapters.quotas.store import Store
from domain.accounts.auth_backends import LDAP
from server.settings import Settings
from server.settings_section import environment_name, listed

SECONDS: Final = 15.0
"""How long each may take; most have shorter times of their own for each step."""


@dataclass(frozen=True, slots=True)
class ExternalService:
    """One of them. `probe` uses it as the server would, leaves nothing behind there, and raises where that fails."""

    setting: str
    name: str
    probe: Callable[[], Awaitable[None]]

    async def fault(self) -> str | None:
        """Why it cannot be used, with the variable that names it; None where it can."""
        try:
            async with asyncio.timeout(SECONDS):
                await self.probe()
        except Exception as error:  # whatever their libraries raise: it is told, and the others are looked at
            why = str(error) or ("it does not answer" if isinstance(error, TimeoutError) else type(error).__name__)
            return f"{environment_name(self.setting)}: {self.name} cannot be used: {why.rstrip('.')}."
        return None


async def faults_of(services: Sequence[ExternalService]) -> list[str]:
    """Why those cannot be used that cannot; all are asked at the same time."""
    found = await asyncio.gather(*(each.fault() for each in services))
    return [fault for fault in found if fault is not None]


def external_services(settings: Settings) -> Iterator[ExternalService]:
    """Those that a server with these settings uses."""
    if settings.bus_url is not None:
        yield ExternalService("bus_url", "the bus", Bus(RedisCarrier(settings.bus_url)).probe)
    if settings.shared_limits_url is not None:
        setting = "bus_url" if settings.rate_limit_url is None else "rate_limit_url"
        yield ExternalService(setting, "the store of rate limits", partial(_probe_store, settings.shared_limits_url))
    if settings.way_out(settings.environment) == "smtp" and settings.smtp_host is not None:
        mailer = SmtpMailer(settings.smtp_server(settings.smtp_host), settings.mail_from)
        yield ExternalService("smtp_host", "the mail server", mailer.probe)
    if LDAP in listed(settings.auth_backends):
        yield ExternalService("ldap_urls", "the directory", partial(_probe_directory, settings))
    for provider in settings.providers.all():
        if isinstance(provider, OidcProvider):  # the others have no page that says what they are
            yield ExternalService("oauth_providers", f"the provider {provider.config.key}", provider.description.probe)


async def _probe_store(url: str) -> None:
    store = Store(url)
    try:
        await store.probe()
    finally:
        await store.close()


async def _probe_directory(settings: Settings) -> None:
    await asyncio.to_thread(lambda: Directory(settings.directory).probe())
