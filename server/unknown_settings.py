"""Names that look like settings and are none, told with the setting that was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from server.settings import Settings
from server.settings_section import FILE, PREFIX, SUPERUSER_PASSWORD, environment_name


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each environment variable that begins as ours do, and that nothing reads."""
    known = {SUPERUSER_PASSWORD, *map(environment_name, Settings.model_fields)}
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in known)
    return [f"{name} in the environment is no setting{_meant_variable(name)}." for name in unknown]


def unknown_key(name: str) -> str:
    """A sentence for a key of the settings file that is none of theirs."""
    return f"'{name}' in {FILE} is no setting{''.join(f'; {near} is' for near in _near(name))}."


def _meant_variable(name: str) -> str:
    return "".join(f"; {environment_name(near)} is" for near in _near(name.removeprefix(PREFIX).lower()))


def _near(name: str) -> list[str]:
    return get_close_matches(name, list(Settings.model_fields), n=1, cutoff=0.7)
