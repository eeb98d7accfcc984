"""Password hashing."""

import asyncio
import os
import sys
import threading

import pytest

from adapters.passwords import Argon2id, Bcrypt, Passwords, Pbkdf2, Verdict
from adapters.passwords.passwords import NICENESS
from domain.errors import Unavailable

CHEAP = {"memory_kib": 8, "passes": 1, "lanes": 1}


def test_new_hashes_have_owasps_parameters() -> None:
    assert Argon2id().hash("secret").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_without_a_choice_of_schemes_it_is_argon2id() -> None:
    assert (await Passwords().hash("secret")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_same_password_is_hashed_with_a_new_salt() -> None:
    scheme = Argon2id(**CHEAP)
    assert scheme.hash("secret") != scheme.hash("secret")


async def test_right_and_wrong_passwords_are_told_apart() -> None:
    passwords = Passwords([Argon2id(**CHEAP)])
    stored = await passwords.hash("secret")

    assert await passwords.check("secret", stored) is Verdict.RIGHT
    assert await passwords.check("Secret", stored) is Verdict.WRONG
    assert await passwords.check("secret", None) is Verdict.WRONG
    assert await passwords.check("secret", "") is Verdict.WRONG
    assert await passwords.check("secret", "$2b$12$of.another.scheme") is Verdict.WRONG
    assert await passwords.check("secret", stored[:-4]) is Verdict.WRONG
    assert await passwords.check("\ud800", stored) is Verdict.WRONG


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    stored = Argon2id(**CHEAP).hash("secret")
    passwords = Passwords([Argon2id(memory_kib=16, passes=1, lanes=1)])

    assert await passwords.check("secret", stored) is Verdict.RIGHT_BUT_OUTDATED
    assert await passwords.check("other", stored) is Verdict.WRONG


class Plain:
    """A scheme of another kind, which counts how often and on which thread it worked."""

    def __init__(self) -> None:
        self.hashed = 0
        self.threads: set[int] = set()

    def recognises(self, stored: str) -> bool:
        return stored.startswith("plain:")

    def hash(self, password: str) -> str:
        self.hashed += 1
        self.threads.add(threading.get_ident())
        return f"plain:{password}"

    def verify(self, stored: str, password: str) -> bool:
        return stored == f"plain:{password}"

    def is_outdated(self, stored: str) -> bool:
        return False


async def test_an_older_scheme_is_verified_and_outdated() -> None:
    passwords = Passwords([Argon2id(**CHEAP), Plain()])

    assert await passwords.check("secret", "plain:secret") is Verdict.RIGHT_BUT_OUTDATED
    assert await passwords.check("secret", "plain:other") is Verdict.WRONG


async def test_an_unknown_account_costs_one_hash() -> None:
    scheme = Plain()

    assert await Passwords([scheme]).check("secret", None) is Verdict.WRONG
    assert scheme.hashed == 1


@pytest.mark.parametrize("stored", ["", "?", "$2b$31$" + "a" * 53, "$pbkdf2-sha256$i=1073741824,l=32$c2FsdA$aGFzaA"])
async def test_a_hash_that_nobody_reads_costs_one_hash_too(stored: str) -> None:
    scheme = Plain()

    assert await Passwords([scheme, Bcrypt(), Pbkdf2()]).check("secret", stored) is Verdict.WRONG
    assert scheme.hashed == 1


async def test_the_event_loops_thread_never_hashes() -> None:
    scheme = Plain()
    passwords = Passwords([scheme], threads=2)
    await asyncio.gather(*(passwords.hash("secret") for _ in range(20)))

    assert scheme.hashed == 20
    assert len(scheme.threads) <= 2
    assert threading.get_ident() not in scheme.threads


class Stuck(Plain):
    """A scheme that waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def hash(self, password: str) -> str:
        self.let_go.wait()
        return super().hash(password)


async def test_no_more_than_the_limit_may_wait() -> None:
    scheme = Stuck()
    passwords = Passwords([scheme], threads=1, max_waiting=3)
    waiting = [asyncio.create_task(passwords.hash("secret")) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable, match="3 sign-ins are waiting already; try again"):
        await passwords.hash("secret")

    scheme.let_go.set()
    assert await asyncio.gather(*waiting) == ["plain:secret"] * 3
    assert await passwords.hash("secret") == "plain:secret"


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread has a niceness of its own")
async def test_the_threads_that_hash_let_the_event_loop_go_first() -> None:
    class Nice(Plain):
        def hash(self, password: str) -> str:
            return str(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert await Passwords([Nice()]).hash("secret") == str(NICENESS)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
