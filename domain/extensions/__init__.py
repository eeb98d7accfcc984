"""What packages of others build on that extend the server: everything that they need is imported from here.

See docs/extensions.md.
"""

from domain.extensions.calls import Call, GraphQLFailed
from domain.extensions.extension import GROUP, Extension
from domain.extensions.faults import ExtensionFault, Refused
from domain.extensions.functions import ADMIN, PUBLIC, USER, AuthLevel
from domain.extensions.writes import Draft, RecordWrite, WriteKind, WrittenTable

__all__ = [
    "ADMIN",
    "GROUP",
    "PUBLIC",
    "USER",
    "AuthLevel",
    "Call",
    "Draft",
    "Extension",
    "ExtensionFault",
    "GraphQLFailed",
    "RecordWrite",
    "Refused",
    "WriteKind",
    "WrittenTable",
]
