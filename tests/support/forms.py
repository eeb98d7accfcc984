"""Publishes forms over the API and fills them in."""

from typing import Any

from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate
from tests.support.tables import MadeTable
from tests.support.views import make_view

FORM = "{ title submitText fields { id name type options isRequired defaultValue description } }"
_READ = f"query ($token: String!) {{ publicForm(token: $token) {FORM} }}"
_SUBMIT = "mutation ($input: SubmitFormInput!) { submitForm(input: $input) { submitText } }"


async def make_form(api: Api, table: MadeTable, fields: list[str], *, name: str = "Ask", **more: Any) -> str:
    """Id of a new view, a form that asks for fields given by their names."""
    config = {"fields": [table.fields[field] for field in fields], "submit_text": "Send"}
    return (await make_view(api, table, name, "FORM", config=config, **more))["id"]


async def publish(api: Api, table: MadeTable, view: str) -> str:
    """The token of a form that the table's owner publishes."""
    result = await mutate(api, "publishForm", "token view { id publicToken }", {"id": view}, as_=table.owner)
    payload = result.ok["publishForm"]
    assert payload["view"] == {"id": view, "publicToken": payload["token"]}
    return payload["token"]


async def open_form(api: Api, table: MadeTable, fields: list[str], **more: Any) -> str:
    """The token of a new form that is published."""
    return await publish(api, table, await make_form(api, table, fields, **more))


async def read_form(api: Api, token: str) -> Result:
    """The answer to `publicForm`, read by nobody."""
    return await api.execute(_READ, {"token": token})


async def submit(api: Api, token: str, fields: Any, *, key: str | None = None, as_: Person | None = None) -> Result:
    """The answer to `submitForm`, by nobody unless told."""
    given = {"token": token, "fields": fields, "idempotencyKey": key}
    return await api.execute(_SUBMIT, {"input": given}, as_=as_)
