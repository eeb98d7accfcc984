"""The GraphQL types of shared views: links as members see them, and what everybody sees by one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.bases.catalog import FieldMeta
from graph.accounts.types import User, load_user
from graph.fields.types import FieldType
from graph.info import Info
from graph.paging import PageInfo, page_info
from graph.records.arguments import PageArguments
from graph.records.list_arguments import AfterArgument, FirstArgument
from models import ShareLink as LinkModel
from resolvers.sharing.reading import SharedView as OpenView
from resolvers.sharing.reading import count_shared, read_shared


@strawberry.type(description="A link by which everybody who has its token reads a view.")
class ShareLink:
    """A link; its token is shown when it is made, and never again."""

    created_by_id: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="Id of the link; it opens nothing.")
    view_id: strawberry.ID = strawberry.field(description="Id of the view.")
    has_password: bool = strawberry.field(description="Whether it takes a password, too.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends; null for never.")

    @classmethod
    def from_model(cls, link: LinkModel) -> "ShareLink":
        """The GraphQL object of a link."""
        return cls(
            created_by_id=link.created_by,
            id=strawberry.ID(str(link.id)),
            view_id=strawberry.ID(str(link.view_id)),
            has_password=link.password_hash is not None,
            created_at=link.created_at,
            expires_at=link.expires_at,
        )

    @strawberry.field(description="Who made it; null when that account is gone.")
    async def created_by(self, info: Info) -> User | None:
        return await load_user(info, self.created_by_id)


@strawberry.type(description="A field that a shared view shows.")
class SharedField:
    """A field, as far as its values need it to be read."""

    id: strawberry.ID = strawberry.field(description="Id of the field.")
    name: str = strawberry.field(description="The name, by which values are named.")
    type: FieldType = strawberry.field(description="What the field holds.")
    options: JSON = strawberry.field(
        description="The options of the type, its choices for instance; none where they refer to other fields."
    )
    description: str | None = strawberry.field(description="What the field is for.")

    @classmethod
    def from_meta(cls, field: FieldMeta) -> "SharedField":
        """The GraphQL object of a field."""
        options = {} if field.type.is_bound else field.options.model_dump(mode="json")
        return cls(
            id=strawberry.ID(str(field.id)),
            name=field.name,
            type=FieldType(field.type.key),
            options=cast(JSON, options),
            description=field.description,
        )


@strawberry.type(description="A record of a shared view.")
class SharedRecord:
    """A record, with the fields that the view shows."""

    id: strawberry.ID = strawberry.field(description="Id of the record.")
    fields: JSON = strawberry.field(description="The values of the fields that the view shows, by their names.")


@strawberry.type(description="A page of the records of a shared view.")
class SharedRecordConnection:
    """A page, made from its decoded JSON."""

    token: strawberry.Private[str]
    opened: strawberry.Private[OpenView]
    nodes: list[SharedRecord] = strawberry.field(description="The records of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @strawberry.field(description="How many records the view has.")
    async def total_count(self, info: Info) -> int:
        return await count_shared(info.context, self.token, self.opened)

    @classmethod
    def from_page(cls, page: Mapping[str, Any], token: str, opened: OpenView) -> "SharedRecordConnection":
        """The connection of a page."""
        nodes = [SharedRecord(id=strawberry.ID(each["id"]), fields=JSON(each["fields"])) for each in page["nodes"]]
        return cls(nodes=nodes, page_info=page_info(page["pageInfo"]), token=token, opened=opened)


@strawberry.type(description="A view that was opened by a link. Fields whose values name members are left out.")
class SharedView:
    """What everybody sees of a shared view."""

    token: strawberry.Private[str]
    opened: strawberry.Private[OpenView]
    name: str = strawberry.field(description="The name of the view.")
    fields: list[SharedField] = strawberry.field(description="The fields that it shows, in its order.")

    @classmethod
    def from_view(cls, view: OpenView, token: str) -> "SharedView":
        """The GraphQL object of an opened view."""
        fields = [SharedField.from_meta(field) for field in view.fields]
        return cls(token=token, opened=view, name=view.meta.name, fields=fields)

    @strawberry.field(description="A page of the records that the view has, in its order.")
    async def records(
        self, info: Info, first: FirstArgument = None, after: AfterArgument = None
    ) -> SharedRecordConnection:
        size = PageArguments(first=first).size(info.context.services.limits)
        page = await read_shared(info.context, self.token, self.opened, size, after)
        return SharedRecordConnection.from_page(page, self.token, self.opened)
