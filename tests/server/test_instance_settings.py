"""Instance settings have the names of settings of the process, and take the defaults of these."""

import pytest

from domain.instance.settings import INSTANCE_SETTINGS
from server.settings import Settings

MADE_OF_TWO = {"registration"}


@pytest.mark.parametrize("name", sorted(INSTANCE_SETTINGS.keys() - MADE_OF_TWO))
def test_each_is_a_setting_of_the_process_too(name: str) -> None:
    setting, default = INSTANCE_SETTINGS[name], Settings.model_fields[name].default

    assert setting.value.read(setting.value.plain(default)) == default
    assert setting.name == name


@pytest.mark.parametrize(
    ("given", "message"),
    [({"time_zone": "Mars/Olympus"}, "is not a time zone"), ({"instance_name": "a\nb"}, "printable characters")],
)
def test_the_environment_is_checked_as_the_database_is(given: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(**given)  # type: ignore[arg-type]
