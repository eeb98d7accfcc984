"""Who may use the root fields about aggregates."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case
from tests.authorization.cases_changes import FOLLOWS, UNKNOWN_FIELD, event
from tests.authorization.cases_records import its_table, record
from tests.authorization.cases_views import PERSONAL, READ, of_owner, personal_view, through_view, view
from tests.authorization.outcomes import members

GROUPS = """
    query ($table: ID!) {
      aggregate(tableId: $table, groupBy: [{field: "Name"}], metrics: [{function: SUM, field: "Price"}]) {
        totalCount nodes { key metrics }
      }
    }
"""
REFUSED = 'query ($table: ID!) { aggregate(tableId: $table, groupBy: [{field: "Nothing"}]) { totalCount } }'
OF_VIEW = "query ($table: ID!, $view: ID!) { aggregate(tableId: $table, viewId: $view) { nodes { count } } }"

UNKNOWN_KEY = {caller: code or "BAD_REQUEST" for caller, code in members("Query", WorkspaceRole.VIEWER).items()}

LIVE = """
    subscription ($table: ID!) {
      liveAggregate(tableId: $table, groupBy: [{field: "%s"}]) { type page { totalCount nodes { key } } }
    }
"""
LIVE_OF_VIEW = "subscription ($table: ID!, $view: ID!) { liveAggregate(tableId: $table, viewId: $view) { totalCount } }"

CASES = [
    Case("Query.aggregate", GROUPS, members("Query", WorkspaceRole.VIEWER), its_table, record),
    Case("Query.aggregate", REFUSED, UNKNOWN_KEY, its_table, record, about="by an unknown field"),
    Case("Query.aggregate", OF_VIEW, READ, through_view, view, about="of a view"),
    Case("Query.aggregate", OF_VIEW, of_owner("Query"), through_view, personal_view, about=PERSONAL),
    Case("Subscription.liveAggregate", LIVE % "Name", FOLLOWS, its_table, event),
    Case("Subscription.liveAggregate", LIVE % "No", UNKNOWN_FIELD, its_table, event, about="by an unknown field"),
    Case("Subscription.liveAggregate", LIVE_OF_VIEW, READ, through_view, view, about="of a view"),
    Case("Subscription.liveAggregate", LIVE_OF_VIEW, of_owner("Query"), through_view, personal_view, about=PERSONAL),
]
