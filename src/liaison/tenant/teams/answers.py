"""What the client asks beside Graph: the tab side of the apps in the catalogue."""

from __future__ import annotations

from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.app_definitions import AppDefinition, find_definition
from liaison.tenant.estate.apps import CatalogueApp, list_apps


def list_definitions(estate: Estate) -> dict[str, Any]:
    """The definitions of all apps that have one, in the words of a manifest."""
    found = [(app, find_definition(estate, app)) for app in list_apps(estate)]
    return {"value": [_definition(app, definition) for app, definition in found if definition is not None]}


def _definition(app: CatalogueApp, definition: AppDefinition) -> dict[str, Any]:
    return {
        "externalId": definition.external_id,
        "catalogueId": app.id,
        "name": app.display_name,
        "description": app.short_description,
        "fullDescription": definition.full_description or app.description,
        "developer": definition.developer,
        "version": app.version,
        "showLoadingIndicator": definition.shows_loading,
        "manifestVersion": definition.manifest_version,
        "configurationUrl": definition.configuration_url,
        "canUpdateConfiguration": definition.can_update_configuration,
        "validDomains": list(definition.valid_domains),
        "permissions": list(definition.permissions),
        "personalTabs": [
            {"entityId": tab.entity_id, "name": tab.name, "contentUrl": tab.content_url}
            for tab in definition.personal_tabs
        ],
        "webApplicationInfo": {"id": definition.client_id, "resource": definition.resource},
    }
