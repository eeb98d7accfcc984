"""Where whole requests wait, as they came, while the process has its hands full: others go in as some come out.

A request that was let in too early costs a parser, a task and an application before it is refused; one that waits here
costs an entry in a dictionary. So it is counted here what was let in and is not answered yet, from the first byte on:
`Admission` sees an operation only when its body was read and its caller is known, and by then others would have passed.

Quick ones go in a few at a time, and together. With hundreds under way, what a request has at hand has left the
processor's caches when it comes to its next step; and where each that comes out lets one in at once, none of them finds
the code of its step still there from the one before. Each costs up to half of the work itself. Who takes long holds up
nobody: it counts among all that are under way, and no longer among the quick ones.
"""

import asyncio
from collections import OrderedDict
from typing import Final, Protocol

from graph.execution.admission import Admission

MAX_BYTES_WAITING: Final = 16 << 20
"""Of all requests that wait; those of programs have a few hundred each."""
LOOKS: Final = 10
"""How often the time that a request may wait is divided: so much later than told, at most, is it turned away."""
QUICK_SECONDS: Final = 0.025
"""Between looks, at most; of two of them, one that is under way longer than that is not quick."""


class Waiting(Protocol):
    """A request that waits."""

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    def enter(self, turn: int) -> None:
        """There is room now; `turn` is what `Lobby.leave` takes."""
        ...

    def turn_away(self) -> None:
        """There was none in time."""
        ...


class Lobby:
    """That of one process. `seconds` is how long a request may wait, `most` how many may.

    `quick` are worked on at a time, of those that do not take long; nobody is turned away for that alone.
    """

    def __init__(self, admission: Admission, *, seconds: float, most: int, quick: int) -> None:
        self.admission = admission
        self._seconds = seconds
        self._most = most
        self._quick = quick
        self._inside = 0
        self._turn = 0
        """Counts the looks at those who wait."""
        self._new = [0, 0]
        """How many are inside that went in in this turn, and in the one before."""
        self._bytes = 0
        self._waiting: OrderedDict[Waiting, float] = OrderedDict()
        """Until when, those first who came first."""
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def lets_in(self, *, whether_quick: bool = True) -> int | None:
        """Count one more that goes in, and answer its turn; None where there is no room, or others wait for it.

        There is room for more where it does not matter whether they are quick.
        """
        if (whether_quick and (self._waiting or not self._has_room_for_quick())) or not self._has_room():
            return None
        return self._count()

    def leave(self, turn: int) -> None:
        """One that was let in then is answered, or its client has gone; those who wait enter soon, together."""
        self._inside -= 1
        if (age := self._turn - turn) < len(self._new):
            self._new[age] -= 1
        if self._waiting and self._soon is None:
            self._soon = asyncio.get_running_loop().call_soon(self._let_in)

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

    def _has_room_for_quick(self) -> bool:
        return sum(self._new) < self._quick

    def _count(self) -> int:
        self._inside += 1
        self._new[0] += 1
        return self._turn

    def _let_in(self) -> None:
        self._soon = None
        while self._waiting and self._has_room_for_quick() and self._has_room():
            self._next().enter(self._count())

    def _next(self) -> Waiting:
        request, _ = self._waiting.popitem(last=False)
        self._bytes -= request.size
        return request

    def _look_again(self) -> None:
        pause = min(QUICK_SECONDS, self._seconds / LOOKS)
        self._timer = asyncio.get_running_loop().call_later(pause, self._look)

    def _look(self) -> None:
        """Let in whom slow ones, or operations of sockets, have made room for, and turn the late away."""
        self._timer = None
        self._turn += 1
        self._new = [0, self._new[0]]
        self._let_in()
        now = asyncio.get_running_loop().time()
        while self._waiting and next(iter(self._waiting.values())) <= now:
            late = self._next()
            if self._has_room():
                late.enter(self._count())
            else:
                late.turn_away()
        if self._waiting:
            self._look_again()
