"""`tablegraph import`."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TextIO

import server.cli.import_options as given
from adapters import migrations
from adapters.log_upkeep import LogUpkeep
from domain.imports.options import DateOrder, DecimalMark, ImportOptions, StatedColumn
from domain.imports.source import ImportSource
from resolvers.context import RequestContext
from resolvers.imports.addressing import Address, find_target
from resolvers.imports.importing import import_alone, preview_import
from resolvers.imports.planning import Import
from server.cli.import_columns import read_stated
from server.cli.import_report import show_imported, show_plan, telling_problems, watching
from server.cli.options import DatabaseUrl, DataDir, SecretKey, settings_with
from server.postgres import running_postgres
from server.services import close_services, make_services, open_database
from server.settings import Settings


def import_file(
    file: given.File,
    workspace: given.Workspace,
    base: given.Base = None,
    table: given.Table = None,
    user: given.User = None,
    format: given.FormatKey = None,
    encoding: given.Encoding = None,
    delimiter: given.Delimiter = None,
    header: given.Header = None,
    sheet: given.Sheet = None,
    records_key: given.RecordsKey = None,
    date_order: given.Dates = None,
    decimal_mark: given.Decimals = None,
    create_missing: given.CreateMissing = False,
    create_records: given.CreateRecords = False,
    create_choices: given.CreateChoices = False,
    type: given.Types = None,
    index: given.Index = None,
    strict: given.Strict = False,
    dry_run: given.DryRun = False,
    problems: given.Problems = None,
    data_dir: DataDir = None,
    secret_key: SecretKey = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Import a file into a new table or one that is there, all of it or nothing."""
    stated = list(map(read_stated, type or []))
    what = partial(
        Import,
        options=_options(format, encoding, delimiter, header, sheet, records_key, date_order, decimal_mark, stated),
        strict=strict,
        indexed=index or [],
        makes_missing=create_records,
        makes_choices=create_choices,
    )
    job = _Job(ImportSource.from_path(file), what, dry_run, problems)
    settings = settings_with(data_dir=data_dir, secret_key=secret_key, database_url=database_url)
    with running_postgres(settings) as url:
        asyncio.run(_run(settings, url, job, Address(workspace, base, table, user, create_missing)))


def _options(
    format: str | None,
    encoding: str | None,
    delimiter: str | None,
    has_header: bool | None,
    sheet: str | None,
    records_key: str | None,
    date_order: DateOrder | None,
    decimal_mark: DecimalMark | None,
    columns: Sequence[StatedColumn],
) -> ImportOptions:
    return ImportOptions(
        format=format,
        encoding=encoding,
        delimiter="\t" if delimiter == "\\t" else delimiter,
        has_header=has_header,
        sheet=sheet,
        records_key=records_key,
        date_order=date_order,
        decimal_mark=decimal_mark,
        columns=columns,
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """What to import, and how."""

    source: ImportSource
    what: Callable[..., Import]
    """All that is decided but the target."""
    dry_run: bool
    problems: TextIO | None


async def _run(settings: Settings, url: str, job: _Job, address: Address) -> None:
    await migrations.upgrade(url)
    services = make_services(settings, open_database(settings, url))
    try:
        await LogUpkeep(services.database, settings.change_retention).make_ahead()  # no server may have run for long
        context, target = await find_target(services, address, job.source.name)
        what = job.what(target=target)
        async with services.extensions.running():  # their hooks are called here, too
            await (_preview if job.dry_run else _import)(context, job, what)
    finally:
        await close_services(services)


async def _preview(context: RequestContext, job: _Job, what: Import) -> None:
    show_plan(await preview_import(context, job.source, what))


async def _import(context: RequestContext, job: _Job, what: Import) -> None:
    started = time.perf_counter()
    with telling_problems(), watching(job.problems) as watch:
        done = await import_alone(context, job.source, what, watch)
    show_imported(done, time.perf_counter() - started)
