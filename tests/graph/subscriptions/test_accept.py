"""Which form of an answer a header asks for."""

import pytest

from graph.transport.accept import choose_form, may_stream
from graph.transport.event_stream import EventStream
from graph.transport.multipart import IncrementalParts, SubscriptionParts

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
APOLLO = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json"
JSON = None


@pytest.mark.parametrize(
    ("accept", "of_subscription", "of_query"),
    [
        ("", JSON, JSON),
        ("*/*", JSON, JSON),
        ("application/json", JSON, JSON),
        ("text/html, */*;q=0.8", JSON, JSON),
        ("text/event-stream", EventStream, EventStream),
        ("Text/Event-Stream; charset=utf-8", EventStream, EventStream),
        ("text/*", EventStream, EventStream),
        ("text/event-stream, */*", EventStream, JSON),
        ("text/event-stream, application/json;q=0.9", EventStream, EventStream),
        ("text/event-stream;q=0.5, application/json;q=0.9", EventStream, JSON),
        ("text/event-stream;q=0", JSON, JSON),
        ("text/*, text/event-stream;q=0", JSON, JSON),
        ("text/event-stream;q=0.2, multipart/mixed;q=0.3", IncrementalParts, IncrementalParts),
        ("text/event-stream, multipart/mixed", EventStream, EventStream),
        ("text/event-stream;q=0.9, multipart/mixed;subscriptionSpec=1.0", SubscriptionParts, SubscriptionParts),
        (URQL, EventStream, JSON),
        (APOLLO, SubscriptionParts, JSON),
        ('multipart/mixed;boundary="a,b";subscriptionSpec="1.0"', SubscriptionParts, SubscriptionParts),
        ("multipart/mixed;subscriptionSpec=2.0", JSON, JSON),
        ("multipart/mixed;deferSpec=20220824, application/json", IncrementalParts, JSON),
        ("multipart/mixed;subscriptionSpec=1.0;q=0.1, multipart/mixed;q=0.2", IncrementalParts, IncrementalParts),
        ("multipart/*", IncrementalParts, IncrementalParts),
        ("text/event-stream;q=nonsense", EventStream, EventStream),
        ('text/event-stream;q="0.5", application/json;q=0.6', EventStream, JSON),
        (', ,;=,"', JSON, JSON),
    ],
)
def test_the_best_form_is_chosen(
    accept: str, of_subscription: type[object] | None, of_query: type[object] | None
) -> None:
    found = [choose_form(accept.encode(), is_subscription=each) for each in (True, False)]

    assert [None if form is None else type(form) for form in found] == [of_subscription, of_query]
    assert may_stream(accept.encode()) or found == [None, None]
