"""Use cases of the instance settings: they are read and changed by sessions of users who may, one change at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.database import Unit
from adapters.mail.local import NoMailer
from domain.access.holdings import require_permission
from domain.access.permissions import SETTINGS_MANAGE, SETTINGS_READ
from domain.audit.actions import AuditAction
from domain.errors import Conflict, Problem, ValidationFailed
from domain.instance.settings import INSTANCE_SETTINGS, InstanceSetting
from domain.instance.state import InstanceState, clean_names, clean_values
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.instance.storing import load_state, save_values
from resolvers.permissions.changing import rights_change
from resolvers.permissions.holdings import read_holdings


@dataclass(frozen=True, slots=True)
class SettingNow:
    """A setting with its value and that of the environment, as JSON."""

    setting: InstanceSetting
    value: Any
    default: Any
    is_kept: bool
    """Whether the database has the value."""


@dataclass(frozen=True, slots=True)
class SettingsNow:
    """All settings as of one revision."""

    state: InstanceState
    settings: list[SettingNow]


async def read_settings(context: RequestContext) -> SettingsNow:
    """All settings as the database has them; raises `Forbidden` for who may neither see nor change them."""
    require_session(context)
    async with context.unit() as unit:
        mine = await read_holdings(unit, context.user_id)
        if not mine.holds(SETTINGS_MANAGE.code):
            require_permission(mine, SETTINGS_READ)
        return _shown(context, await load_state(unit))


async def update_settings(
    context: RequestContext, given: Sequence[tuple[str, object]], if_revision: int | None
) -> SettingsNow:
    """Set all of these values, or none of them; they win over the environment from the commit on.

    Raises `Forbidden`, `ValidationFailed` with the problems of all values, and `Conflict` for another revision.
    """
    async with rights_change(context, SETTINGS_MANAGE) as (unit, _):
        values = clean_values(given)
        _require_way_in(context, given)
        state = await _load(unit, if_revision)
        return await _keep(unit, context, state, {**state.values, **values}, AuditAction.INSTANCE_SETTINGS_UPDATED)


async def reset_settings(context: RequestContext, names: Sequence[str] | None, if_revision: int | None) -> SettingsNow:
    """Give settings, or all of them, the values of the environment back. Raises as `update_settings` does."""
    async with rights_change(context, SETTINGS_MANAGE) as (unit, _):
        gone = set(clean_names(names))
        state = await _load(unit, if_revision)
        left = {name: value for name, value in state.values.items() if name not in gone}
        return await _keep(unit, context, state, left, AuditAction.INSTANCE_SETTINGS_RESET)


async def _load(unit: Unit, if_revision: int | None) -> InstanceState:
    state = await load_state(unit)
    if if_revision is not None and if_revision != state.revision:
        message = f"The settings have the revision {state.revision}, not {if_revision}: read them again."
        raise Conflict(message, revision=state.revision)
    return state


async def _keep(
    unit: Unit, context: RequestContext, state: InstanceState, values: Mapping[str, Any], action: AuditAction
) -> SettingsNow:
    """Keep the values where they differ, tell of it, and have the processes use them once that is committed."""
    changed = sorted(name for name in {*values, *state.values} if values.get(name) != state.values.get(name))
    if not changed:
        return _shown(context, state)
    kept = await save_values(unit, values, state.revision + 1)
    details = {
        "revision": kept.revision,
        "values": {name: values.get(name) for name in changed},
        "previousValues": {name: state.values.get(name) for name in changed},
    }
    await audit(unit, context, action, details=details)
    unit.after_commit(lambda: context.services.instance.take(kept))
    return _shown(context, kept)


def _require_way_in(context: RequestContext, given: Sequence[tuple[str, object]]) -> None:
    """Refuse to ask for confirmed addresses where none can be confirmed, or where the caller would be locked out."""
    for index, (name, value) in enumerate(given):
        if name == "require_verified_email" and value is True:
            if isinstance(context.services.mailer, NoMailer):
                message = "This server sends no mail: nobody could confirm an address."
            elif not context.viewer.is_verified:
                message = "Confirm your own e-mail address first; you would be locked out."
            else:
                continue
            raise ValidationFailed([Problem(("settings", index, "value"), message, "value_error.setting", value=value)])


def _shown(context: RequestContext, state: InstanceState) -> SettingsNow:
    defaults, kept = context.services.instance.defaults, state.read()
    settings = [
        SettingNow(
            setting=each,
            value=each.value.plain(kept.get(each.name, defaults[each.name])),
            default=each.value.plain(defaults[each.name]),
            is_kept=each.name in kept,
        )
        for each in INSTANCE_SETTINGS.values()
    ]
    return SettingsNow(state, settings)
