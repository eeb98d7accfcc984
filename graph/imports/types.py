"""What importRecords answers."""

import strawberry

from domain.imports.plan import ImportPlan
from graph.fields.types import FieldType
from graph.imports.inputs import ImportFormat
from graph.tables.types import Table
from resolvers.imports.importing import Imported


@strawberry.type(description="How the file was read.")
class ImportedFile:
    """Layout of a file."""

    format: ImportFormat = strawberry.field(description="Its format.")
    encoding: str | None = strawberry.field(description="Encoding of its text; null for a workbook.")
    delimiter: str | None = strawberry.field(description="What stands between the cells of a row, in CSV and TSV.")
    has_header: bool = strawberry.field(description="Whether its first row names the columns.")
    sheet: str | None = strawberry.field(description="The sheet of a workbook.")
    records_key: str | None = strawberry.field(description="The key of the array of records in a JSON object.")

    @classmethod
    def from_plan(cls, plan: ImportPlan) -> "ImportedFile":
        """The GraphQL object of a plan's layout."""
        layout = plan.layout
        return cls(
            format=ImportFormat(layout.format),
            encoding=layout.encoding,
            delimiter=layout.delimiter,
            has_header=layout.has_header,
            sheet=layout.sheet,
            records_key=layout.records_key,
        )


@strawberry.type(description="A column of the file that was imported.")
class ImportedColumn:
    """A column and its field."""

    name: str = strawberry.field(description="Name of the column in the file, made unique.")
    field_id: strawberry.ID = strawberry.field(description="Id of the field that has its values.")
    field_name: str = strawberry.field(description="Name of that field.")
    type: FieldType = strawberry.field(description="Type of that field.")
    is_new: bool = strawberry.field(description="Whether the field was made for it.")
    new_choices: list[str] = strawberry.field(
        description="Names of the choices that a field which was there already has got, see `createMissingChoices`."
    )


@strawberry.type(description="A column of the file that was left out.")
class IgnoredColumn:
    """A column without a field."""

    name: str = strawberry.field(description="Name of the column.")
    reason: str = strawberry.field(description="Why it was left out.")


@strawberry.type(description="Something of the file that was not imported as it stands there.")
class ImportProblem:
    """One problem."""

    line: int = strawberry.field(
        description="Line where the row begins, from 1; the row of a sheet, or the element of a JSON array."
    )
    column: str | None = strawberry.field(
        description="Name of the column, that of the field if it was there; null where the row as a whole is meant."
    )
    value: str | None = strawberry.field(description="What stands there, up to 100 characters.")
    message: str = strawberry.field(description="What is wrong with it.")


@strawberry.type(description="What an import has done.")
class ImportRecordsPayload:
    """Payload of importRecords."""

    table: Table = strawberry.field(description="The table with the records.")
    file: ImportedFile = strawberry.field(description="How the file was read.")
    columns: list[ImportedColumn] = strawberry.field(description="The columns that were imported, in their order.")
    ignored_columns: list[IgnoredColumn] = strawberry.field(description="The columns that were left out.")
    row_count: int = strawberry.field(description="How many records were created.")
    cell_count: int = strawberry.field(description="Records times imported columns, empty cells included.")
    problem_count: int = strawberry.field(description="How many things did not fit.")
    problems: list[ImportProblem] = strawberry.field(description="The first 1,000 of them, in the order of the file.")
    event_cursor: str = strawberry.field(
        description="Subscribe to recordEvents after it to see what happens after this mutation."
    )

    @classmethod
    def from_imported(cls, done: Imported) -> "ImportRecordsPayload":
        """The payload of an import."""
        pairs = zip(done.plan.columns, done.fields, strict=True)
        return cls(
            table=Table.from_model(done.table),
            file=ImportedFile.from_plan(done.plan),
            columns=[
                ImportedColumn(
                    name=column.source_name,
                    field_id=strawberry.ID(str(field.id)),
                    field_name=field.name,
                    type=FieldType(field.type.key),
                    is_new=column.is_new,
                    new_choices=list(done.new_choices.get(column.name, ())),
                )
                for column, field in pairs
            ],
            ignored_columns=[IgnoredColumn(name=each.name, reason=each.reason) for each in done.plan.ignored],
            row_count=done.report.rows,
            cell_count=done.cell_count,
            problem_count=done.report.problem_count,
            problems=[
                ImportProblem(line=each.line, column=each.column, value=each.value, message=each.message)
                for each in done.report.problems
            ],
            event_cursor=done.event_cursor,
        )
