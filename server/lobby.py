"""Where whole requests wait, as they came, while the process has its hands full: one goes in for each that comes out.

A request that was let in too early costs a parser, a task and an application before it is refused; one that waits here
costs an entry in a dictionary. So it is counted here what was let in and is not answered yet, from the first byte on:
`Admission` sees an operation only when its body was read and its caller is known, and by then others would have passed.
"""

import asyncio
from collections import OrderedDict
from typing import Final, Protocol

from graph.execution.admission import Admission

MAX_BYTES_WAITING: Final = 16 << 20
"""Of all requests that wait; those of programs have a few hundred each."""
LOOKS: Final = 10
"""How often the time that a request may wait is divided: so much later than told, at most, is it turned away."""


class Waiting(Protocol):
    """A request that waits."""

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    def enter(self) -> None:
        """There is room now."""
        ...

    def turn_away(self) -> None:
        """There was none in time."""
        ...


class Lobby:
    """That of one process. `seconds` is how long a request may wait, `most` how many may."""

    def __init__(self, admission: Admission, *, seconds: float, most: int) -> None:
        self.admission = admission
        self._seconds = seconds
        self._most = most
        self._inside = 0
        self._bytes = 0
        self._waiting: OrderedDict[Waiting, float] = OrderedDict()
        """Until when, those first who came first."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def lets_in(self) -> bool:
        """Count one more that goes in; False where there is no room, or others wait for it."""
        if self._waiting or not self._has_room():
            return False
        self._inside += 1
        return True

    def leave(self) -> None:
        """One that was let in is answered, or its client has gone; the next one enters."""
        self._inside -= 1
        self._let_in()

    def wait(self, request: Waiting) -> bool:
        """Have a request wait; False where too many do."""
        if not self._seconds or len(self._waiting) >= self._most or self._bytes + request.size > MAX_BYTES_WAITING:
            return False
        self._bytes += request.size
        self._waiting[request] = asyncio.get_running_loop().time() + self._seconds
        if self._timer is None:
            self._look_again()
        return True

    def forget(self, request: Waiting) -> None:
        """Its client has gone."""
        if self._waiting.pop(request, None) is not None:
            self._bytes -= request.size

    def _has_room(self) -> bool:
        return self._inside < self.admission.most and not self.admission.is_full

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            self._inside += 1
            self._next().enter()

    def _next(self) -> Waiting:
        request, _ = self._waiting.popitem(last=False)
        self._bytes -= request.size
        return request

    def _look_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds / LOOKS, self._look)

    def _look(self) -> None:
        """Let in whom operations of sockets have made room for, of which nobody tells, and turn the late away."""
        self._timer = None
        self._let_in()
        now = asyncio.get_running_loop().time()
        while self._waiting and next(iter(self._waiting.values())) <= now:
            self._next().turn_away()
        if self._waiting:
            self._look_again()
