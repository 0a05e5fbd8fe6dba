"""Every scenario switch by name, with what it stands for and what counts while nobody has set it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """`default` as JSON; `text` says what is different when it is set."""

    name: str
    default: str
    text: str


KNOWN: tuple[Switch, ...] = (
    Switch("dataverse.sharepoint_configured.<environment>", "true", "Whether SharePoint is set up there."),
    Switch("dataverse.teams_flag_delay_s", "2.0", "Seconds until a table shows a changed Teams flag."),
    Switch("dataverse.throttle", "false", "Service protection: true counts the published limits, a number its own."),
    Switch("dataverse.unavailable", "false", "Every call is answered 503 with Retry-After 1."),
    Switch("entra.admin_consent_requests", "false", "People may ask an administrator for consent."),
    Switch("entra.assignment_required", "false", "Only people who are assigned to an application may sign in."),
    Switch("entra.blocked_apps", '[""]', "App ids, of clients or of resources, that Conditional Access blocks."),
    Switch("entra.consent_delay_s", "0.0", "Seconds until a consent counts."),
    Switch("entra.consent_policy", '"managed"', "What people may consent to: open, managed or none."),
    Switch("entra.device_not_compliant", "false", "A device that complies is asked for, and nobody has one."),
    Switch("entra.device_slow_down", "false", "Device codes that are polled too fast are told to slow down."),
    Switch("entra.device_not_joined", "false", "A device that is joined is asked for, and nobody has one."),
    Switch("entra.device_unknown", "false", "A device that is known is asked for, and nobody has one."),
    Switch("entra.locked_accounts", '[""]', "User ids or names that are locked."),
    Switch("entra.loop_limit", "250", "Equal token requests within a minute after which a client is taken to loop."),
    Switch("entra.managed_devices", '[""]', "User ids whose devices count as managed."),
    Switch("entra.mfa_required", "false", "A second factor is asked for."),
    Switch("entra.mfa_not_registered", '[""]', "User ids or names without a second factor."),
    Switch("entra.password", '""', "Password that the password grant takes from everybody; empty: none is right."),
    Switch("entra.password_expired", '[""]', "User ids or names whose password has expired."),
    Switch("entra.refuse", "{}", "AADSTS number that every request meets, by place: authorize or token."),
    Switch("entra.risky_apps", '[""]', "App ids that people may not consent to, since they count as risky."),
    Switch("entra.sign_in_frequency_s", "0.0", "Seconds after which people sign in again; 0 is never."),
    Switch("entra.strict_refresh", "false", "A refresh token serves once."),
    Switch("entra.throttle", "false", "Sign-in requests are throttled."),
    Switch("entra.unavailable", "false", "Every token request is answered 503."),
    Switch("graph.anonymous_links", "false", "Links for everybody may be made."),
    Switch("graph.blocked_apps", "[]", "Teams apps that a policy blocks."),
    Switch("graph.blocked_device_sites", "[]", "Sites that keep devices out which are not managed."),
    Switch("graph.blocked_words", '""', "Words, separated by commas, that names of groups must not have."),
    Switch("graph.channel_apps", "false", "Apps are enabled for each channel."),
    Switch("graph.copy_delay_s", "0.0", "Seconds until a copy is done."),
    Switch("graph.delta_expired", "false", "Delta tokens count as expired."),
    Switch("graph.direct_connect", '["fabrikam.com"]', "Domains that the cross-tenant access policy lets in."),
    Switch("graph.directory_delay_s", "0.0", "Seconds until the directory shows what was created."),
    Switch("graph.files_folder_delay_s", "0.0", "Seconds until the folder of a new channel is there."),
    Switch("graph.group_replication_s", "0.0", "Seconds until a new group may become a team."),
    Switch("graph.group_settings", "{}", "Values of the tenant's group settings."),
    Switch("graph.install_delay_s", "0.0", "Seconds until an installed app shows."),
    Switch("graph.locked_sites", "[]", "Sites that nobody may open."),
    Switch("graph.lose_notifications", "false", "Change notifications are not sent."),
    Switch("graph.name_prefix", '""', "What names of groups must begin with."),
    Switch("graph.name_suffix", '""', "What names of groups must end with."),
    Switch("graph.read_only_sites", "[]", "Sites that nobody may change."),
    Switch("graph.search_delay_s", "0.0", "Seconds until search finds a new file."),
    Switch("graph.site_delay_s", "0.0", "Seconds until the site of a new group is there."),
    Switch("graph.strict_alias", "false", "A taken mail nickname is refused in place of being changed."),
    Switch("graph.team_provision_delay_s", "0.0", "Seconds until a team is provisioned."),
    Switch("graph.team_provision_fails", "false", "Provisioning a team ends as failed."),
    Switch("graph.throttle", "false", "The published limits count."),
    Switch("graph.unavailable", "false", "Every call is answered 503 with Retry-After 1."),
    Switch("graph.unmanaged_devices", '"none"', "What devices that are not managed may do: none, limited or block."),
    Switch("teams.liaison_address", '""', "Address of the Liaison whose tab pages the Teams client opens."),
)
