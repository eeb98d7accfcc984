"""Root fields of Query about published forms."""

from typing import Annotated

import strawberry

from graph.forms.types import PublicForm
from graph.info import Info
from resolvers.forms.reading import read_form


@strawberry.type
class FormQueries:
    """Forms, for everybody."""

    @strawberry.field(description="A published form, for everybody who has its token.")
    async def public_form(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="The token that `publishForm` gave.")],
    ) -> PublicForm | None:
        return PublicForm.from_form(await read_form(info.context, token))
