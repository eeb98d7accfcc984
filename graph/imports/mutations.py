"""Root fields of Mutation about imports."""

from typing import Annotated

import strawberry

from graph.imports.inputs import ImportRecordsInput
from graph.imports.types import ImportRecordsPayload
from graph.info import Info
from resolvers.imports.importing import import_file


@strawberry.type
class ImportMutations:
    """Importing files."""

    @strawberry.mutation(
        description="Import a file of CSV, TSV, JSON, JSON Lines or XLSX into a new table or one that is there, all "
        "of it or nothing. The types of new fields are inferred from the values."
    )
    async def import_records(
        self, info: Info, input: Annotated[ImportRecordsInput, strawberry.argument(description="The file.")]
    ) -> ImportRecordsPayload:
        return ImportRecordsPayload.from_imported(await import_file(info.context, input.source(), input.what()))
