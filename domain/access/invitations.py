"""The secret in the link of an invitation: good for one invitation, for one use, and for nothing else."""

from typing import Final

from domain.accounts.secrets import TokenKind

INVITATION_TOKENS: Final = TokenKind("invitation:")
