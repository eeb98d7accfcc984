"""The settings of roles, invitations and the audit log."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class Access(Section):
    """Roles on the server, invitations to workspaces, and the audit log."""

    max_roles: PositiveInt = Field(1_000, description="Roles, groups and added permissions, of each.")
    invitation_lifetime: timedelta = Field(
        timedelta(days=7), gt=timedelta(0), description="How long an invitation can be accepted (ISO 8601)."
    )
    invitation_resend_interval: timedelta = Field(
        timedelta(minutes=5),
        ge=timedelta(0),
        description="How long an invitation must rest before it is sent once more (ISO 8601).",
    )
    max_invitations_per_workspace: PositiveInt = Field(
        200, description="Invitations of a workspace that are open or not older than a day."
    )
    max_invitation_mails_per_day: PositiveInt = Field(
        200, description="Mails with invitations that one user has sent within a day, from all workspaces together."
    )
    max_role_overrides_per_base: PositiveInt = Field(
        10_000, description="Roles of members in a base, its tables and views that are not those in the workspace."
    )
    max_record_policies_per_table: PositiveInt = Field(
        20, description="Policies that say which records of a table some roles may read or write."
    )
    max_field_permissions_per_base: PositiveInt = Field(
        1_000, description="Fields of a base that not everybody may read or write who may read or write their table."
    )
    max_share_links_per_view: PositiveInt = Field(100, description="Links to a view that are not revoked.")
    max_link_reads_per_minute: PositiveInt = Field(
        600, description="Reads of a view by one share link in a minute, in each worker. They come back evenly."
    )
    max_client_link_reads_per_minute: PositiveInt = Field(
        60,
        description="Reads of shared views from one address (of IPv6 a network of 64 bits) in a minute, in each "
        "worker.",
    )
    registration_by_invitation: bool = Field(
        True, description="Whether who was invited may make an account, even where `registration_open` is false."
    )
    add_members_by_email: bool = Field(
        True,
        description="Whether `createWorkspaceMember` takes e-mail addresses. It then tells admins of workspaces which "
        "of them have an account; without it people are invited, which tells nothing.",
    )
    audit_retention: timedelta = Field(
        timedelta(days=365), gt=timedelta(0), description="How long the audit log is kept (ISO 8601)."
    )
