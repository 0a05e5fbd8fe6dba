"""The organisation's settings for Microsoft 365 groups, and the templates they are made from.

Source: Graph v1.0, resources/groupsetting.md, api/groupsettingtemplate-get.md; graph.md 3.9
"""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.switches import get_switch, set_switches
from liaison.tenant.graph.access import is_global_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden, no_resource
from liaison.tenant.graph.naming import policy_of
from liaison.tenant.graph.permissions import GROUP_SETTINGS_READ, GROUP_SETTINGS_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import stable_guid

_UNIFIED_TEMPLATE = "62375ab9-6b52-47ed-826b-58e47e0e304b"
_NAME = "[GroupName]"
_DEFAULTS = {
    "NewUnifiedGroupWritebackDefault": "true",
    "EnableMIPLabels": "false",
    "CustomBlockedWordsList": "",
    "EnableMSStandardBlockedWords": "false",
    "ClassificationDescriptions": "",
    "DefaultClassification": "",
    "PrefixSuffixNamingRequirement": "",
    "AllowGuestsToBeGroupOwner": "false",
    "AllowGuestsToAccessGroups": "true",
    "GuestUsageGuidelinesUrl": "",
    "GroupCreationAllowedGroupId": "",
    "AllowToAddGuests": "true",
    "UsageGuidelinesUrl": "",
    "ClassificationList": "",
    "EnableGroupCreation": "true",
}
_FLAGS = frozenset(name for name, value in _DEFAULTS.items() if value in ("true", "false"))


def list_settings(ask: Ask) -> Answer:
    """`GET /groupSettings`: the raw policy."""
    return Answer(body=collection(ask.context("groupSettings"), [_settings(ask.estate)]))


def read_setting(ask: Ask) -> Answer:
    """`GET /groupSettings/{id}`."""
    _require_known(ask)
    return Answer(body=entity(ask.context("groupSettings/$entity"), _settings(ask.estate)))


def create_setting(ask: Ask) -> Answer:
    """`POST /groupSettings`: this organisation has its settings already: 400. Source: api/group-post-settings.md"""
    body = ask.json().only({"templateId", "values", "displayName"}, "microsoft.graph.groupSetting")
    _require_template(body.text("templateId"))
    _read_values(body)
    raise GraphError(
        400,
        "Request_BadRequest",
        "A conflicting object with one or more of the specified property values is present in the directory.",
    )


def change_setting(ask: Ask) -> Answer:
    """`PATCH /groupSettings/{id}`: 204; the naming policy and who may create groups take effect at once."""
    _require_administrator(ask)
    _require_known(ask)
    body = ask.json().only({"values", "templateId", "displayName", "id"}, "microsoft.graph.groupSetting")
    values = _read_values(body)
    kept = get_switch(ask.estate, "graph.group_settings", dict[str, str]())
    changed: dict[str, object] = {"graph.group_settings": {**kept, **values}}
    if "CustomBlockedWordsList" in values:
        changed["graph.blocked_words"] = values["CustomBlockedWordsList"]
    if "PrefixSuffixNamingRequirement" in values:
        prefix, suffix = _read_affixes(values["PrefixSuffixNamingRequirement"])
        changed |= {"graph.name_prefix": prefix, "graph.name_suffix": suffix}
    set_switches(ask.estate, changed)
    return NO_CONTENT


def delete_setting(ask: Ask) -> Answer:
    """`DELETE /groupSettings/{id}`: 204; everything is as if nobody had set it."""
    _require_administrator(ask)
    _require_known(ask)
    names = ("graph.group_settings", "graph.blocked_words", "graph.name_prefix", "graph.name_suffix")
    set_switches(ask.estate, dict.fromkeys(names))
    return NO_CONTENT


def list_templates(ask: Ask) -> Answer:
    """`GET /groupSettingTemplates`. Source: Graph v1.0, api/groupsettingtemplate-list.md"""
    return Answer(body=collection(ask.context("groupSettingTemplates"), [_template()]))


def read_template(ask: Ask) -> Answer:
    """`GET /groupSettingTemplates/{id}`."""
    if ask.params["template"].lower() != _UNIFIED_TEMPLATE:
        raise no_resource(ask.params["template"])
    return Answer(body=entity(ask.context("groupSettingTemplates/$entity"), _template()))


def _settings(estate: Estate) -> Json:
    policy = policy_of(estate)
    affixes = f"{policy.prefix}{_NAME}{policy.suffix}" if policy.prefix or policy.suffix else ""
    values = {
        **_DEFAULTS,
        **get_switch(estate, "graph.group_settings", dict[str, str]()),
        "CustomBlockedWordsList": ",".join(policy.blocked_words),
        "PrefixSuffixNamingRequirement": affixes,
    }
    return {
        "id": stable_guid("groupSetting", "Group.Unified"),
        "displayName": "Group.Unified",
        "templateId": _UNIFIED_TEMPLATE,
        "values": [{"name": name, "value": value} for name, value in values.items()],
    }


def _template() -> Json:
    return {
        "id": _UNIFIED_TEMPLATE,
        "deletedDateTime": None,
        "displayName": "Group.Unified",
        "description": "Setting templates define the different settings that can be used for the associated "
        "ObjectSettings. This template defines settings that can be used for Unified Groups.",
        "values": [
            {
                "name": name,
                "type": "System.Boolean" if name in _FLAGS else "System.String",
                "defaultValue": value,
                "description": f"The setting {name}.",
            }
            for name, value in _DEFAULTS.items()
        ],
    }


def _read_values(body: Wild) -> dict[str, str]:
    """The values by name; raises 400 for a name that the template does not have."""
    found = {one.text("name"): one.optional_text("value") or "" for one in body.children("values")}
    for name, value in found.items():
        if name not in _DEFAULTS:
            raise bad_request(Backend.DIRECTORY, f"The setting '{name}' is not defined by the template.")
        if name in _FLAGS and value.lower() not in ("true", "false"):
            raise bad_request(Backend.DIRECTORY, f"The value of the setting '{name}' must be true or false.")
    return found


def _read_affixes(requirement: str) -> tuple[str, str]:
    if requirement and requirement.count(_NAME) != 1:
        raise bad_request(Backend.DIRECTORY, f"The naming requirement must hold {_NAME} once.")
    prefix, _, suffix = requirement.partition(_NAME)
    return prefix, suffix


def _require_template(template_id: str) -> None:
    if template_id.lower() != _UNIFIED_TEMPLATE:
        raise bad_request(Backend.DIRECTORY, f"The template '{template_id}' does not exist.")


def _require_known(ask: Ask) -> None:
    if ask.params["setting"] != _settings(ask.estate)["id"]:
        raise GraphError(404, "Request_ResourceNotFound", f"Resource '{ask.params['setting']}' does not exist.")


def _require_administrator(ask: Ask) -> None:
    if ask.is_delegated and not is_global_administrator(ask):
        raise forbidden(Backend.DIRECTORY)


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "groupSettings", list_settings, GROUP_SETTINGS_READ),
    ("POST", "groupSettings", create_setting, GROUP_SETTINGS_WRITE),
    ("GET", "groupSettings/{setting}", read_setting, GROUP_SETTINGS_READ),
    ("PATCH", "groupSettings/{setting}", change_setting, GROUP_SETTINGS_WRITE),
    ("DELETE", "groupSettings/{setting}", delete_setting, GROUP_SETTINGS_WRITE),
    ("GET", "groupSettingTemplates", list_templates, GROUP_SETTINGS_READ),
    ("GET", "groupSettingTemplates/{template}", read_template, GROUP_SETTINGS_READ),
)
