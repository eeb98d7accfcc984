"""The settings of what a server says of itself."""

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.instance.profile import InstanceProfile
from domain.instance.settings import INSTANCE_SETTINGS
from server.settings_section import Section


class Instance(Section):
    """What the server says of itself. These and others can be changed while it runs: docs/instance.md."""

    instance_name: str = Field("Tablegraph", description="The server's name, for pages and clients to show.")
    time_zone: str = Field(
        "UTC",
        description="IANA name of the zone of days and hours where formulas, when they are made, and groups of "
        "records name none.",
    )

    @field_validator("instance_name", "time_zone")
    @classmethod
    def _is_taken(cls, text: str, info: ValidationInfo) -> str:
        try:
            read: str = INSTANCE_SETTINGS[str(info.field_name)].value.read(text)
        except ValueError as error:
            raise PydanticCustomError("instance", "{reason}", {"reason": error.args[0]}) from error
        return read

    @property
    def profile(self) -> InstanceProfile:
        """These, as the use cases take them."""
        return InstanceProfile(self.instance_name, self.time_zone)
