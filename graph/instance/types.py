"""The instance and its settings, as the API shows them."""

from datetime import datetime
from enum import Enum

import strawberry
from strawberry.scalars import JSON

from domain.instance.registration import Registration
from domain.instance.settings import SettingGroup
from domain.instance.values import ValueType
from graph.enums import expose
from resolvers.context import RequestContext
from resolvers.instance.settings import SettingNow, SettingsNow

expose(
    Registration,
    "Who may make an account on this server.",
    {
        Registration.OPEN: "Anybody.",
        Registration.INVITE: "Who was invited to a workspace.",
        Registration.CLOSED: "Nobody; accounts are made on the command line.",
    },
)
expose(
    SettingGroup,
    "What a setting of the instance is about.",
    {
        SettingGroup.GENERAL: "The server itself.",
        SettingGroup.ACCOUNTS: "Accounts and how they come in.",
        SettingGroup.STORAGE: "What is kept, and how much of it.",
        SettingGroup.SCHEDULER: "What is done from time to time.",
        SettingGroup.JOBS: "What is done behind answers.",
        SettingGroup.LIMITS: "How often and how much callers may ask.",
    },
)
expose(
    ValueType,
    "What the value of a setting is.",
    {
        ValueType.BOOLEAN: "True or false.",
        ValueType.INTEGER: "A whole number.",
        ValueType.DURATION: "A duration of ISO 8601, as a string.",
        ValueType.TEXT: "A line of text.",
        ValueType.TIME_ZONE: "The IANA name of a time zone, as a string.",
        ValueType.CHOICE: "One of `choices`, as a string.",
    },
)


@strawberry.enum(description="Where the value of a setting comes from.")
class SettingSource(Enum):
    """What wins: the database, where it has a value."""

    ENVIRONMENT = strawberry.enum_value("ENVIRONMENT", description="The settings of the process.")
    DATABASE = strawberry.enum_value("DATABASE", description="`updateInstanceSettings` set it.")


@strawberry.type(description="A setting that is changed while the server runs.")
class InstanceSetting:
    """A setting with its value."""

    name: str = strawberry.field(description="Its name, as docs/settings.md has it.")
    group: SettingGroup = strawberry.field(description="What it is about.")
    description: str = strawberry.field(description="What it means.")
    type: ValueType = strawberry.field(description="What its value is.")
    value: JSON = strawberry.field(description="The value that counts.")
    default: JSON = strawberry.field(description="The value of the environment, of the process that answers.")
    source: SettingSource = strawberry.field(description="Where the value comes from.")
    minimum: JSON | None = strawberry.field(description="The least value; null where there is none.")
    maximum: JSON | None = strawberry.field(description="The greatest value; null where there is none.")
    choices: list[str] = strawberry.field(description="All values of a CHOICE; else empty.")

    @classmethod
    def from_now(cls, now: SettingNow) -> "InstanceSetting":
        """The GraphQL object of a setting."""
        setting = now.setting
        least, most = setting.value.bounds
        return cls(
            name=setting.name,
            group=setting.group,
            description=setting.description,
            type=setting.value.type,
            value=JSON(now.value),
            default=JSON(now.default),
            source=SettingSource.DATABASE if now.is_kept else SettingSource.ENVIRONMENT,
            minimum=least,
            maximum=most,
            choices=list(setting.value.choices),
        )


@strawberry.type(description="All settings of the instance, as of one revision.")
class InstanceSettings:
    """The settings."""

    revision: int = strawberry.field(description="Raised by one by each change; pass it as `ifRevision`.")
    updated_at: datetime | None = strawberry.field(description="When they were last changed; null for never.")
    settings: list[InstanceSetting] = strawberry.field(description="Every setting.")

    @classmethod
    def from_now(cls, now: SettingsNow) -> "InstanceSettings":
        """The GraphQL object of all settings."""
        settings = [InstanceSetting.from_now(each) for each in now.settings]
        return cls(revision=now.state.revision, updated_at=now.state.updated_at, settings=settings)


@strawberry.type(description="What everybody may know of this server, without an account.")
class InstanceInfo:
    """What a page for signing in has to know."""

    name: str = strawberry.field(description="The server's name.")
    registration: Registration = strawberry.field(description="Who may make an account.")
    has_providers: bool = strawberry.field(
        description="Whether one can sign in elsewhere; `oauthProviders` says where."
    )
    has_passkeys: bool = strawberry.field(description="Whether one can sign in with a passkey.")
    min_password_length: int = strawberry.field(description="Characters that a new password needs.")

    @classmethod
    def from_context(cls, context: RequestContext) -> "InstanceInfo":
        """The GraphQL object of the server that answers."""
        services = context.services
        return cls(
            name=services.profile.instance_name,
            registration=services.registration,
            has_providers=bool(services.oauth.providers.all()),
            has_passkeys=services.passkeys is not None,
            min_password_length=services.password_policy.min_length,
        )
