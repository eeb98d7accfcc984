"""Puts values of instance settings where the process reads them: in the parts of the services that have such a field.

Parts are replaced, never changed, so whoever has taken one goes on with numbers that belong together.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from domain.instance.registration import Registration
from domain.instance.settings import INSTANCE_SETTINGS
from resolvers.forms.rates import SubmissionRates

if TYPE_CHECKING:
    from resolvers.services import Limits, Services

_PARTS: Final = ("limits", "account_rules", "profile", "retention")
"""Fields of the services, each a frozen dataclass whose fields are settings."""


def read_values(services: "Services") -> dict[str, Any]:
    """The values of all instance settings that the process uses now."""
    values: dict[str, Any] = {
        "registration": services.registration.value,
        "min_password_length": services.password_policy.min_length,
    }
    for part in _PARTS:
        found = getattr(services, part)
        values |= {each.name: getattr(found, each.name) for each in fields(found) if each.name in INSTANCE_SETTINGS}
    return {name: values[name] for name in INSTANCE_SETTINGS}


def apply_values(services: "Services", values: Mapping[str, Any]) -> None:
    """Have the process use these values of all instance settings."""
    mode = Registration(values["registration"])
    services.registration_open = mode is Registration.OPEN
    before = services.limits
    for part in _PARTS:
        found = getattr(services, part)
        given = {each.name: values[each.name] for each in fields(found) if each.name in values}
        setattr(services, part, replace(found, **given))
    services.limits = replace(services.limits, registration_by_invitation=mode is not Registration.CLOSED)
    services.password_policy = services.password_policy.with_length(values["min_password_length"])
    _tell_parts(services, before)


def _tell_parts(services: "Services", before: "Limits") -> None:
    """Tell those who were made of numbers."""
    limits = services.limits
    per_form, per_client = limits.max_form_submissions_per_minute, limits.max_client_submissions_per_minute
    if (per_form, per_client) != (before.max_form_submissions_per_minute, before.max_client_submissions_per_minute):
        services.submissions = SubmissionRates(services.quotas, per_form, per_client)
