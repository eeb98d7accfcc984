"""Publishing forms and withdrawing them: whoever has the token of a published one may add records by it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.access.roles import Action, roles_that_may
from domain.accounts.secrets import new_form_token
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.views.forms import FormMeta, asked_for, unmet_fields
from domain.views.registry import view_type
from models import Base, PublishedForm, Table, View, view_members
from resolvers.access import load_view, visible_to
from resolvers.catalog_loader import among
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import sees_view
from resolvers.views.content import table_of


class FormTokenLoader(Loader[UUID, str]):
    """The tokens of published forms by their views, for callers who may change these."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, str]:
        """See `Loader.fetch`."""
        roles = [role.value for role in roles_that_may(Action.CHANGE_VIEWS)]
        mine = sees_view(self.context)
        statement = select(PublishedForm.view_id, PublishedForm.token).join(View, View.id == PublishedForm.view_id)
        statement = statement.join(Table, Table.id == View.table_id).join(Base, Base.id == Table.base_id)
        statement = statement.join(view_members, mine).where(
            among(View.id, keys), view_members.c.role.in_(roles), visible_to(self.context)
        )
        return {row.view_id: row.token for row in await unit.session.execute(statement)}


async def publish_form(context: RequestContext, view_id: UUID) -> tuple[View, str]:
    """The view and its new token; one that it had before opens nothing any longer.

    Raises `BadRequest` for a view that is no form or personal, and for a form that nobody could submit.
    """
    token = new_form_token()
    async with context.unit() as unit:
        view, table, _, _ = await load_view(unit, context, view_id, Action.PUBLISH_FORMS, lock=True)
        _require_form(view, await table_of(unit, table.id))
        statement = insert(PublishedForm).values(view_id=view.id, token=token)
        published = {"token": statement.excluded.token, "published_at": statement.excluded.published_at}
        await unit.session.execute(statement.on_conflict_do_update(index_elements=["view_id"], set_=published))
    context.forget_loaded()
    return view, token


async def unpublish_form(context: RequestContext, view_id: UUID) -> View:
    """The view, whose token opens nothing any longer; also when it was not published."""
    async with context.unit() as unit:
        view, _, _, _ = await load_view(unit, context, view_id, Action.PUBLISH_FORMS, lock=True)
        await unit.session.execute(delete(PublishedForm).where(PublishedForm.view_id == view.id))
    context.forget_loaded()
    return view


def _require_form(view: View, table: TableMeta) -> None:
    if not view_type(view.type).is_form:
        raise BadRequest("Only a view of the type FORM can be published.", argument="id")
    if view.owner_id is not None:
        raise BadRequest("A personal view cannot be published: what is open to all must be seen by all.", argument="id")
    form = FormMeta(
        view.id, table.id, table.schema_version, view.name, "", asked_for(view.config, view.hidden_field_ids)
    )
    opened = form.open_table(table)
    if not opened.fields:
        message = "Name the fields of the form in its config first: one that everybody may set, and that is not hidden."
        raise BadRequest(message, argument="id")
    if unmet := unmet_fields(table, opened):
        names = ", ".join(repr(field.name) for field in unmet[:10])
        raise BadRequest(
            f"The form must ask for what the table requires: {names}; or give it a default.", argument="id"
        )
