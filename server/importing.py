"""`POST /import`: a file as the body of a request, of any size up to the limit; it answers what importRecords answers.

The parameters of the URL are the members of ImportRecordsInput, but for the content.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.errors import BadRequest, DomainError
from domain.imports.source import ImportSource
from graph.execution.engine import error_body
from graph.fields.types import FieldType
from graph.imports.inputs import DateOrder, DecimalMark, ImportColumnInput, ImportFormat, ImportRecordsInput
from graph.transport.headers import request_headers
from graph.transport.http import admit, client_of, credentials_of
from graph.transport.refusals import headers_of, status_of
from graph.transport.report import Report, report_of
from graph.transport.request_body import require_no_encoding
from resolvers.imports.importing import Imported, import_alone
from resolvers.imports.planning import check_access, check_size
from resolvers.services import Services

Reader = Callable[[str], Any]


class ImportEndpoint:
    """The handler of `POST /import`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, request: Request) -> Response:
        """Import the body of a request."""
        report = report_of(request.scope)
        report.operation = "import"
        try:
            done = await self._import(request, report)
        except DomainError as error:
            report.code = error.code
            body = error_body(error, report.request_id)
            headers = {name.decode(): value.decode() for name, value in headers_of(error)}
            return Response(body, status_of(error), headers, media_type="application/json")
        report.code = "OK"
        return Response(orjson.dumps(_payload(done), default=str), media_type="application/json")

    async def _import(self, request: Request, report: Report) -> Imported:
        """Everything that can be refused without the body is refused before it is read."""
        headers = request_headers(request.scope)
        client = client_of(request.scope, headers, report)
        credentials = credentials_of(headers)
        context = await admit(self._services, credentials, client, report)
        context.require_scope("write")
        require_no_encoding(headers)
        given = read_parameters(request.query_params)
        what = given.what()
        await check_access(context, what)
        if request.headers.get("content-type", "").startswith("multipart/"):
            raise BadRequest("Send the file itself as the body, not a form: curl --data-binary @FILE.")
        with TemporaryFile() as file:
            await self._receive(request, file)
            return await import_alone(context, ImportSource.from_file(file, given.file_name), what)

    async def _receive(self, request: Request, file: IO[bytes]) -> None:
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() else 0
        check_size(size, self._services.limits)
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                check_size(size, self._services.limits)
                file.write(chunk)
        except ClientDisconnect as error:
            raise BadRequest("The client went away before the request was complete.") from error


def read_parameters(given: QueryParams) -> ImportRecordsInput:
    """The members of the input, from the parameters of the URL; raises `BadRequest` that names the wrong one."""
    unknown = [name for name in given if name not in _READERS and name != "indexedColumns"]
    if unknown:
        known = ", ".join([*_READERS, "indexedColumns"])
        raise BadRequest(f"There is no parameter {unknown[0]!r}. There are: {known}.", argument=unknown[0])
    if not given.get("fileName"):
        raise BadRequest("The parameter fileName is missing: its ending tells the format.", argument="fileName")
    members = {_snake_case(name): _read(name, given[name]) for name in _READERS if name in given}
    return ImportRecordsInput(**members, indexed_columns=given.getlist("indexedColumns"))


def _read(name: str, text: str) -> Any:
    try:
        return _READERS[name](text)
    except KeyError as error:
        raise BadRequest(f"The parameter {name} cannot be {text[:60]!r}.", argument=name) from error


def _member(kind: type[Enum], text: str) -> Enum:
    return kind[text.upper()]


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _columns(text: str) -> list[ImportColumnInput]:
    """A JSON list of objects, as the items of `columns` of the input."""
    try:
        return [_column(each) for each in orjson.loads(text)]
    except (orjson.JSONDecodeError, TypeError, AttributeError) as error:
        raise KeyError(text) from error


def _column(given: dict[str, Any]) -> ImportColumnInput:
    if not isinstance(given["name"], str) or given.keys() - {"name", "type", "options"}:
        raise KeyError(given["name"])
    return ImportColumnInput(name=given["name"], type=FieldType[given["type"]], options=given.get("options"))


_READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("fileName", "workspaceId", "baseId", "tableId", "baseName", "tableName"), str),
    **dict.fromkeys(("createMissingFields", "createMissingRecords", "createMissingChoices"), _flag),
    **dict.fromkeys(("strict", "hasHeader"), _flag),
    **dict.fromkeys(("encoding", "delimiter", "sheet", "recordsKey"), str),
    "columns": _columns,
    "format": partial(_member, ImportFormat),
    "dateOrder": partial(_member, DateOrder),
    "decimalMark": partial(_member, DecimalMark),
}


def _snake_case(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def _payload(done: Imported) -> dict[str, object]:
    pairs = zip(done.plan.columns, done.fields, strict=True)
    layout = done.plan.layout
    return {
        "table": {"id": done.table.id, "name": done.table.name},
        "base": {"id": done.base.id, "name": done.base.name},
        "file": {
            "format": layout.format.upper(),
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "hasHeader": layout.has_header,
            "sheet": layout.sheet,
            "recordsKey": layout.records_key,
        },
        "columns": [
            {
                "name": column.source_name,
                "fieldId": field.id,
                "fieldName": field.name,
                "type": field.type.key.upper(),
                "isNew": column.is_new,
                "newChoices": done.new_choices.get(column.name, ()),
            }
            for column, field in pairs
        ],
        "ignoredColumns": [{"name": each.name, "reason": each.reason} for each in done.plan.ignored],
        "rowCount": done.report.rows,
        "cellCount": done.cell_count,
        "problemCount": done.report.problem_count,
        "problems": done.report.problems,
        "eventCursor": done.event_cursor,
    }
