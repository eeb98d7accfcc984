"""How a directory is reached, and what its entries are made of."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

LOGIN: Final = "{login}"
"""Stands in a filter, or in a name, for what somebody types."""


@dataclass(frozen=True, slots=True)
class LdapConfig:
    """One directory. People are found by `user_dn` or, where that is None, by `search_filter` below `search_base`."""

    urls: tuple[str, ...]
    """Servers with the same entries, tried in this order."""
    start_tls: bool = True
    ca_file: Path | None = None
    bind_dn: str | None = None
    bind_password: str | None = field(default=None, repr=False)
    user_dn: str | None = None
    search_base: str | None = None
    search_filter: str = "(uid={login})"
    id_attribute: str = "entryUUID"
    mail_attribute: str = "mail"
    name_attribute: str = "cn"
    vouches_for_mail: bool = True
    required_group: str | None = None
    membership: Literal["group", "memberOf"] = "group"
    seconds: float = 5.0
    """How long each step may take: to connect, and to answer."""

    @property
    def attributes(self) -> list[str]:
        """Those of an entry that are read."""
        return [self.id_attribute, self.mail_attribute, self.name_attribute]
