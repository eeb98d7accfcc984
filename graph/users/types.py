"""Lists of accounts as the API shows them to who looks after the server."""

import strawberry

from graph.accounts.types import User
from graph.id_pages import page_info_of
from graph.info import Info
from graph.node import read_optional_id
from graph.paging import PageInfo
from models import User as UserModel
from resolvers.id_pages import IdPage
from resolvers.user_admin import UserFilter as Wanted
from resolvers.user_admin import count_users


@strawberry.input(description="Which accounts; all that is given must hold.")
class UserFilter:
    """The argument `filter` of `users`."""

    search: str | None = strawberry.field(
        default=None, description="A part of the e-mail address or of the name, whatever the case."
    )
    group_id: strawberry.ID | None = strawberry.field(default=None, description="Only users who are in this group.")
    is_active: bool | None = strawberry.field(default=None, description="Whether they may sign in.")
    is_staff: bool | None = strawberry.field(default=None, description="Whether they are staff.")
    is_superuser: bool | None = strawberry.field(default=None, description="Whether they are superusers.")

    def read(self) -> Wanted:
        """The filter as the use case takes it."""
        group_id = read_optional_id(self.group_id, "groupId")
        return Wanted(self.search, group_id, self.is_active, self.is_staff, self.is_superuser)


@strawberry.type(description="An account in a list, with its place in it.")
class UserEdge:
    """An account and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: User = strawberry.field(description="The account.")


@strawberry.type(description="A page of the accounts of the server, the newest first.")
class UserConnection:
    """A page of accounts."""

    wanted: strawberry.Private[Wanted]
    edges: list[UserEdge] = strawberry.field(description="The accounts of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @strawberry.field(description="The accounts of the page.")
    def nodes(self) -> list[User]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="How many there are in all; counted only when selected.")
    async def total_count(self, info: Info) -> int:
        return await count_users(info.context, self.wanted)

    @classmethod
    def from_page(cls, page: IdPage[UserModel], wanted: Wanted) -> "UserConnection":
        """The connection of a page, and the filter that it was read by."""
        edges = [UserEdge(cursor=str(user.id), node=User.from_model(user)) for user in page.items]
        return cls(wanted=wanted, edges=edges, page_info=page_info_of(page))
