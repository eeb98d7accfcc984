"""The form."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.fields.texts import check_storable
from domain.views.contract import MAX_FIELDS, Config, FieldId, ViewType
from domain.views.references import WRITABLE


def _storable(text: str) -> str:
    check_storable(text)
    return text


class FormConfig(Config):
    """What the form asks for."""

    fields: Annotated[
        list[FieldId],
        WRITABLE,
        Field(max_length=MAX_FIELDS, description="Ids of the fields that it asks for, in order; none for all."),
    ] = []  # noqa: RUF012  # pydantic copies it
    submit_text: Annotated[
        str, Field(min_length=1, max_length=100, description="What its button says."), AfterValidator(_storable)
    ] = "Submit"


class FormView(ViewType):
    """A form for new records."""

    key = "form"
    description = "A form that makes records: it asks for the fields `fields`; its button says `submit_text`."
    position = 50
    config_model = FormConfig
    is_form = True
