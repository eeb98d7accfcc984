"""What the sections of the settings have in common."""

from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TABLEGRAPH_"
FILE = "tablegraph.toml"
SUPERUSER_PASSWORD = PREFIX + "SUPERUSER_PASSWORD"
"""No setting: `tablegraph create-superuser` alone reads it."""


def environment_name(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name == "database_url" else PREFIX + name.upper()


def listed(text: str) -> list[str]:
    """The parts of a setting that holds several, separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


class Section(BaseSettings):
    """A group of settings; its docstring heads them in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=FILE, env_ignore_empty=True, extra="forbid", frozen=True, validate_default=False
    )
