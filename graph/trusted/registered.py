"""Files of registered documents, as the builds of client programs write them.

Three forms are read: a JSON object from ids to documents (the client preset of `@graphql-codegen` with
`persistedDocuments`, `relay-compiler` with `persistConfig.file`), and the manifest of Apollo's
`generate-persisted-query-manifest`. A folder is all of its `.json` files together.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from graph.trusted.reference import HASH_PREFIX

APOLLO_MANIFEST: Final = "apollo-persisted-query-manifest"


class RegisteredDocumentsInvalid(Exception):
    """The registered documents cannot be read; the message says which file and why."""


def sha256_of(text: str) -> str:
    """The SHA-256 of a document, in hex."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_registered(path: Path) -> Mapping[str, str]:
    """The documents of a file or of a folder, by their ids; raises `RegisteredDocumentsInvalid`."""
    try:
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise RegisteredDocumentsInvalid(f"The folder {path} has no .json file of registered documents.")
        documents: dict[str, str] = {}
        for file in files:
            for id, text in _entries(file):
                if documents.setdefault(id, text) != text:
                    raise RegisteredDocumentsInvalid(f"{file} has another document with the id {id!r}.")
    except OSError as error:
        raise RegisteredDocumentsInvalid(f"{path} cannot be read: {error.strerror}.") from error
    return documents


def _entries(file: Path) -> Iterator[tuple[str, str]]:
    try:
        content = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise RegisteredDocumentsInvalid(f"{file} is not valid JSON: {error}.") from error
    for id, text in _pairs(file, content):
        if not isinstance(id, str) or not isinstance(text, str) or not id:
            raise RegisteredDocumentsInvalid(f"{file} is no JSON object from ids to documents (see {id!r}).")
        yield id.removeprefix(HASH_PREFIX), text


def _pairs(file: Path, content: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(content, dict):
        raise RegisteredDocumentsInvalid(f"{file} is no JSON object from ids to documents.")
    if content.get("format") != APOLLO_MANIFEST:
        yield from content.items()
        return
    operations = content.get("operations")
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise RegisteredDocumentsInvalid(f"{file} is a manifest without a list of operations.")
    yield from ((each.get("id"), each.get("body")) for each in operations)
