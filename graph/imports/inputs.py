"""The input of importRecords, and the enums in it."""

import base64
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadRequest
from domain.imports import options
from domain.imports.formats.registry import import_formats
from domain.imports.source import ImportSource
from graph.enums import expose
from graph.fields.types import FieldType
from graph.node import read_id
from resolvers.imports.planning import Import
from resolvers.imports.targets import choose_target

if TYPE_CHECKING:

    class ImportFormat(Enum):
        """The keys of the registry of file formats; the name is the key in upper case."""
else:
    ImportFormat = Enum("ImportFormat", {key.upper(): key for key in import_formats()}, module=__name__)
    expose(
        ImportFormat, "How a file holds a table.", {each: import_formats()[each.value].title for each in ImportFormat}
    )


class DateOrder(Enum):
    """How days such as 05/06/2024 are read."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class DecimalMark(Enum):
    """How numbers such as 1.234 are read."""

    POINT = "."
    COMMA = ","


expose(
    DateOrder,
    "How days such as 05/06/2024 are read where their column does not tell.",
    {
        DateOrder.DMY: "The 5th of June.",
        DateOrder.MDY: "The 6th of May.",
        DateOrder.YMD: "Not as a day: it stays a text.",
    },
)
expose(
    DecimalMark,
    "How numbers such as 1.234 are read where their column does not tell.",
    {
        DecimalMark.POINT: "One and 234 thousandths.",
        DecimalMark.COMMA: "One thousand two hundred and thirty-four.",
    },
)


@strawberry.input(description="A column of a file, and what field it becomes.")
class ImportColumnInput:
    """An item of importRecords."""

    name: str = strawberry.field(description="Name of the column in the file, whatever its case.")
    type: FieldType = strawberry.field(
        description="Type of its new field: any that clients can write, but LINKED_RECORD. Cells that do not fit it "
        "are problems like others."
    )
    options: JSON | None = strawberry.field(
        default=None,
        description="An object that fits the type's `optionsSchema`; left out, all its defaults. A select without "
        "`choices` gets those that its cells name.",
    )


@strawberry.input(
    description="A file, where its records go, and how it is read; what is left out of the latter is found out from "
    "the file. Larger files than a request may hold go to `POST /import`."
)
class ImportRecordsInput:
    """Input of importRecords."""

    file_name: str = strawberry.field(
        description="Name of the file; its ending tells the format, and new bases and tables are called after it."
    )
    content: str | None = strawberry.field(default=None, description="The file's text; or use `contentBase64`.")
    content_base64: str | None = strawberry.field(default=None, description="The file's bytes in base64.")
    workspace_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of a workspace: a new base with a new table is made there. Needs the role ADMIN."
    )
    base_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of a base: a new table is made there. Needs the role ADMIN."
    )
    table_id: strawberry.ID | None = strawberry.field(
        default=None, description="Id of a table that gets the records, columns matched with fields by their names."
    )
    base_name: str | None = strawberry.field(default=None, description="Name of the new base.")
    table_name: str | None = strawberry.field(default=None, description="Name of the new table.")
    columns: list[ImportColumnInput] | None = strawberry.field(
        default=None,
        description="What fields columns become, of a new table or with `createMissingFields`; the types of all others "
        "are inferred from their values.",
    )
    create_missing_fields: bool | None = strawberry.field(
        default=None,
        description="With `tableId`: make fields for columns that the table lacks, which are left out otherwise. Needs "
        "the role ADMIN.",
    )
    create_missing_records: bool | None = strawberry.field(
        default=None,
        description="Create records in linked tables for the names in columns of LINKED_RECORD fields that no record "
        "has, which needs the right to write there. They are reported otherwise, and not linked.",
    )
    create_missing_choices: bool | None = strawberry.field(
        default=None,
        description="Make the choices that cells of selects name and the fields lack, before the rows are written. "
        "Where one is missing it takes the right to change the schema, and an API key needs the scope `schema`. Names "
        "that can be no choices, and those for which a field has no room, are reported like all that does not fit.",
    )
    indexed_columns: list[str] | None = strawberry.field(
        default=None, description="Names of columns whose new fields get indexes, see FieldInput.isIndexed."
    )
    strict: bool | None = strawberry.field(
        default=None,
        description="Import nothing if anything does not fit. Otherwise it is reported and its cell stays empty, or "
        "its row is left out where the field is required.",
    )
    format: ImportFormat | None = strawberry.field(default=None, description="Format of the file.")
    encoding: str | None = strawberry.field(
        default=None, description="Encoding of the text in `contentBase64`, such as utf-8 or cp1252."
    )
    delimiter: str | None = strawberry.field(default=None, description="One character between the cells of a row.")
    has_header: bool | None = strawberry.field(default=None, description="Whether the first row names the columns.")
    sheet: str | None = strawberry.field(default=None, description="Name of the sheet of a workbook.")
    records_key: str | None = strawberry.field(
        default=None, description="Key of the array of records in a JSON object with several arrays."
    )
    date_order: DateOrder | None = strawberry.field(default=None, description="How unclear days are read.")
    decimal_mark: DecimalMark | None = strawberry.field(default=None, description="How unclear numbers are read.")

    def source(self) -> ImportSource:
        """The file."""
        return ImportSource.from_file(BytesIO(self._bytes()), self.file_name)

    def what(self) -> Import:
        """What is to be done with it."""
        ids = {"workspaceId": self.workspace_id, "baseId": self.base_id, "tableId": self.table_id}
        workspace, base, table = (None if id is None else read_id(id, name) for name, id in ids.items())
        target = choose_target(
            workspace, base, table, self.base_name, self.table_name, self.create_missing_fields or False
        )
        return Import(
            target=target,
            options=self._options(),
            strict=self.strict or False,
            indexed=self.indexed_columns or (),
            makes_missing=self.create_missing_records or False,
            makes_choices=self.create_missing_choices or False,
        )

    def _options(self) -> options.ImportOptions:
        return options.ImportOptions(
            format=None if self.format is None else str(self.format.value),
            encoding=self.encoding if self.content is None else "utf-8",
            delimiter=self.delimiter,
            has_header=self.has_header,
            sheet=self.sheet,
            records_key=self.records_key,
            date_order=None if self.date_order is None else self.date_order.value,
            decimal_mark=None if self.decimal_mark is None else self.decimal_mark.value,
            columns=[
                options.StatedColumn(each.name, str(each.type.value), each.options) for each in self.columns or ()
            ],
        )

    def _bytes(self) -> bytes:
        if (self.content is None) == (self.content_base64 is None):
            raise BadRequest("Give the file as one of content and contentBase64.", argument="content")
        if self.content is not None:
            return self.content.encode("utf-8", "replace")
        try:
            return base64.b64decode(self.content_base64 or "", validate=True)
        except ValueError as error:
            raise BadRequest("contentBase64 is not base64.", argument="contentBase64") from error
