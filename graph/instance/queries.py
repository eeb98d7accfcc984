"""Root fields of Query about the instance."""

import strawberry

from graph.info import Info
from graph.instance.types import InstanceInfo, InstanceSettings
from resolvers.instance.settings import read_settings


@strawberry.type
class InstanceQueries:
    """What the server says of itself, and how it is set."""

    @strawberry.field(description="What everybody may know of this server; for anonymous callers too.")
    async def instance_info(self, info: Info) -> InstanceInfo:
        return InstanceInfo.from_context(info.context)

    @strawberry.field(
        description="The settings that are changed while the server runs. Needs `settings:read` or `settings:manage`, "
        "and a session."
    )
    async def instance_settings(self, info: Info) -> InstanceSettings:
        return InstanceSettings.from_now(await read_settings(info.context))
