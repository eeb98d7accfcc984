"""The ASGI application, put together from its parts."""

from starlette.applications import Starlette
from starlette.routing import Route

from graph.execution.engine import Engine
from graph.schema import build_schema
from graph.transport.http import GraphQLEndpoint
from resolvers.services import Services
from server.graphiql import graphiql_page, graphiql_routes
from server.settings import Settings


def create_app(settings: Settings, services: Services) -> Starlette:
    """The application over services that the caller made and will close."""
    endpoint = GraphQLEndpoint(Engine(build_schema()), services, graphiql_page, settings.max_body_bytes)
    return Starlette(
        debug=False,
        routes=[Route("/graphql", endpoint.__call__, methods=["GET", "POST"]), *graphiql_routes()],
    )
