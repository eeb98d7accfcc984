"""The condition that somebody can sign in to an account: that it is a person's, and was not deactivated.

The account of a workspace's application token is nobody's: it is a member of that workspace, and owns nothing.
"""

from sqlalchemy import ColumnElement, exists

from models import ApplicationToken, User


def can_sign_in(user: type[User] = User) -> ColumnElement[bool]:
    """Whether somebody can sign in to `user`."""
    token = exists().where(ApplicationToken.user_id == user.id, ApplicationToken.workspace_id.is_not(None))
    return user.is_active & ~token
