"""The secret key that signs tokens: taken from the settings, or generated into the data folder."""

import os
import secrets
from pathlib import Path

from server.settings import Settings
from server.settings_section import listed

FILE = "secret_key"
MIN_LENGTH = 32
MIN_DISTINCT = 8
"""Different characters; `aaaa…` is as long as it is worthless."""
_WELL_KNOWN = ("changeme", "change-me", "change_me", "insecure", "your-secret", "your_secret", "yoursecret", "example")


class SecretRefused(Exception):
    """There is no secret key where one is needed, or it is too weak; the message says what to do."""


def secret_of(settings: Settings) -> str:
    """The secret key of this server; made at the first start on a data folder. Raises `SecretRefused`."""
    if settings.secret_key is not None:
        return checked(settings.secret_key.get_secret_value())
    if not settings.is_embedded:
        raise SecretRefused(
            "An external DATABASE_URL needs TABLEGRAPH_SECRET_KEY, the same one for every server of that database. "
            'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return _kept(settings.data_dir / FILE)


def former_secrets_of(settings: Settings) -> list[str]:
    """The secret keys of before, see the setting; raises `SecretRefused` for one that can have been none."""
    if settings.former_secret_keys is None:
        return []
    keys = listed(settings.former_secret_keys.get_secret_value())
    return [checked(each, "One of TABLEGRAPH_FORMER_SECRET_KEYS") for each in keys]


def checked(secret: str, name: str = "TABLEGRAPH_SECRET_KEY") -> str:
    """The secret itself, when it is strong enough; raises `SecretRefused`."""
    if len(secret) < MIN_LENGTH:
        raise SecretRefused(f"{name} has {len(secret)} characters; it needs {MIN_LENGTH} or more.")
    if len(set(secret)) < MIN_DISTINCT:
        raise SecretRefused(f"{name} repeats a few characters; generate a random one.")
    if any(word in secret.lower() for word in _WELL_KNOWN):
        raise SecretRefused(f"{name} looks like the placeholder of an example; generate a random one.")
    return secret


def _kept(path: Path) -> str:
    """The key in this file, written there first if need be; readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(fresh)  # whole or not at all, and the first of several processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return checked(path.read_text().strip())
