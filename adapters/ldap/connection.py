"""A connection to a directory: how it is opened and secured, and the two things that are asked over it."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from urllib.parse import urlsplit

import ldap3
from ldap3.core import results

from adapters.ldap.config import LdapConfig

_WRONG: Final = frozenset(
    {
        results.RESULT_CONSTRAINT_VIOLATION,  # an account that is locked
        results.RESULT_NO_SUCH_OBJECT,
        results.RESULT_INVALID_DN_SYNTAX,
        results.RESULT_INAPPROPRIATE_AUTHENTICATION,  # an entry without a password
        results.RESULT_INVALID_CREDENTIALS,
        results.RESULT_INSUFFICIENT_ACCESS_RIGHTS,
        results.RESULT_UNWILLING_TO_PERFORM,  # an account that is disabled
        results.RESULT_REFERRAL,  # another server's word, which is not asked
    }
)
"""Answers to a bind that are about the name and the password; all others are about the directory."""
_NOTHING: Final = frozenset({results.RESULT_NO_SUCH_OBJECT, results.RESULT_REFERRAL})
_FOUND: Final = frozenset({results.RESULT_SUCCESS, results.RESULT_SIZE_LIMIT_EXCEEDED})


class DirectoryAway(Exception):
    """The directory cannot be reached, or does not answer as it is set up to; the message says in what way."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found: its name, and the raw values of the attributes that it has, by their names in small letters."""

    dn: str
    values: Mapping[str, Sequence[bytes]]

    def first(self, attribute: str) -> bytes | None:
        """The first value of an attribute; None where it has none."""
        return next(iter(self.values.get(attribute.lower(), ())), None)


class Connection:
    """One that is open. It is never opened anew: that would be without TLS, and be sent the password."""

    def __init__(self, wire: ldap3.Connection, *, is_secured: bool) -> None:
        self._wire = wire
        self._is_secured = is_secured

    def bind(self, dn: str, password: str) -> bool:
        """Whether this is the password of this entry, as which all further questions are asked then.

        A bind without a password succeeds in many directories, whoever it names (RFC 4513, 5.1.2). ldap3 prepares text
        in a way by which a password may become empty; it leaves bytes as they are.
        """
        if not dn or not password:
            return False
        self._require_open()
        self._wire.rebind(dn, password.encode(), ldap3.SIMPLE, read_server_info=False)
        code = self._wire.result["result"]
        if code != results.RESULT_SUCCESS and code not in _WRONG:
            raise DirectoryAway(f"a bind was answered by {self._wire.result['description']}")
        return bool(code == results.RESULT_SUCCESS)

    def search(
        self, base: str, filter: str, attributes: Sequence[str], *, only_base: bool = False, most: int = 2
    ) -> list[Entry]:
        """Up to `most` entries that match; referrals are not followed."""
        self._require_open()
        scope = ldap3.BASE if only_base else ldap3.SUBTREE
        self._wire.search(base, filter, scope, attributes=list(attributes), size_limit=most)
        code = self._wire.result["result"]
        if code in _NOTHING:
            return []
        if code not in _FOUND:
            raise DirectoryAway(f"a search was answered by {self._wire.result['description']}")
        return [_entry(each) for each in self._wire.response or () if each["type"] == "searchResEntry"]

    def _require_open(self) -> None:
        if self._wire.closed or (self._is_secured and not isinstance(self._wire.socket, ssl.SSLSocket)):
            raise DirectoryAway("the connection was lost")


class _Tls(ldap3.Tls):
    """TLS as the standard library does it: certificate, name and version are verified by the context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: ARG002  # it always is
        """Secure the connection, or raise."""
        host = connection.server.host
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=host)


@contextmanager
def connected(config: LdapConfig, url: str, context: ssl.SSLContext) -> Iterator[Connection]:
    """A connection to one server, secured before anything is said; closed behind the block."""
    parts = urlsplit(url)
    by_tls = parts.scheme == "ldaps"
    server = ldap3.Server(
        parts.hostname or "",
        port=parts.port,
        use_ssl=by_tls,
        get_info=ldap3.NONE,
        tls=_Tls(context),
        connect_timeout=config.seconds,
    )
    wire = ldap3.Connection(
        server,
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,
        check_names=False,
        read_only=True,
        receive_timeout=ceil(config.seconds),
        return_empty_attributes=False,
    )
    try:
        wire.open(read_server_info=False)
        if config.start_tls and not by_tls and not wire.start_tls(read_server_info=False):
            raise DirectoryAway("StartTLS was refused")
        yield Connection(wire, is_secured=by_tls or config.start_tls)
    finally:
        wire.strategy.close()


def _entry(response: Mapping[str, Any]) -> Entry:
    return Entry(response["dn"], {name.lower(): values for name, values in response["raw_attributes"].items()})
