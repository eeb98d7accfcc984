"""The documents that this server trusts, as its settings say."""

from graph.execution.engine import Engine
from graph.trusted.documents import TrustedDocuments
from graph.trusted.registered import read_registered
from server.settings import Settings


def trusted_documents(settings: Settings, engine: Engine) -> TrustedDocuments:
    """Those that are registered and those to come; raises `RegisteredDocumentsInvalid`."""
    return TrustedDocuments(
        engine.documents,
        {} if settings.documents_path is None else read_registered(settings.documents_path),
        registered_only=settings.documents == "registered",
        max_persisted_bytes=settings.max_persisted_bytes,
    )
