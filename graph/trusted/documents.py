"""Which document a request means, and whether it may be run here."""

from collections.abc import Mapping
from dataclasses import replace

from domain.errors import BadRequest, Forbidden, PersistedQueryNotFound
from graph.execution.documents import DocumentCache, Prepared
from graph.execution.engine import Request
from graph.trusted.persisted import PersistedDocuments
from graph.trusted.reference import Reference
from graph.trusted.registered import sha256_of


class TrustedDocuments:
    """The registered documents, and beside them what clients persist; with `registered_only`, nothing else runs.

    `documents` keeps what is parsed, validated and planned by the text, and there is one text for each id and hash,
    so a document that is named finds its plan as fast as one that is sent.
    """

    def __init__(
        self,
        documents: DocumentCache,
        registered: Mapping[str, str],
        *,
        registered_only: bool,
        max_persisted_bytes: int,
    ) -> None:
        self._documents = documents
        self._registered = {sha256_of(text): text for text in registered.values()} | dict(registered)
        self._texts = documents.registered = frozenset(registered.values())
        self._registered_only = registered_only
        self._persisted = PersistedDocuments(max_persisted_bytes)

    def known(self, request: Request) -> Request:
        """The request with the text of its document.

        Raises `PersistedQueryNotFound` where it names one that is not known, `BadRequest` where it names one and
        sends another, and `Forbidden` where only registered ones run and it is none of them.
        """
        if request.reference is not None:
            return replace(request, query=self._named(request.reference, request.query))
        self._require_registered(request.query)
        return request

    def _named(self, reference: Reference, sent: str) -> str:
        text = self._registered.get(reference.id)
        if text is None and not self._registered_only:
            text = self._persisted.get(reference.id)
        if not sent:
            if text is None:
                raise PersistedQueryNotFound
            return text
        if sent == text:
            return text
        self._require_registered(sent)
        if sha256_of(sent) != reference.id:
            raise BadRequest("The document that was sent has another hash (provided sha does not match query).")
        self._persist(reference.id, sent)
        return sent

    def _require_registered(self, text: str) -> None:
        if self._registered_only and text not in self._texts:
            raise Forbidden("This server runs registered documents only, and this is none of them.")

    def _persist(self, sha256: str, text: str) -> None:
        """Keep what can be executed: other texts would only take the room of those."""
        if isinstance(self._documents.get(text), Prepared):
            self._persisted.keep(sha256, text)
