"""What the audit log tells of: one member an action, with the sentence that explains it."""

from enum import Enum
from typing import Self


class AuditAction(Enum):
    """An action by its public name, `subject.what_happened`; `sentence` says what happened."""

    sentence: str

    def __new__(cls, name: str, sentence: str) -> Self:
        """A member whose value is its name alone."""
        member = object.__new__(cls)
        member._value_ = name
        member.sentence = sentence
        return member

    @classmethod
    def named(cls, name: str) -> "AuditAction | None":
        """The action of this name."""
        return next((action for action in cls if action.value == name), None)

    USER_REGISTERED = ("user.registered", "Somebody made an account and signed in.")
    USER_CREATED = ("user.created", "An account was made on the command line.")
    USER_UPDATED = ("user.updated", "An account was changed, by its user or by somebody who manages users.")
    USER_PASSWORD_CHANGED = ("user.password_changed", "A user changed the password; their other sessions ended.")
    USER_EMAIL_VERIFIED = ("user.email_verified", "A user confirmed the e-mail address.")
    USER_EMAIL_CHANGED = (
        "user.email_changed",
        "A user changed the e-mail address, by a link in a mail to it.",
    )
    USER_PASSWORD_RESET = (
        "user.password_reset",
        "A user set a new password by a link in a mail; all sessions ended.",
    )
    USER_DEACTIVATED = ("user.deactivated", "A user left for a while: sessions ended, and keys are gone.")
    USER_REACTIVATED = ("user.reactivated", "A user came back from a link in a mail.")
    USER_DELETED = ("user.deleted", "A user deleted their account.")
    AUTHENTICATOR_CONFIRMED = ("authenticator.confirmed", "A user has an app: signing in takes a code of it.")
    AUTHENTICATOR_REMOVED = ("authenticator.removed", "Signing in takes a user's codes no longer.")
    RECOVERY_CODES_RENEWED = ("recovery_codes.renewed", "A user replaced the recovery codes.")
    PASSKEY_ADDED = ("passkey.added", "A user added a passkey.")
    PASSKEY_RENAMED = ("passkey.renamed", "A user renamed a passkey.")
    PASSKEY_DELETED = ("passkey.deleted", "A user deleted a passkey.")
    IDENTITY_LINKED = ("identity.linked", "An account at a provider was linked to a user.")
    IDENTITY_UNLINKED = ("identity.unlinked", "An account at a provider was unlinked from a user.")
    APPLICATION_TOKEN_CREATED = ("application_token.created", "An application token was made.")
    APPLICATION_TOKEN_REVOKED = ("application_token.revoked", "An application token was revoked.")
    SESSION_LOGIN = ("session.login", "A user signed in.")
    SESSION_LOGIN_FAILED = ("session.login_failed", "A sign-in was refused.")
    SESSION_LOGOUT = ("session.logout", "A user signed out.")
    SESSION_REVOKED = ("session.revoked", "A user ended one of their sessions.")
    SESSION_OTHERS_REVOKED = ("session.others_revoked", "A user ended all other sessions.")
    SESSION_REFRESH_REUSED = ("session.refresh_reused", "A refresh token came twice; its session ended.")
    API_KEY_CREATED = ("api_key.created", "A user made an API key.")
    API_KEY_UPDATED = ("api_key.updated", "A user changed an API key.")
    API_KEY_ROTATED = ("api_key.rotated", "A user gave an API key a new secret.")
    API_KEY_DELETED = ("api_key.deleted", "A user deleted an API key.")
    WORKSPACE_CREATED = ("workspace.created", "Somebody made a workspace.")
    WORKSPACE_UPDATED = ("workspace.updated", "A workspace was renamed.")
    WORKSPACE_DELETED = ("workspace.deleted", "A workspace was deleted with all that is in it.")
    WORKSPACE_OWNERSHIP_TRANSFERRED = ("workspace.ownership_transferred", "An owner made another member the owner.")
    MEMBER_ADDED = ("member.added", "A user became a member of a workspace.")
    MEMBER_ROLE_CHANGED = ("member.role_changed", "A member got another role.")
    MEMBER_REMOVED = ("member.removed", "A member was removed from a workspace.")
    MEMBER_LEFT = ("member.left", "A member left a workspace.")
    ROLE_OVERRIDDEN = ("member.role_overridden", "A member got another role in one base, table or view, or lost it.")
    FIELD_LIMITED = ("field.limited", "A field may be read or written by others than before.")
    FIELD_CHOICES_ADDED = ("field.choices_added", "A write of records made choices that a field lacked.")
    RECORD_POLICY_CREATED = ("record_policy.created", "A policy says which records of a table some roles see or write.")
    RECORD_POLICY_UPDATED = ("record_policy.updated", "A policy of records says something else.")
    RECORD_POLICY_DELETED = ("record_policy.deleted", "A policy of records says nothing any longer.")
    SHARE_LINK_CREATED = ("share_link.created", "Somebody made a link by which everybody reads a view.")
    SHARE_LINK_REVOKED = ("share_link.revoked", "A link to a view opens nothing any longer.")
    WEBHOOK_CREATED = ("webhook.created", "Somebody has other servers told of a table's records.")
    WEBHOOK_UPDATED = ("webhook.updated", "A webhook was changed; who did it is its owner now.")
    WEBHOOK_SECRET_ROTATED = ("webhook.secret_rotated", "A webhook got a new secret.")
    WEBHOOK_DELETED = ("webhook.deleted", "A webhook was deleted.")
    WEBHOOK_DISABLED = ("webhook.disabled", "The server disabled a webhook whose target did not take anything.")
    INCOMING_WEBHOOK_CREATED = ("incoming_webhook.created", "Somebody made an address that takes records.")
    INCOMING_WEBHOOK_UPDATED = ("incoming_webhook.updated", "An incoming webhook was changed.")
    INCOMING_WEBHOOK_TOKEN_REGENERATED = (
        "incoming_webhook.token_regenerated",
        "An incoming webhook got a new address.",
    )
    INCOMING_WEBHOOK_DELETED = ("incoming_webhook.deleted", "An incoming webhook was deleted.")
    AUTOMATION_CREATED = ("automation.created", "Somebody made an automation, which acts by their rights.")
    AUTOMATION_UPDATED = ("automation.updated", "An automation was changed, perhaps its trigger or its actions.")
    AUTOMATION_PAUSED = ("automation.paused", "An automation was paused.")
    AUTOMATION_RESUMED = ("automation.resumed", "An automation that was paused goes on.")
    AUTOMATION_TAKEN_OVER = ("automation.taken_over", "An automation acts by the rights of somebody else from now on.")
    AUTOMATION_DELETED = ("automation.deleted", "An automation was deleted.")
    SCHEDULE_CREATED = ("schedule.created", "Somebody has the clock call a function, or set off an automation.")
    SCHEDULE_UPDATED = ("schedule.updated", "A schedule was changed, or turned on or off.")
    SCHEDULE_DELETED = ("schedule.deleted", "A schedule was deleted.")
    INVITATION_CREATED = ("invitation.created", "Somebody was invited to a workspace.")
    INVITATION_RESENT = ("invitation.resent", "An invitation was sent once more, with a new link.")
    INVITATION_REVOKED = ("invitation.revoked", "An invitation was taken back.")
    INVITATION_ACCEPTED = ("invitation.accepted", "Who was invited became a member.")
    INVITATION_DECLINED = ("invitation.declined", "Who was invited declined.")
    ROLE_CREATED = ("role.created", "A role was made.")
    ROLE_UPDATED = ("role.updated", "A role was changed, perhaps its permissions.")
    ROLE_DELETED = ("role.deleted", "A role was deleted.")
    ROLE_GRANTED = ("role.granted", "A user or a group was given a role.")
    ROLE_REVOKED = ("role.revoked", "A role was taken from a user or a group.")
    GROUP_CREATED = ("group.created", "A group was made.")
    GROUP_UPDATED = ("group.updated", "A group was changed.")
    GROUP_DELETED = ("group.deleted", "A group was deleted.")
    GROUP_MEMBER_ADDED = ("group.member_added", "A user was taken into a group.")
    GROUP_MEMBER_REMOVED = ("group.member_removed", "A user was taken out of a group.")
    PERMISSION_CREATED = ("permission.created", "A permission was added to those of the server.")
    PERMISSION_DELETED = ("permission.deleted", "A permission that was added before was deleted.")
    PERMISSION_GRANTED = ("permission.granted", "A user or a group was given a permission.")
    PERMISSION_REVOKED = ("permission.revoked", "A permission was taken from a user or a group.")
    INSTANCE_SETTINGS_UPDATED = ("instance.settings_updated", "Settings of the instance were changed.")
    INSTANCE_SETTINGS_RESET = ("instance.settings_reset", "Settings of the instance went back to the environment's.")
