"""Keeps what people type from being read as a part of a filter or of a name."""

from typing import Final

from adapters.ldap.config import LOGIN

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def escaped(text: str) -> str:
    r"""The text as a value in a filter (RFC 4515) or in a distinguished name (RFC 4514), for both know `\xx`.

    Everything but letters and digits of ASCII is written so: there is no list of dangerous characters to be incomplete.
    """
    return "".join(each if each in _PLAIN else _octets(each) for each in text)


def filled(template: str, login: str) -> str:
    """A filter or a name with what somebody typed in the place of `{login}`."""
    return template.replace(LOGIN, escaped(login))


def _octets(character: str) -> str:
    return "".join(f"\\{octet:02x}" for octet in character.encode())
