"""Inputs of the mutations on the settings of the instance."""

import strawberry
from strawberry.scalars import JSON

_REVISION = "The revision that was read: with another one by now, nothing is changed and `CONFLICT` returned."


@strawberry.input(description="A value for a setting.")
class InstanceSettingInput:
    """One of the values of updateInstanceSettings."""

    name: str = strawberry.field(description="Name of the setting.")
    value: JSON = strawberry.field(description="Its value, see `InstanceSetting.type`.")


@strawberry.input(description="Values for settings of the instance: all are set, or none.")
class UpdateInstanceSettingsInput:
    """Input of updateInstanceSettings."""

    settings: list[InstanceSettingInput] = strawberry.field(description="The values, each setting once.")
    if_revision: int | None = strawberry.field(default=None, description=_REVISION)


@strawberry.input(description="The settings that get the value of the environment back.")
class ResetInstanceSettingsInput:
    """Input of resetInstanceSettings."""

    names: list[str] | None = strawberry.field(default=None, description="Their names; all when left out.")
    if_revision: int | None = strawberry.field(default=None, description=_REVISION)
