"""Tokens that this server signs, and reads without asking anybody: access tokens, and internal ones."""

from adapters.tokens.access import AccessToken, AccessTokens
from adapters.tokens.internal import InternalToken, InternalTokens
from adapters.tokens.key_file import KeysRefused, read_keys
from adapters.tokens.keys import Key, Keyring, derived_key
from adapters.tokens.reading import EXPIRED, TokenRules

__all__ = [
    "AccessToken",
    "AccessTokens",
    "EXPIRED",
    "InternalToken",
    "InternalTokens",
    "Key",
    "Keyring",
    "KeysRefused",
    "TokenRules",
    "derived_key",
    "read_keys",
]
