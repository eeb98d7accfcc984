"""The frames of the load client, as the library that the server uses understands and writes them."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from bench.frames import CLOSE, PONG, TEXT, frame, handshake, payload_of

SIZES = (0, 1, 125, 126, 65_535, 65_536, 70_000)


def _server(protocol: str = "") -> ServerProtocol:
    """One that has accepted a handshake."""
    server = ServerProtocol(max_size=None)
    server.receive_data(handshake("/graphql", protocol))
    [request] = server.events_received()
    assert isinstance(request, Request)
    server.send_response(server.accept(request))
    return server


def test_handshake_is_accepted() -> None:
    server = ServerProtocol()

    server.receive_data(handshake("/graphql", "graphql-transport-ws"))

    [request] = server.events_received()
    assert isinstance(request, Request)
    assert request.path == "/graphql"
    assert request.headers["Sec-WebSocket-Protocol"] == "graphql-transport-ws"
    assert server.accept(request).status_code == 101


@pytest.mark.parametrize("size", SIZES)
def test_message_is_understood(size: int) -> None:
    server = _server()

    server.receive_data(frame(b"x" * size))

    [message] = server.events_received()
    assert isinstance(message, Frame)
    assert (message.opcode, bytes(message.data), message.fin) == (Opcode.TEXT, b"x" * size, True)


@pytest.mark.parametrize(("opcode", "meant"), [(PONG, Opcode.PONG), (CLOSE, Opcode.CLOSE), (TEXT, Opcode.TEXT)])
def test_kind_of_frame_is_understood(opcode: int, meant: Opcode) -> None:
    server = _server()

    server.receive_data(frame((1000).to_bytes(2, "big"), opcode))

    [received] = server.events_received()
    assert isinstance(received, Frame)
    assert (received.opcode, bytes(received.data)) == (meant, b"\x03\xe8")


@pytest.mark.parametrize("size", SIZES)
def test_frame_of_the_server_is_found(size: int) -> None:
    server = _server()
    server.data_to_send()
    server.send_text(b"y" * size)
    sent = b"".join(server.data_to_send())

    start, end = payload_of(b"before" + sent + b"behind", 6) or (0, 0)

    assert (start, end) == (6 + len(sent) - size, 6 + len(sent))


@pytest.mark.parametrize("size", SIZES[1:])
def test_part_of_a_frame_is_none(size: int) -> None:
    server = _server()
    server.data_to_send()
    server.send_text(b"y" * size)
    sent = b"".join(server.data_to_send())

    found = {payload_of(sent[:length], 0) for length in (*range(12), len(sent) - 1) if length < len(sent)}

    assert found == {None}
