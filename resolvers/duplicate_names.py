"""Translates the violation of a unique index of the catalog, which the database finds, into `DuplicateValue`."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import IntegrityError

from domain.errors import DuplicateValue

TABLE_NAMES = "uq_tables_base_id_name_lower"
FIELD_NAMES = "uq_fields_table_id_name_lower"
VIEW_NAMES = "uq_views_table_id_owner_id_name_lower"
EMAILS = "uq_users_email_lower"
MEMBERS = "uq_workspace_members_workspace_id_user_id"
ROLE_NAMES = "uq_roles_name_lower"
GROUP_NAMES = "uq_groups_name_lower"
INVITATIONS = "uq_invitations_workspace_id_email_lower"


@contextmanager
def refusing_duplicates(index: str, message: str, *, value: str | None, field: str = "name") -> Iterator[None]:
    """Around a flush: raise `DuplicateValue` with this message when it violates this unique index."""
    try:
        yield
    except IntegrityError as error:
        if _violated(error) != index:
            raise
        raise DuplicateValue(message, field=field, value=value) from error


def _violated(error: IntegrityError) -> str | None:
    """The name of the constraint or index; asyncpg's own error is the cause of the driver adapter's."""
    cause = error.orig.__cause__ if error.orig is not None else None
    return cause.constraint_name if isinstance(cause, asyncpg.IntegrityConstraintViolationError) else None
