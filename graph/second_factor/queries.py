"""Root fields of Query about second factors."""

import strawberry

from graph.info import Info
from graph.second_factor.types import SecondFactors
from resolvers.second_factor.managing import get_factors


@strawberry.type
class SecondFactorQueries:
    """What the caller has."""

    @strawberry.field(description="The caller's app, recovery codes and passkeys. Needs a session.")
    async def second_factors(self, info: Info) -> SecondFactors:
        return SecondFactors.from_factors(await get_factors(info.context))
