"""What is sealed with one secret key, and opened where that is the key, or was."""

from adapters.sealing import Seal

OLD = "a secret key of before, of 32 characters or more"
NEW = "the secret key of now, of 32 characters or more"


def test_what_a_former_key_has_sealed_is_opened_and_sealed_by_the_new_one() -> None:
    sealed = Seal(OLD, "tests").close("hello")
    rotated = Seal(NEW, "tests", former=[OLD])

    assert rotated.open(sealed) == "hello"
    assert Seal(NEW, "tests").open(sealed) is None
    again = rotated.close("again")
    assert Seal(NEW, "tests").open(again) == "again"
    assert Seal(OLD, "tests").open(again) is None


def test_each_purpose_has_keys_of_its_own() -> None:
    assert Seal(NEW, "others", former=[OLD]).open(Seal(OLD, "tests").close("hello")) is None
