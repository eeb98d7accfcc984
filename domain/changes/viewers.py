"""Whether those who follow something may still do so, as SQL: one statement for all of them."""

from domain.sql import Parameters


def viewers(first_input: int, parameters: Parameters) -> str:
    """A query of the viewers whose user, session and API key ids are three arrays among the inputs; `n` counts them."""
    users, sessions, keys = (parameters.input(first_input + i, "uuid[]") for i in range(3))
    return f"SELECT * FROM unnest({users}, {sessions}, {keys}) WITH ORDINALITY v(user_id, session_id, api_key_id, n)"


def is_signed_in(alias: str) -> str:
    """The condition that a viewer's account is active, and that the session, API key or application token still lives.

    Whoever came with none of them has a token that the database does not know; its end is its holder's to watch.
    """
    return (
        f"EXISTS (SELECT FROM users a WHERE a.id = {alias}.user_id AND a.is_active)"
        f" AND (EXISTS (SELECT FROM sessions s WHERE s.id = {alias}.session_id AND s.revoked_at IS NULL)"
        f" OR EXISTS (SELECT FROM api_keys k WHERE k.id = {alias}.api_key_id"
        " AND (k.expires_at IS NULL OR k.expires_at > now()))"
        f" OR EXISTS (SELECT FROM application_tokens t WHERE t.id = {alias}.api_key_id"
        " AND (t.expires_at IS NULL OR t.expires_at > now()))"
        f" OR {alias}.session_id IS NULL AND {alias}.api_key_id IS NULL)"
    )


def may_read(alias: str) -> str:
    """The condition that a viewer's API key, if it came with one, still has the scope to read."""
    return f"NOT EXISTS (SELECT FROM api_keys k WHERE k.id = {alias}.api_key_id AND NOT 'read' = ANY(k.scopes))"


def is_member(alias: str, workspace: str) -> str:
    """The condition that a viewer is a member of the workspace whose id the expression has."""
    return (
        f"EXISTS (SELECT FROM workspace_members m WHERE m.user_id = {alias}.user_id AND m.workspace_id = {workspace})"
    )
