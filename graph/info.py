"""The `info` argument of every resolver, with our context type."""

import strawberry

from resolvers.context import RequestContext

Info = strawberry.Info[RequestContext, None]
