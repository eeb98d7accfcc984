"""`tablegraph internal-token`."""

from typing import Annotated

import typer

from adapters.tokens import InternalTokens
from domain.errors import BadRequest
from domain.ids import parse_id
from server.cli.options import DataDir, SecretKey, settings_with
from server.secret import secret_of
from server.services import token_rules_of


def internal_token(
    user: Annotated[str, typer.Argument(help="Id of the user for whom the service acts.")],
    service: Annotated[str, typer.Option(help="Name of the service, for the logs.")],
    scope: Annotated[list[str], typer.Option(help="What it may do: read, write; repeat it for several.")],
    data_dir: DataDir = None,
    secret_key: SecretKey = None,
) -> None:
    """Print a token for a call from one service of this installation to the server; it is good for a minute."""
    settings = settings_with(data_dir=data_dir, secret_key=secret_key)
    user_id = parse_id(user)
    if user_id is None:
        raise BadRequest(f"{user!r} is no id of a user.")
    rules = token_rules_of(settings)
    tokens = InternalTokens(secret_of(settings), settings.internal_token_lifetime, rules=rules)
    print(tokens.issue(service, user_id, scope))
