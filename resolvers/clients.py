"""What is kept of the client that a request comes from."""

MAX_USER_AGENT_LENGTH = 500


def printable(text: str | None) -> str | None:
    """A header as it can be stored and shown: cut, and without control characters."""
    return None if text is None else "".join(filter(str.isprintable, text[:MAX_USER_AGENT_LENGTH]))
