"""Every scheme of hashing passwords: what others have stored is read, and what is damaged or hostile is wrong."""

from time import perf_counter

import pytest
from bcrypt import hashpw

from adapters.passwords import SCHEMES, Argon2id, Bcrypt, PasswordHasher, Pbkdf2, Scrypt, Verdict, make_passwords

PASSWORD = "pässwörd"
CHEAP: dict[str, PasswordHasher] = {
    "argon2id": Argon2id(memory_kib=8, passes=1, lanes=1),
    "scrypt": Scrypt(log_n=4),
    "bcrypt": Bcrypt(cost=4),
    "pbkdf2": Pbkdf2(iterations=10),
}
OTHERS: dict[str, PasswordHasher] = {
    "argon2id": Argon2id(memory_kib=16, passes=1, lanes=1),
    "scrypt": Scrypt(log_n=5),
    "bcrypt": Bcrypt(cost=5),
    "pbkdf2": Pbkdf2(iterations=11),
}
HEADS = {
    "argon2id": "$argon2id$v=19$m=8,t=1,p=1$",
    "scrypt": "$scrypt$ln=4,r=8,p=1$",
    "bcrypt": "$bcrypt-sha256$v=2,t=2b,r=4$",
    "pbkdf2": "$pbkdf2-sha256$i=10,l=32$",
}
FOREIGN = {  # made by Django 5 and passlib 1.7
    "pbkdf2 of passlib": "$pbkdf2-sha256$1000$ZMz5PydkrPV.T8k5R2jN.Q$Ca6Ixzp1mXxZnfSu7EYW1ve4HGlWs6TYMvq0jQwMxiE",
    "pbkdf2 of Django": "pbkdf2_sha256$1000$seasaltseasaltsea$btg4wHiACcoryTmLP8F0CuEH6otqov8wwNCsrXLsZMM=",
    "scrypt of passlib": "$scrypt$ln=10,r=8,p=1$wFhrbY1R6n0PYeydkzJmDA$sW3KYt7AdwUXYw/kcTJAeWKdcoYkGDZG/QmBOsHez6A",
    "scrypt of Django": "scrypt$1024$seasaltseasaltsea$8$5$p3+1W8YW+B8SRn2TtaDH7e/z+0XkWUE2qB+OZof3/FERjKORCmWkM+59fE"
    "UmUgRV+n78+G2jiGyhsfhcbebd7w==",
    "bcrypt": "$2b$04$ui/EL0ud5ERkvgW0o/iSJ.qtXEdAuvjizENliqHk3xEBloVQLq8SW",
    "bcrypt of Django": "bcrypt$$2b$04$ui/EL0ud5ERkvgW0o/iSJ.qtXEdAuvjizENliqHk3xEBloVQLq8SW",
    "bcrypt of PHP": "$2y$04$ui/EL0ud5ERkvgW0o/iSJ.qtXEdAuvjizENliqHk3xEBloVQLq8SW",
    "bcrypt over SHA-256 of Django": "bcrypt_sha256$$2b$04$6QgP1wwqf6swOHHUdWaAuO0G2O.xoNDO2ACkrN7J5CrU7a0vuGYcW",
    "Argon2id of Django": "argon2$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdHNlYXNhbHRzZWE$BESF9CAIXIyrLrfv8Ie+ZJvdT6zJ7"
    "wghIx6ZTcD4vpw",
}
SALT = "$c2Vhc2FsdHNlYXNhbHQ$BESF9CAIXIyrLrfv8Ie+ZJvdT6zJ7wghIx6ZTcD4vpw"
HOSTILE = [
    f"$pbkdf2-sha256$i={2**30},l=32{SALT}",
    f"$pbkdf2-sha256$1073741824{SALT}",
    f"$pbkdf2-sha256$0{SALT}",
    f"pbkdf2_sha256${2**30}$salt$btg4wHiACcoryTmLP8F0CuEH6otqov8wwNCsrXLsZMM=",
    f"pbkdf2_sha256$1000000${'s' * 100}$btg4wHiACcoryTmLP8F0CuEH6otqov8wwNCsrXLsZMM=",
    f"$pbkdf2-sha256$1000$c2Vhc2FsdA${'A' * 4000}",
    f"$scrypt$ln=30,r=8,p=1{SALT}",
    f"$scrypt$ln=14,r=8,p=9999{SALT}",
    f"$scrypt$ln=0,r=8,p=1{SALT}",
    f"$scrypt$ln=4,r=0,p=1{SALT}",
    "scrypt$1000$salt$8$1$btg4wHiACcoryTmLP8F0CuEH6otqov8wwNCsrXLsZMM=",
    "$2b$31$ui/EL0ud5ERkvgW0o/iSJ.qtXEdAuvjizENliqHk3xEBloVQLq8SW",
    "$2b$03$ui/EL0ud5ERkvgW0o/iSJ.qtXEdAuvjizENliqHk3xEBloVQLq8SW",
    "$bcrypt-sha256$v=2,t=2b,r=31$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2",
    f"$argon2id$v=19$m=4194304,t=1,p=1{SALT}",
    f"$argon2id$v=19$m=65536,t=4294967295,p=1{SALT}",
    f"$argon2id$v=19$m=65536,t=1,p=16777215{SALT}",
    f"$argon2id$v=19$m=65536,t=0,p=1{SALT}",
]
ALL = pytest.mark.parametrize("name", SCHEMES)


@ALL
def test_a_hash_is_salted_and_says_how_it_was_made(name: str) -> None:
    scheme = CHEAP[name]
    first, second = scheme.hash(PASSWORD), scheme.hash(PASSWORD)

    assert first != second
    assert first.startswith(HEADS[name])
    assert scheme.recognises(first)


@ALL
def test_right_and_wrong_passwords_are_told_apart(name: str) -> None:
    scheme = CHEAP[name]
    stored = scheme.hash(PASSWORD)

    assert scheme.verify(stored, PASSWORD)
    assert not any(
        scheme.verify(stored, other) for other in ("", PASSWORD + "!", "PÄSSWÖRD", "\0" + PASSWORD, "\ud800")
    )


@ALL
@pytest.mark.parametrize("length", [0, 71, 72, 73, 100, 1024])
def test_each_character_of_a_long_password_counts(name: str, length: int) -> None:
    scheme = CHEAP[name]
    stored = scheme.hash("é" * length)

    assert scheme.verify(stored, "é" * length)
    assert not scheme.verify(stored, "é" * length + "x")


@ALL
def test_a_hash_of_other_parameters_is_verified_and_outdated(name: str) -> None:
    stored = CHEAP[name].hash(PASSWORD)

    assert not CHEAP[name].is_outdated(stored)
    assert OTHERS[name].is_outdated(stored)
    assert OTHERS[name].verify(stored, PASSWORD)


@ALL
def test_the_schemes_do_not_take_each_others_hashes(name: str) -> None:
    stored = CHEAP[name].hash(PASSWORD)

    assert [other for other, scheme in CHEAP.items() if scheme.recognises(stored)] == [name]


@pytest.mark.parametrize("stored", FOREIGN.values(), ids=FOREIGN.keys())
async def test_what_others_have_stored_is_read_and_outdated(stored: str) -> None:
    passwords = make_passwords("argon2id", CHEAP["argon2id"])

    assert await passwords.check(PASSWORD, stored) is Verdict.RIGHT_BUT_OUTDATED
    assert await passwords.check(PASSWORD + "!", stored) is Verdict.WRONG


async def test_the_example_of_passlibs_manual_is_read() -> None:
    stored = "$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2"

    assert Bcrypt().verify(stored, "password")
    assert not Bcrypt().is_outdated(stored)


def test_a_plain_bcrypt_hash_has_seen_72_bytes_of_the_password_and_is_outdated() -> None:
    """So has whoever made it; the next hash is of all bytes."""
    made = Bcrypt(4)
    from_elsewhere = hashpw(b"a" * 72, b"$2b$04$ui/EL0ud5ERkvgW0o/iSJ.").decode()

    assert made.verify(from_elsewhere, "a" * 72)
    assert made.verify(from_elsewhere, "a" * 72 + "b")
    assert not made.verify(from_elsewhere, "a" * 71)
    assert made.is_outdated(from_elsewhere)


@pytest.mark.parametrize("name", [*FOREIGN, *CHEAP])
async def test_a_damaged_hash_is_wrong(name: str) -> None:
    passwords = make_passwords("argon2id", CHEAP["argon2id"])
    stored = FOREIGN[name] if name in FOREIGN else CHEAP[name].hash(PASSWORD)

    damaged = [
        stored[:-3],
        stored[: len(stored) // 2],
        stored + "$",
        stored + "\n",
        stored.replace("$", "", 1),
        stored[1:],
    ]
    damaged += [stored[:position] + "\0" + stored[position + 1 :] for position in range(0, len(stored), 7)]
    damaged += [stored[:position] + "~" + stored[position + 1 :] for position in range(0, len(stored), 7)]
    verdicts = {text: await passwords.check(PASSWORD, text) for text in damaged}

    assert [text for text, verdict in verdicts.items() if verdict is not Verdict.WRONG] == []


@pytest.mark.parametrize("stored", HOSTILE)
def test_parameters_that_would_take_for_ever_are_wrong_at_once(stored: str) -> None:
    began = perf_counter()

    assert not any(scheme.recognises(stored) or scheme.verify(stored, PASSWORD) for scheme in CHEAP.values())
    assert perf_counter() - began < 0.5


@ALL
async def test_the_chosen_scheme_makes_new_hashes_and_the_others_are_outdated(name: str) -> None:
    passwords = make_passwords(name, CHEAP["argon2id"])
    made = await passwords.hash(PASSWORD)
    verdicts = {
        other: await passwords.check(PASSWORD, CHEAP[other].hash(PASSWORD)) for other in SCHEMES if other != name
    }

    assert await passwords.check(PASSWORD, made) is Verdict.RIGHT
    assert set(verdicts.values()) == {Verdict.RIGHT_BUT_OUTDATED}
