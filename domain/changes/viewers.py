"""Whether those who follow something may still do so, as SQL: one statement for all of them."""

from domain.sql import Parameters


def viewers(first_input: int, parameters: Parameters) -> str:
    """A query of the viewers whose users, sessions and secrets of API keys are three arrays of ids among the inputs.

    `n` counts them.
    """
    users, sessions, keys = (parameters.input(first_input + i, "uuid[]") for i in range(3))
    return f"SELECT * FROM unnest({users}, {sessions}, {keys}) WITH ORDINALITY v(user_id, session_id, api_key_id, n)"


def is_signed_in(alias: str) -> str:
    """The condition that a viewer's account is active, and that the session, API key or application token still lives.

    Whoever came with none of them has a token that the database does not know; its end is its holder's to watch.
    """
    return (
        f"EXISTS (SELECT FROM users a WHERE a.id = {alias}.user_id AND a.is_active)"
        f" AND (EXISTS (SELECT FROM sessions s WHERE s.id = {alias}.session_id AND s.revoked_at IS NULL)"
        f" OR EXISTS (SELECT FROM api_keys k WHERE (k.secret_id = {alias}.api_key_id"
        f" OR k.previous_secret_id = {alias}.api_key_id AND k.previous_until > now())"
        " AND (k.expires_at IS NULL OR k.expires_at > now()))"
        f" OR EXISTS (SELECT FROM application_tokens t WHERE t.id = {alias}.api_key_id"
        " AND (t.expires_at IS NULL OR t.expires_at > now()))"
        f" OR {alias}.session_id IS NULL AND {alias}.api_key_id IS NULL)"
    )


def may_read(alias: str) -> str:
    """The condition that a viewer's API key, if it came with one, still has the scope to read."""
    return _of_its_key(alias, "'read' = ANY(k.scopes)")


def is_member(alias: str, workspace: str, base: str) -> str:
    """The condition that a viewer is a member of a workspace, and that a base of it is within their API key's reach.

    The expressions have their ids; where `base` is null, the whole workspace must be within it.
    """
    return (
        f"EXISTS (SELECT FROM workspace_members m WHERE m.user_id = {alias}.user_id AND m.workspace_id = {workspace})"
        f" AND {reaches(alias, workspace, base)}"
    )


def may_see_base(alias: str, workspace: str, base: str) -> str:
    """As `is_member`, of a base in which the viewer's role may be another one than in its workspace."""
    return (
        f"EXISTS (SELECT FROM base_members m WHERE m.user_id = {alias}.user_id AND m.base_id = {base})"
        f" AND {reaches(alias, workspace, base)}"
    )


def may_see_table(alias: str, workspace: str, base: str, table: str) -> str:
    """As `may_see_base`, of a table of the base."""
    return (
        f"EXISTS (SELECT FROM table_members m WHERE m.user_id = {alias}.user_id AND m.table_id = {table})"
        f" AND {reaches(alias, workspace, base)}"
    )


def reaches(alias: str, workspace: str, base: str) -> str:
    """The condition that a viewer's API key, if it came with a limited one, reaches a base; see `is_member`."""
    within = f"coalesce({workspace} = ANY(k.workspace_ids) OR {base} = ANY(k.base_ids), false)"
    return _of_its_key(alias, f"(k.base_ids IS NULL OR {within})")


def _of_its_key(alias: str, condition: str) -> str:
    """A condition on the key `k` whose secret a viewer came with; true for those who came with none, at no cost."""
    its = f"(k.secret_id = {alias}.api_key_id OR k.previous_secret_id = {alias}.api_key_id)"
    return f"({alias}.api_key_id IS NULL OR NOT EXISTS (SELECT FROM api_keys k WHERE {its} AND NOT {condition}))"
