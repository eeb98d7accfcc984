"""Documents on instance settings, and short ways to run them."""

from typing import Any

from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate

SETTINGS = "settings { revision updatedAt settings { name value default source } }"
READ = "{ instanceSettings { revision updatedAt settings { name value default source } } }"
REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
INFO = "{ instanceInfo { name registration hasProviders hasPasskeys minPasswordLength } }"


async def put(api: Api, person: Person, if_revision: int | None = None, **values: Any) -> Result:
    """Run updateInstanceSettings with these values."""
    given = [{"name": name, "value": value} for name, value in values.items()]
    return await mutate(
        api, "updateInstanceSettings", SETTINGS, {"settings": given, "ifRevision": if_revision}, as_=person
    )


async def reset(api: Api, person: Person, *names: str, if_revision: int | None = None) -> Result:
    """Run resetInstanceSettings for these settings."""
    given = {"names": names, "ifRevision": if_revision}
    return await mutate(api, "resetInstanceSettings", SETTINGS, given, as_=person)


async def revision(api: Api, person: Person) -> int:
    """That of the settings now."""
    found: int = (await api.execute(READ, as_=person)).ok["instanceSettings"]["revision"]
    return found


def setting(settings: Any, name: str) -> Any:
    """One of the settings of an answer."""
    return next(each for each in settings["settings"] if each["name"] == name)


async def name_of(api: Api) -> str:
    """The server's name, as everybody sees it."""
    found: str = (await api.execute(INFO)).ok["instanceInfo"]["name"]
    return found
