"""The keys of access tokens, where the settings name some."""

from adapters.tokens import Keyring, read_keys
from server.settings import Settings


def keys_of(settings: Settings) -> Keyring | None:
    """The keys of RS256 or EdDSA, None for HS256, whose key is made from the secret key; raises `KeysRefused`."""
    path = settings.token_keys_path
    return None if path is None else read_keys(path, settings.token_algorithm)
