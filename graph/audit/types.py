"""The audit log as the API shows it."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.audit.actions import AuditAction
from domain.ids import kind_of
from graph.accounts.types import User, load_user
from graph.id_pages import page_info_of
from graph.info import Info
from graph.node import optional_id, read_optional_id
from graph.paging import PageInfo
from models import AuditEntry as EntryModel
from resolvers.audit.reading import AuditFilter as Wanted
from resolvers.id_pages import IdPage


@strawberry.input(description="Which entries; all that is given must hold.")
class AuditFilter:
    """The argument `filter` of the audit logs."""

    actions: list[str] | None = strawberry.field(
        default=None, description="Only these actions, see `AuditEntry.action`."
    )
    actor_id: strawberry.ID | None = strawberry.field(default=None, description="Only what this user did.")
    subject_id: strawberry.ID | None = strawberry.field(default=None, description="Only what was done to this.")
    workspace_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only what concerns this workspace."
    )
    since: datetime | None = strawberry.field(default=None, description="Only from this moment on.")
    until: datetime | None = strawberry.field(default=None, description="Only before this moment.")

    def read(self) -> Wanted:
        """The filter as the use case takes it."""
        return Wanted(
            self.actions,
            read_optional_id(self.actor_id, "actorId"),
            read_optional_id(self.subject_id, "subjectId"),
            read_optional_id(self.workspace_id, "workspaceId"),
            self.since,
            self.until,
        )


@strawberry.type(description="Something that was done to an account, a right or a membership. Entries never change.")
class AuditEntry:
    """An entry of the audit log."""

    actor: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="A UUID of its own.")
    at: datetime = strawberry.field(description="When it was done.")
    action: str = strawberry.field(
        description="What was done, such as `session.login` or `member.role_changed`: "
        + ", ".join(f"`{action.value}`" for action in AuditAction)
        + "."
    )
    description: str = strawberry.field(description="The action in a sentence.")
    actor_id: strawberry.ID | None = strawberry.field(
        description="The user who did it; null for the command line, and where nobody was signed in."
    )
    api_key_id: strawberry.ID | None = strawberry.field(description="The API key that it was done with.")
    session_id: strawberry.ID | None = strawberry.field(description="The session that it was done in.")
    subject_id: strawberry.ID | None = strawberry.field(description="What it was done to.")
    subject_type: str | None = strawberry.field(description="What kind of thing that is, such as `USER` or `ROLE`.")
    workspace_id: strawberry.ID | None = strawberry.field(description="The workspace that it concerns.")
    ip_address: str | None = strawberry.field(
        description="The address that the request came from; null in the log of a workspace."
    )
    user_agent: str | None = strawberry.field(
        description="The User-Agent header of the request; null in the log of a workspace."
    )
    details: JSON = strawberry.field(description="What else is known of it, an object; it holds no secrets.")

    @classmethod
    def from_model(cls, entry: EntryModel, *, shows_origin: bool) -> "AuditEntry":
        """The GraphQL object of an entry; from where it came is not for the admins of a workspace."""
        action = AuditAction.named(entry.action)
        kind = None if entry.subject_id is None else kind_of(entry.subject_id)
        return cls(
            actor=entry.actor_id,
            id=strawberry.ID(str(entry.id)),
            at=entry.at,
            action=entry.action,
            description="" if action is None else action.sentence,
            actor_id=optional_id(entry.actor_id),
            api_key_id=optional_id(entry.api_key_id),
            session_id=optional_id(entry.session_id),
            subject_id=optional_id(entry.subject_id),
            subject_type=None if kind is None else kind.name,
            workspace_id=optional_id(entry.workspace_id),
            ip_address=entry.ip_address if shows_origin else None,
            user_agent=entry.user_agent if shows_origin else None,
            details=JSON(entry.details),
        )

    @strawberry.field(name="actor", description="The user who did it; null also when that account is gone.")
    async def load_actor(self, info: Info) -> User | None:
        return await load_user(info, self.actor)


@strawberry.type(description="An entry in an audit log, with its place in it.")
class AuditEntryEdge:
    """An entry and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: AuditEntry = strawberry.field(description="The entry.")


@strawberry.type(description="A page of an audit log, the newest entry first.")
class AuditEntryConnection:
    """A page of entries."""

    edges: list[AuditEntryEdge] = strawberry.field(description="The entries of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the log.")

    @strawberry.field(description="The entries of the page.")
    def nodes(self) -> list[AuditEntry]:
        return [edge.node for edge in self.edges]

    @classmethod
    def from_page(cls, page: IdPage[EntryModel], *, shows_origin: bool) -> "AuditEntryConnection":
        """The connection of a page."""
        edges = [
            AuditEntryEdge(cursor=str(entry.id), node=AuditEntry.from_model(entry, shows_origin=shows_origin))
            for entry in page.items
        ]
        return cls(edges=edges, page_info=page_info_of(page))
