"""`tablegraph re-encrypt-secrets`."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from adapters import migrations
from adapters.reencryption import Found, reencrypt
from server.cli.console import errors, output
from server.cli.options import DatabaseUrl, DataDir, SecretKey, settings_with
from server.postgres import running_postgres
from server.services import close_services, make_services, open_database
from server.settings import Settings

_COUNTED = "{:,} need a former key, {:,} by the present key"
_DONE = "{:,} encrypted anew, {:,} by the present key already"


def re_encrypt_secrets(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; the status is 1 where a former key is needed still.")
    ] = False,
    data_dir: DataDir = None,
    secret_key: SecretKey = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Encrypt by the present secret key what former ones have encrypted; the status is 1 where no key opens it.

    Servers may run meanwhile, once all of them have the new key.
    """
    settings = settings_with(data_dir=data_dir, secret_key=secret_key, database_url=database_url)
    with running_postgres(settings) as url:
        found = asyncio.run(_reencrypt(settings, url, writes=not check))
    _show(found, _COUNTED if check else _DONE)
    _name_unknown(found)
    if any(each.unknown or (check and each.former) for each in found):
        raise typer.Exit(1)


async def _reencrypt(settings: Settings, url: str, *, writes: bool) -> list[Found]:
    await migrations.require_newest(url)
    services = make_services(settings, open_database(settings, url))
    try:
        return await reencrypt(services.database, services.seal, writes=writes)
    finally:
        await close_services(services)


def _show(found: Sequence[Found], counts: str) -> None:
    for each in found:
        if each.present or each.former:
            output.print(f"{each.column}: {counts.format(each.former, each.present)}")
    former, present = sum(each.former for each in found), sum(each.present for each in found)
    output.print(f"Together: {counts.format(former, present)}.")


def _name_unknown(found: Sequence[Found]) -> None:
    """Name the rows whose values are lost unless their key turns up; never a value."""
    for each in found:
        for key in each.unknown_keys:
            errors.print(f"[red]Unreadable:[/red] {each.column} of {key}")
        if more := each.unknown - len(each.unknown_keys):
            errors.print(f"[red]Unreadable:[/red] {each.column} of {more:,} more")
    if unknown := sum(each.unknown for each in found):
        errors.print(
            f"[red]Error:[/red] No key of TABLEGRAPH_SECRET_KEY and TABLEGRAPH_FORMER_SECRET_KEYS opens {unknown:,} of "
            "them. Run it again with the key that made them among the former ones, or have their owners set them anew."
        )
