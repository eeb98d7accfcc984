"""`tablegraph run`."""

import shlex
import sys

from rich.markup import escape

from server.cli.console import output
from server.cli.options import DatabaseUrl, DataDir, Host, Port, SecretKey, Workers, settings_with
from server.run import run as serve
from server.settings import Settings

FIRST_USER = """\
curl {address}/graphql -H 'Content-Type: application/json' -d '{{"query": "mutation {{ register(input: {{ \
email: \\"me@example.com\\", password: \\"a long password of mine\\" }}) {{ accessToken user {{ id email }} }} }}"}}'"""


def run(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    data_dir: DataDir = None,
    secret_key: SecretKey = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the API until Ctrl-C; without DATABASE_URL, with a PostgreSQL of its own."""
    settings = settings_with(
        host=host,
        port=port,
        workers=workers,
        data_dir=data_dir,
        secret_key=secret_key,
        database_url=database_url,
    )
    serve(settings, lambda address, is_used: _announce(settings, address, is_used))


def _announce(settings: Settings, address: str, is_used: bool) -> None:
    data = f"{settings.data_dir.resolve()} (embedded PostgreSQL)" if settings.is_embedded else "the external database"
    what = "GraphQL and GraphiQL" if settings.shows_graphiql else "GraphQL"
    output.print(f"\n[bold]Tablegraph[/bold] serves {what} at [bold]{address}/graphql[/bold]")
    if not is_used:
        output.print("\nA first user, over the API or as an administrator from the command line:")
        output.print(escape(f"  {FIRST_USER.format(address=address)}"))
        output.print(escape(f"  {shlex.quote(sys.argv[0])} create-superuser\n"))
    output.print(f"Data lies in {escape(data)}; Ctrl-C stops the server.")
