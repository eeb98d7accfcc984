"""Who is given something: a user or a group."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.errors import BadRequest
from models import Group, User
from resolvers.access import missing


@dataclass(frozen=True, slots=True)
class Holder:
    """A user or a group, one of the two; raises `BadRequest` for none and for both."""

    user_id: UUID | None
    group_id: UUID | None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.group_id is None):
            raise BadRequest("Name either a user or a group, by userId or groupId.")

    @property
    def id(self) -> UUID:
        """The id of whichever it is."""
        id = self.user_id or self.group_id
        assert id is not None  # one of them is there, see above
        return id

    @property
    def columns(self) -> dict[str, UUID | None]:
        """As the tables of grants have it."""
        return {"user_id": self.user_id, "group_id": self.group_id}

    async def require_existence(self, unit: Unit) -> None:
        """Raise `NotFound` when it is not there."""
        if self.user_id is not None:
            await load_user(unit, self.user_id)
        elif await unit.session.scalar(select(Group.id).where(Group.id == self.group_id)) is None:
            raise missing("group", self.id)


async def load_user(unit: Unit, user_id: UUID) -> User:
    """The user, locked against deletion; raises `NotFound`."""
    statement = select(User).where(User.id == user_id).with_for_update(read=True, key_share=True)
    found = await unit.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise missing("user", user_id)
    return found
