"""Root fields of Mutation about published forms, their inputs and their payloads."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph.info import Info
from graph.node import read_id
from graph.views.types import View
from resolvers.forms.publishing import publish_form, unpublish_form
from resolvers.forms.submitting import submit_form


@strawberry.input(description="A form to publish.")
class PublishFormInput:
    """Input of publishForm."""

    id: strawberry.ID = strawberry.field(description="Id of a view of the type FORM.")


@strawberry.input(description="A form to withdraw.")
class UnpublishFormInput:
    """Input of unpublishForm."""

    id: strawberry.ID = strawberry.field(description="Id of the view.")


@strawberry.input(description="What somebody filled in.")
class SubmitFormInput:
    """Input of submitForm."""

    token: str = strawberry.field(description="The token of the form.")
    fields: JSON = strawberry.field(
        description="An object of values by the ids or names of the form's fields; others are refused."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A text of your choice, such as a UUID made when the form is shown: the same values with the same "
        "key make one record, however often they are sent.",
    )


@strawberry.type(description="The form that was published.")
class PublishFormPayload:
    """Payload of publishForm."""

    token: str = strawberry.field(description="What opens the form. The one before it opens nothing any longer.")
    view: View = strawberry.field(description="The form's view.")


@strawberry.type(description="The form that was withdrawn.")
class UnpublishFormPayload:
    """Payload of unpublishForm."""

    view: View = strawberry.field(description="The form's view.")


@strawberry.type(description="What follows a submission; the record is not shown.")
class SubmitFormPayload:
    """Payload of submitForm."""

    submit_text: str = strawberry.field(description="What the form's button says.")


@strawberry.type
class FormMutations:
    """Publishing forms, and submitting them."""

    @strawberry.mutation(
        description="Publish a view of the type FORM: whoever has the token may add records by it. Publishing it again "
        "gives it another token. Needs the role ADMIN."
    )
    async def publish_form(
        self, info: Info, input: Annotated[PublishFormInput, strawberry.argument(description="Which form.")]
    ) -> PublishFormPayload:
        view, token = await publish_form(info.context, read_id(input.id))
        return PublishFormPayload(token=token, view=View.from_model(view))

    @strawberry.mutation(
        description="Withdraw a form: its token opens nothing any longer. The view stays. Needs the role ADMIN."
    )
    async def unpublish_form(
        self, info: Info, input: Annotated[UnpublishFormInput, strawberry.argument(description="Which form.")]
    ) -> UnpublishFormPayload:
        return UnpublishFormPayload(view=View.from_model(await unpublish_form(info.context, read_id(input.id))))

    @strawberry.mutation(
        description="Fill in a published form: it makes one record, which is created by nobody. For everybody who has "
        "the token. RATE_LIMITED, with `retryAfter` in seconds, for too many submissions of a form or from an address."
    )
    async def submit_form(
        self, info: Info, input: Annotated[SubmitFormInput, strawberry.argument(description="The values.")]
    ) -> SubmitFormPayload:
        form = await submit_form(info.context, input.token, input.fields, idempotency_key=input.idempotency_key)
        return SubmitFormPayload(submit_text=form.submit_text)
