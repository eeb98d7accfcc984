"""Every setting of the server, read from the environment and from `tablegraph.toml`."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one server."""

    model_config = SettingsConfigDict(env_prefix="TABLEGRAPH_")

    secret_key: str = ""
    max_body_bytes: int = 8 << 20
