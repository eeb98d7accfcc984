"""How a request names its document instead of sending it: by `documentId`, or as Apollo's persisted queries do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import BadRequest

MAX_ID_CHARACTERS: Final = 200
HASH_PREFIX: Final = "sha256:"
VERSION: Final = 1
"""Of Apollo's protocol, the only one that there is."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of a registered document, or the SHA-256 of a document that a client sent before, in hex."""

    id: str


def reference_of(members: Mapping[str, Any]) -> Reference | None:
    """The reference among the members of a request; None where there is none. Raises `BadRequest`.

    The members: `documentId`, or `extensions.persistedQuery` as at
    https://www.apollographql.com/docs/apollo-server/performance/apq. What either names may begin with `sha256:`, as
    the hashes do that the client preset of `@graphql-codegen` writes into its documents.
    """
    document_id, persisted = members.get("documentId"), (members.get("extensions") or {}).get("persistedQuery")
    of_apollo = None if persisted is None else _of_apollo(persisted)
    if document_id is None:
        return of_apollo
    reference = Reference(_id(document_id, "documentId"))
    if of_apollo not in (None, reference):
        raise BadRequest("'documentId' and 'extensions.persistedQuery' name different documents.")
    return reference


def _of_apollo(persisted: object) -> Reference:
    if not isinstance(persisted, dict):
        raise BadRequest("'extensions.persistedQuery' must be a JSON object.")
    version = persisted.get("version")
    if isinstance(version, bool) or version != VERSION:
        raise BadRequest(f"'extensions.persistedQuery.version' must be {VERSION}.")
    return Reference(_id(persisted.get("sha256Hash"), "extensions.persistedQuery.sha256Hash"))


def _id(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_CHARACTERS:
        raise BadRequest(f"'{name}' must be a string of 1 to {MAX_ID_CHARACTERS} characters.")
    return value.removeprefix(HASH_PREFIX)
