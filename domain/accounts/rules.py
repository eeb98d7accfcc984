"""What a server asks of its accounts; each rule is a setting of the same name."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AccountRules:
    """How long what is mailed is good for, how much is mailed, and whether an address must be confirmed."""

    require_verified_email: bool = False
    email_verification_lifetime: timedelta = timedelta(days=1)
    password_reset_lifetime: timedelta = timedelta(hours=1)
    email_change_lifetime: timedelta = timedelta(hours=1)
    reactivation_period: timedelta = timedelta(days=30)
    max_account_mails_per_hour: int = 5
