"""The settings that a running server takes from its database: a further one is one line here.

Each has the name of a setting of the process, whose value is its default. Bounds keep a server usable: none of these
numbers can be made so small that nobody could change it back.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from domain.instance.registration import Registration
from domain.instance.values import Line, OneOf, SettingValue, Span, Truth, Whole, Zone


class SettingGroup(Enum):
    """What a setting is about."""

    GENERAL = "GENERAL"
    ACCOUNTS = "ACCOUNTS"
    STORAGE = "STORAGE"
    SCHEDULER = "SCHEDULER"
    JOBS = "JOBS"
    LIMITS = "LIMITS"


@dataclass(frozen=True, slots=True)
class InstanceSetting:
    """A setting: `name` as the process has it, what its values may be, and what it means."""

    name: str
    group: SettingGroup
    value: SettingValue
    description: str


_GENERAL, _ACCOUNTS, _STORAGE = SettingGroup.GENERAL, SettingGroup.ACCOUNTS, SettingGroup.STORAGE
_SCHEDULER, _JOBS, _LIMITS = SettingGroup.SCHEDULER, SettingGroup.JOBS, SettingGroup.LIMITS
_MODES: Final = tuple(mode.value for mode in Registration)
_NONE, _SECOND, _MINUTE, _HOUR, _DAY = (
    timedelta(0),
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
_YEAR: Final = 365 * _DAY
_MILLION: Final = 1_000_000
_ALL: Final = (
    InstanceSetting("instance_name", _GENERAL, Line(100), "The server's name, for pages and clients to show."),
    InstanceSetting("time_zone", _GENERAL, Zone(), "Zone of days and hours where formulas and groups name none."),
    InstanceSetting(
        "registration",
        _ACCOUNTS,
        OneOf(_MODES),
        "Who may make an account: anybody, who was invited to a workspace, or nobody.",
    ),
    InstanceSetting(
        "require_verified_email",
        _ACCOUNTS,
        Truth(),
        "Whether accounts are of use only once their e-mail address is confirmed.",
    ),
    InstanceSetting("min_password_length", _ACCOUNTS, Whole(8, 128), "Characters that a new password needs."),
    InstanceSetting(
        "add_members_by_email",
        _ACCOUNTS,
        Truth(),
        "Whether members of workspaces may be added by their e-mail addresses.",
    ),
    InstanceSetting(
        "email_verification_lifetime",
        _ACCOUNTS,
        Span(_MINUTE, 30 * _DAY),
        "How long the link to confirm an address is good.",
    ),
    InstanceSetting(
        "password_reset_lifetime", _ACCOUNTS, Span(_MINUTE, 30 * _DAY), "How long the link for a new password is good."
    ),
    InstanceSetting(
        "email_change_lifetime", _ACCOUNTS, Span(_MINUTE, 30 * _DAY), "How long the link to a new address is good."
    ),
    InstanceSetting(
        "reactivation_period",
        _ACCOUNTS,
        Span(_HOUR, _YEAR),
        "How long a deactivated account can be brought back by the link in the mail.",
    ),
    InstanceSetting("invitation_lifetime", _ACCOUNTS, Span(_HOUR, _YEAR), "How long a new invitation can be accepted."),
    InstanceSetting("max_import_bytes", _STORAGE, Whole(1_000, 1 << 40), "Bytes of a file to import."),
    InstanceSetting(
        "idempotency_retention",
        _STORAGE,
        Span(_MINUTE, 30 * _DAY),
        "How long the answer to an idempotency key is kept.",
    ),
    InstanceSetting(
        "audit_retention",
        _SCHEDULER,
        Span(_DAY, 100 * _YEAR),
        "How long the audit log is kept; a task deletes older entries.",
    ),
    InstanceSetting(
        "mail_attempts",
        _JOBS,
        Whole(1, 20),
        "How often a mail is handed over, when that fails for now, until it is given up.",
    ),
    InstanceSetting(
        "mail_retry_delay",
        _JOBS,
        Span(_SECOND, _HOUR),
        "How long after its first failure a mail is tried again; twice as long each time.",
    ),
    InstanceSetting(
        "max_requests_per_minute",
        _LIMITS,
        Whole(60, _MILLION, or_none=True),
        "Requests of a user or an API key in a minute.",
    ),
    InstanceSetting(
        "max_anonymous_requests_per_minute",
        _LIMITS,
        Whole(10, _MILLION, or_none=True),
        "Requests of an address from which nobody signs in, in a minute.",
    ),
    InstanceSetting(
        "max_cost_per_minute",
        _LIMITS,
        Whole(10_000, 1 << 40, or_none=True),
        "Cost of all operations of a caller in a minute.",
    ),
    InstanceSetting("max_query_cost", _LIMITS, Whole(1_000, 1 << 40), "Cost of one operation."),
    InstanceSetting(
        "max_guess_delay",
        _LIMITS,
        Span(_NONE, _DAY),
        "The longest wait after failed attempts at credentials; PT0S for none.",
    ),
    InstanceSetting(
        "free_guesses_per_account",
        _LIMITS,
        Whole(0, _MILLION),
        "Failures after which an account waits for itself; 0 for never.",
    ),
    InstanceSetting(
        "free_guesses_per_address",
        _LIMITS,
        Whole(0, _MILLION),
        "Failures after which an address waits for itself; 0 for never.",
    ),
    InstanceSetting("guess_memory", _LIMITS, Span(_SECOND, 30 * _DAY), "How long failures are remembered."),
    InstanceSetting(
        "max_form_submissions_per_minute",
        _LIMITS,
        Whole(1, _MILLION),
        "Submissions of a published form in a minute, in each process.",
    ),
    InstanceSetting(
        "max_client_submissions_per_minute",
        _LIMITS,
        Whole(1, _MILLION),
        "Submissions of forms from one address in a minute, in each process.",
    ),
    InstanceSetting(
        "max_account_mails_per_hour",
        _LIMITS,
        Whole(1, 1_000),
        "Mails with a link that one account may cause in an hour.",
    ),
    InstanceSetting(
        "max_invitation_mails_per_day",
        _LIMITS,
        Whole(1, _MILLION),
        "Mails with invitations that one user has sent within a day.",
    ),
    InstanceSetting(
        "max_invitations_per_workspace",
        _LIMITS,
        Whole(1, _MILLION),
        "Invitations of a workspace that are open or not older than a day.",
    ),
    InstanceSetting("max_api_keys_per_user", _LIMITS, Whole(1, _MILLION), "API keys of a user."),
    InstanceSetting("max_batch_records", _LIMITS, Whole(1, _MILLION), "Records in one write."),
)

INSTANCE_SETTINGS: Final = {each.name: each for each in _ALL}
"""Every setting by its name, in the order in which they are shown."""
