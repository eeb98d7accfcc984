"""What everybody sees of a published form."""

from dataclasses import dataclass

from domain.bases.catalog import FieldMeta, TableMeta
from domain.views.forms import FormMeta
from resolvers.context import RequestContext
from resolvers.forms.finding import with_form


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form, and its fields in their order."""

    form: FormMeta
    fields: tuple[FieldMeta, ...]


async def read_form(context: RequestContext, token: str) -> OpenForm:
    """The published form with this token; raises `NotFound`."""

    async def work(form: FormMeta, table: TableMeta) -> OpenForm:
        return OpenForm(form, form.open_table(table).fields)

    async with context.unit() as unit:
        return await with_form(context, unit, token, work)
