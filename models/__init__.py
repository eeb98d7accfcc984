"""SQLAlchemy's mapped classes of the catalog, one file an entity; users' own tables are not mapped."""

from models.api_key import ApiKey
from models.base import Model
from models.catalog import Base, Field, Table
from models.change import Change
from models.idempotency import IdempotencyKey
from models.session import RefreshToken, Session
from models.user import User
from models.workspace import Workspace, WorkspaceMember

__all__ = [
    "ApiKey",
    "Base",
    "Change",
    "Field",
    "IdempotencyKey",
    "Model",
    "RefreshToken",
    "Session",
    "Table",
    "User",
    "Workspace",
    "WorkspaceMember",
]
