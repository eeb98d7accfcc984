"""A collector of traces as OpenTelemetry's are: takes OTLP over HTTP, and keeps the spans."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(slots=True)
class Collector:
    """What has come so far."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    resource: Mapping[str, Any] = field(default_factory=dict)
    """Who sent the last ones."""

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keep the spans of one request."""
        for each in request.resource_spans:
            self.resource = plain(each.resource.attributes)
            for scope in each.scope_spans:
                self.spans += scope.spans

    def below(self, parent: Span) -> list[Span]:
        """The spans whose parent is this one, in the order in which they began."""
        children = [each for each in self.spans if each.parent_span_id == parent.span_id]
        return sorted(children, key=lambda each: each.start_time_unix_nano)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that serves on a free port of this machine while the block runs."""
    collector = Collector()

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.take(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: what pytest captures is of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(attributes: Any) -> dict[str, Any]:
    """Attributes as a dictionary."""
    return {each.key: _value(each) for each in attributes}


def _value(attribute: KeyValue) -> Any:
    return getattr(attribute.value, attribute.value.WhichOneof("value") or "string_value")
