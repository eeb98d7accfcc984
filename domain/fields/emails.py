"""What an email address looks like."""

import re

from email_validator import EmailNotValidError, validate_email

from domain.fields import faults
from domain.fields.faults import InvalidValue, shown

_USUAL = re.compile(
    r"(?=.{1,64}@)[A-Za-z0-9_+'-]+(?:\.[A-Za-z0-9_+'-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)
"""A part of what is valid, which nearly every address is in, and which needs no further look."""


def check_email(text: str) -> str:
    """The address itself; raises `InvalidValue` for what is none. No server is asked."""
    if _USUAL.fullmatch(text) is None:
        try:
            domain = validate_email(text, check_deliverability=False, globally_deliverable=False, strict=True).domain
        except EmailNotValidError:
            domain = ""
        if "." not in domain:
            raise InvalidValue(f"{shown(text)} is not an email address.", faults.FORMAT)
    return text
