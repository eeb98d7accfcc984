"""The settings of how accounts are confirmed, recovered and left, and of the passwords that they may have."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from pydantic import Field, PositiveInt, field_validator
from pydantic_core import PydanticCustomError

from adapters.breached import BreachedPasswords, ListUnusable
from adapters.password_policy import PasswordPolicy, load_checks
from domain.accounts.rules import AccountRules
from server.settings_section import Section, listed


class AccountLife(Section):
    """Confirming, recovering and leaving accounts, and which passwords they may have: docs/accounts.md."""

    require_verified_email: bool = Field(
        False,
        description="Whether an account is of use only once its e-mail address is confirmed: before that sign-in, "
        "and the tokens and keys that it has, are refused with `EMAIL_NOT_VERIFIED`.",
    )
    email_verification_lifetime: timedelta = Field(
        timedelta(days=1), gt=timedelta(0), description="How long the link to confirm an address is good (ISO 8601)."
    )
    password_reset_lifetime: timedelta = Field(
        timedelta(hours=1), gt=timedelta(0), description="How long the link for a new password is good (ISO 8601)."
    )
    email_change_lifetime: timedelta = Field(
        timedelta(hours=1), gt=timedelta(0), description="How long the link to a new address is good (ISO 8601)."
    )
    reactivation_period: timedelta = Field(
        timedelta(days=30),
        gt=timedelta(0),
        description="How long who deactivated their account can undo that by the link in the mail (ISO 8601).",
    )
    max_account_mails_per_hour: PositiveInt = Field(
        5, description="Mails with a link that one account may cause in an hour."
    )
    min_password_length: int = Field(8, ge=8, le=128, description="Characters that a new password needs.")
    breached_passwords: Path | None = Field(
        None,
        description="Passwords that are refused: a sorted file of SHA-1 hashes in hexadecimal, one a line, or of their "
        "first 16 digits and more, or a folder of such ranges; as haveibeenpwned.com publishes them.",
    )
    password_checks: str = Field(
        "",
        description="Further checks of new passwords, separated by commas: names of entry points of "
        "`tablegraph.password_checks`, each a function of password and e-mail address that returns why not, or None.",
    )

    @field_validator("breached_passwords")
    @classmethod
    def _is_a_list(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                BreachedPasswords(path)
            except ListUnusable as error:
                raise PydanticCustomError("breached_passwords", "{reason}", {"reason": str(error)}) from error
        return path

    @field_validator("password_checks")
    @classmethod
    def _are_installed(cls, text: str) -> str:
        try:
            load_checks(listed(text))
        except LookupError as error:
            raise PydanticCustomError("password_checks", "{reason}", {"reason": error.args[0]}) from error
        return text

    @property
    def account_rules(self) -> AccountRules:
        """The rules, as the use cases take them."""
        return AccountRules(**{field.name: getattr(self, field.name) for field in fields(AccountRules)})

    @property
    def password_policy(self) -> PasswordPolicy:
        """What a new password must be."""
        breached = [] if self.breached_passwords is None else [BreachedPasswords(self.breached_passwords)]
        return PasswordPolicy(self.min_password_length, [*breached, *load_checks(listed(self.password_checks))])
