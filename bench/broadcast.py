"""The measure of fan-out: a bare Starlette WebSocket endpoint that sends what is posted to everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect


class Broadcast:
    """Who is there, and the two endpoints."""

    def __init__(self) -> None:
        self._sockets: set[WebSocket] = set()

    async def join(self, socket: WebSocket) -> None:
        """Hold a socket until its client leaves."""
        await socket.accept()
        self._sockets.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            self._sockets.discard(socket)

    async def publish(self, request: Request) -> Response:
        """Send the body to everybody."""
        text = (await request.body()).decode()
        for socket in tuple(self._sockets):
            await socket.send_text(text)
        return Response(b"{}", media_type="application/json")
