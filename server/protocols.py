"""uvicorn's configuration, as far as its protocols are concerned."""

from typing import Any

import uvicorn

from server.http_protocol import HttpProtocol
from server.settings import Settings
from server.socket_protocol import SocketProtocol


class ServerConfig(uvicorn.Config):
    """The protocols that this server speaks, and the settings that they read from here."""

    def __init__(self, app: Any, settings: Settings, **more: Any) -> None:
        super().__init__(
            app,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=settings.max_message_bytes,
            ws_ping_interval=settings.ws_ping_interval.total_seconds(),
            ws_ping_timeout=settings.ws_ping_timeout.total_seconds(),
            ws_per_message_deflate=False,  # it takes as much CPU as all the rest of a delivery
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # uvicorn would believe whoever calls from this machine; see server.proxies
            **more,
        )
        self.slow_client_seconds = settings.slow_client_timeout.total_seconds()
        self.request_seconds = settings.request_timeout.total_seconds()
        self.max_headers = settings.max_headers
        self.max_header_bytes = settings.max_header_bytes
        self.max_messages_per_minute = settings.max_messages_per_minute
