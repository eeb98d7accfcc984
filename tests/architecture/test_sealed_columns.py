"""What is sealed in the database is all sealed anew by `tablegraph re-encrypt-secrets`: no column is left out."""

import re
from pathlib import Path

from sqlalchemy import LargeBinary

from adapters.sealed_tables import SEALED_TABLES
from models import Model

ROOT = Path(__file__).parents[2]
_HASH = re.compile(r".*_hash")
NOT_SEALED = {
    "refresh_tokens.used_by": "a hash",
    "refresh_tokens.seed": "random, of no use without the secret key",
    "passkeys.credential_id": "public",
    "passkeys.public_key": "public",
    "challenges.content": "a digest, or what is to be signed",
    "view_indexes.digest": "a digest",
}
"""Columns of bytes that are neither hashes by their names nor sealed, and why."""
PLACES = {
    "resolvers/automations/returning.py": None,  # a header of requests, which comes back with them
    "resolvers/functions/queueing.py": "function_calls.sealed_arguments",
    "resolvers/incoming_webhooks/changes.py": "incoming_webhooks.sealed_secret",
    "resolvers/mailing/posting.py": "jobs.pgqueuer.payload",
    "resolvers/oauth/identities.py": "identities.tokens",
    "resolvers/oauth/starting.py": "oauth_requests.sealed",
    "resolvers/second_factor/managing.py": "authenticators.secret",
    "resolvers/sharing/reading.py": None,  # cursors, which their readers keep
    "resolvers/timers/managing.py": "timers.sealed_arguments",
    "resolvers/webhooks/changes.py": "webhooks.sealed_secret",
    "resolvers/webhooks/content.py": "webhooks.sealed_headers",
}
"""Who seals, and the column that it goes into; None where it does not stay in the database."""


def test_every_column_of_bytes_is_sealed_anew_or_nothing_that_is_sealed() -> None:
    columns = [column for table in Model.metadata.tables.values() for column in table.columns]
    of_bytes = {f"{each.table.name}.{each.name}" for each in columns if isinstance(each.type, LargeBinary)}
    hashes = {name for name in of_bytes if _HASH.fullmatch(name)}

    assert of_bytes - hashes - set(NOT_SEALED) == _listed() - {"jobs.pgqueuer.payload"}


def test_everything_that_is_sealed_lies_in_a_column_that_is_sealed_anew() -> None:
    packages = ("adapters", "graph", "resolvers", "server")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    sealing = {str(file.relative_to(ROOT)) for file in files if re.search(r"\bseal\.close\(", file.read_text())}

    assert sealing == set(PLACES)
    assert {place for place in PLACES.values() if place} <= _listed()


def _listed() -> set[str]:
    return {f"{table.name}.{column}" for table in SEALED_TABLES for column in table.columns}
