"""All attacks, by their keys."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bench.attacks import requests, slow, sockets
from bench.attacks.requests import Requests
from bench.attacks.wire import Tally, Target, flood


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack; `run` goes on until it is cancelled."""

    title: str
    run: Callable[[Target, Tally], Awaitable[None]]


def _of(make: Requests) -> Callable[[Target, Tally], Awaitable[None]]:
    return lambda target, tally: flood(target, tally, make(target))


ATTACKS: Mapping[str, Attack] = {
    "doubling": Attack("fragments that double", _of(requests.doubling)),
    "documents": Attack("documents of up to 1 MB", _of(requests.large_documents)),
    "deep-json": Attack("deep JSON", _of(requests.deep_json)),
    "garbage": Attack("bodies of 1 MB of garbage", _of(requests.garbage)),
    "overlapping": Attack("fields that overlap", _of(requests.overlapping)),
    "introspection": Attack("introspection", _of(requests.introspection)),
    "circles": Attack("selections in circles", _of(requests.circles)),
    "conditions": Attack("costly and huge filters", _of(requests.filters)),
    "costly": Attack("pages up to the cost", _of(requests.costly)),
    "logins": Attack("sign-ins, 20 a request", _of(requests.logins)),
    "persisted": Attack("new persisted documents", _of(requests.persisted)),
    "new-shapes": Attack("new operations and statements", _of(requests.new_shapes)),
    "odd-values": Attack("huge cursors, odd numbers", _of(requests.odd_values)),
    "slow-headers": Attack("500 slow headers", slow.slow_headers),
    "slow-bodies": Attack("300 slow bodies of 1 MB", slow.slow_bodies),
    "slow-readers": Attack("100 readers of nothing", slow.slow_readers),
    "streams": Attack("streams opened and dropped", slow.streams),
    "connections": Attack("a connection a request", slow.new_connections),
    "idle-sockets": Attack("1,000 idle sockets", sockets.idle),
    "malformed": Attack("malformed frames", sockets.malformed),
    "large-frames": Attack("frames of 1 MB", sockets.large_frames),
    "pings": Attack("floods of pings", sockets.pings),
    "storms": Attack("subscribe and complete", sockets.storms),
    "many-filters": Attack("3,800 filtered subscriptions", sockets.many_filters),
    "presence": Attack("floods of cursors", sockets.presence),
}
