"""Root fields of Mutation about the settings of the instance, and their payload."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.instance.inputs import ResetInstanceSettingsInput, UpdateInstanceSettingsInput
from graph.instance.types import InstanceSettings
from resolvers.instance.settings import reset_settings, update_settings


@strawberry.type(description="The settings as they are now.")
class InstanceSettingsPayload:
    """Payload of updateInstanceSettings and resetInstanceSettings."""

    settings: InstanceSettings = strawberry.field(description="All settings of the instance.")


@strawberry.type
class InstanceMutations:
    """Settings that all processes use within a second; for sessions of users who hold `settings:manage`."""

    @strawberry.mutation(
        description="Set settings of the instance. They win over the environment, in every process within a second. "
        "Needs `settings:manage`, and a session."
    )
    async def update_instance_settings(
        self,
        info: Info,
        input: Annotated[UpdateInstanceSettingsInput, strawberry.argument(description="The values.")],
    ) -> InstanceSettingsPayload:
        given = [(each.name, each.value) for each in input.settings]
        settings = await update_settings(info.context, given, input.if_revision)
        return InstanceSettingsPayload(settings=InstanceSettings.from_now(settings))

    @strawberry.mutation(
        description="Give settings of the instance the values of the environment back. Needs `settings:manage`, and a "
        "session."
    )
    async def reset_instance_settings(
        self, info: Info, input: Annotated[ResetInstanceSettingsInput, strawberry.argument(description="Which.")]
    ) -> InstanceSettingsPayload:
        settings = await reset_settings(info.context, input.names, input.if_revision)
        return InstanceSettingsPayload(settings=InstanceSettings.from_now(settings))
