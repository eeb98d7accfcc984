"""What is said to a directory to find out whose name and password these are. It blocks; see `adapters.ldap.backend`."""

import logging
import secrets
import ssl
from uuid import UUID

from adapters.ldap.config import LdapConfig
from adapters.ldap.connection import Connection, DirectoryAway, Entry, connected
from adapters.ldap.escaping import escaped, filled
from domain.accounts.profiles import Profile

logger = logging.getLogger(__name__)

_ANY = "(objectClass=*)"


class Directory:
    """One directory, on any of its servers. Raises `OSError` for a CA file that cannot be read."""

    def __init__(self, config: LdapConfig) -> None:
        self._config = config
        self._context = ssl.create_default_context(cafile=config.ca_file)

    def identify(self, login: str, password: str) -> Profile | None:
        """Whose name and password these are; None for wrong ones. Raises `DirectoryAway` where no server can say."""
        away = "it has no servers"
        for url in self._config.urls:
            try:
                with connected(self._config, url, self._context) as connection:
                    return self._identify(connection, login, password)
            except Exception as error:  # ldap3 lets through whatever the other side's nonsense brings about
                away = f"{url}: {type(error).__name__}: {error}"
                logger.warning("a directory is away: %s", away)
        raise DirectoryAway(away)

    def probe(self) -> None:
        """Come in at each server, with the server's own entry where there is one; raises `DirectoryAway`."""
        for url in self._config.urls:
            try:
                with connected(self._config, url, self._context) as connection:
                    self._come_in(connection)
            except Exception as error:  # likewise
                raise DirectoryAway(f"{url}: {type(error).__name__}: {error}") from error

    def _identify(self, connection: Connection, login: str, password: str) -> Profile | None:
        found = self._by_name if self._config.user_dn is not None else self._by_search
        entry = found(connection, login, password)
        return None if entry is None else self._profile(entry)

    def _by_name(self, connection: Connection, login: str, password: str) -> Entry | None:
        """Bind first, and have the rest read by the user themself."""
        dn = filled(self._config.user_dn or "", login)
        if not connection.bind(dn, password):
            return None
        entry = _only(connection.search(dn, _ANY, self._config.attributes, only_base=True))
        if entry is None:
            raise DirectoryAway("people may not read their own entries")
        return entry if self._is_member(connection, entry) else None

    def _by_search(self, connection: Connection, login: str, password: str) -> Entry | None:
        """Search first. There is a bind in any case, so that its time does not tell who is known."""
        self._come_in(connection)
        base = self._config.search_base or ""
        matching = connection.search(base, filled(self._config.search_filter, login), self._config.attributes)
        if len(matching) > 1:
            logger.warning("a directory has several entries for one name; nobody signs in with it")
        entry = _only(matching)
        is_member = entry is not None and self._is_member(connection, entry)
        dn = f"cn={secrets.token_hex(8)},{base}" if entry is None else entry.dn
        return entry if connection.bind(dn, password) and is_member else None

    def _come_in(self, connection: Connection) -> None:
        """Bind as the server's own entry; without one the search is anonymous."""
        dn, password = self._config.bind_dn, self._config.bind_password
        if dn is not None and not connection.bind(dn, password or ""):
            raise DirectoryAway("it does not take ldap_bind_dn with ldap_bind_password")

    def _is_member(self, connection: Connection, entry: Entry) -> bool:
        """Whether an entry is of the required group. The directory compares, for names have many spellings."""
        group = self._config.required_group
        if group is None:
            return True
        if self._config.membership == "memberOf":
            where, what = entry.dn, f"(memberOf={escaped(group)})"
        else:
            member = escaped(entry.dn)
            where, what = group, f"(|(member={member})(uniqueMember={member}))"
        return bool(connection.search(where, what, ["1.1"], only_base=True))

    def _profile(self, entry: Entry) -> Profile:
        subject = _subject(self._config.id_attribute, entry.first(self._config.id_attribute))
        if subject is None:
            raise DirectoryAway(f"an entry has no {self._config.id_attribute}, or it may not be read")
        mail, name = (_text(entry.first(each)) for each in (self._config.mail_attribute, self._config.name_attribute))
        return Profile(subject, mail, self._config.vouches_for_mail and mail is not None, name)


def _only(entries: list[Entry]) -> Entry | None:
    return entries[0] if len(entries) == 1 else None


def _subject(attribute: str, value: bytes | None) -> str | None:
    """The id as text; an objectGUID, which is binary, as Microsoft writes it."""
    if value is not None and attribute.lower() == "objectguid" and len(value) == 16:
        return str(UUID(bytes_le=value))
    return _text(value)


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
