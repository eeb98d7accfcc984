"""Root fields of Query and Subscription about presence."""

from typing import Annotated

import strawberry

from domain.presence.channels import read_channel
from graph.info import Info
from graph.presence.stream import PresenceStream
from graph.presence.types import PresenceEvent, PresenceMember
from resolvers.presence.members import members_of

ChannelArgument = Annotated[
    str,
    strawberry.argument(
        description="`workspace:ID`, `base:ID`, `table:ID` or `record:ID`, of what the caller may see."
    ),
]


@strawberry.type
class PresenceQueries:
    """Who is there now."""

    @strawberry.field(description="Who is in a presence channel now, in the order of joining.")
    async def presence(self, info: Info, channel: ChannelArgument) -> list[PresenceMember]:
        found = await members_of(info.context, read_channel(channel))
        return [PresenceMember.from_json(member) for member in found]


@strawberry.type
class PresenceSubscriptions:
    """Who comes, goes and does what."""

    @strawberry.subscription(
        description="Be present in a channel, and follow who else is: first the state, then what happens. The "
        "connection is a member for as long as the subscription lasts; several of one connection are one member.",
        graphql_type=PresenceEvent,
    )
    def presence(self, channel: ChannelArgument) -> PresenceStream:
        return PresenceStream(read_channel(channel))
