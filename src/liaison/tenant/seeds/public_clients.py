"""Microsoft's own command lines and samples, which every tenant knows: clients use them when they are given no other.

Source: azure-identity, the default client id of its interactive and device code credentials; powerapps-docs, the
quick start of the Dataverse Web API; microsoft-graph-docs, "Microsoft Graph CLI".
"""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    DATAVERSE_APP_ID,
    GRAPH_APP_ID,
    Application,
    RequiredAccess,
    ServicePrincipal,
    add_application,
    add_service_principal,
)
from liaison.tenant.estate.grants import create_grant
from liaison.tenant.estate.sign_in_settings import SignInSettings, save_sign_in_settings
from liaison.tenant.seeds.company import stable_guid

AZURE_CLI_APP_ID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
GRAPH_CLI_APP_ID = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
DATAVERSE_SAMPLES_APP_ID = "51f81489-12ee-4a9e-aaae-a2591f45987d"

_LOOPBACK = "http://localhost"
# What Microsoft has consented to on behalf of everybody.
_AZURE_CLI_SCOPES = frozenset(
    {
        "AppCatalog.Read.All",
        "Channel.ReadBasic.All",
        "Directory.Read.All",
        "Files.ReadWrite.All",
        "Group.ReadWrite.All",
        "Team.ReadBasic.All",
        "User.Read.All",
        "email",
        "offline_access",
        "openid",
        "profile",
    }
)


def seed_public_clients(estate: Estate) -> None:
    """Register the public clients that need no registration of their own."""
    _add(estate, AZURE_CLI_APP_ID, "Microsoft Azure CLI", (_LOOPBACK,), first_party=True)
    cli, graph, dataverse = map(_principal_id, (AZURE_CLI_APP_ID, GRAPH_APP_ID, DATAVERSE_APP_ID))
    create_grant(estate, cli, graph, _AZURE_CLI_SCOPES)
    create_grant(estate, cli, dataverse, frozenset({"user_impersonation"}))
    _add(estate, GRAPH_CLI_APP_ID, "Microsoft Graph Command Line Tools", (_LOOPBACK,))
    samples = ("app://58145B91-0C36-4500-8554-080854F2AC97", _LOOPBACK)
    needed = RequiredAccess(DATAVERSE_APP_ID, ("user_impersonation",))
    _add(estate, DATAVERSE_SAMPLES_APP_ID, "Dynamics 365 Example Client Application", samples, needed)


def _add(
    estate: Estate,
    app_id: str,
    name: str,
    redirect_uris: tuple[str, ...],
    *needed: RequiredAccess,
    first_party: bool = False,
) -> None:
    add_application(
        estate,
        Application(
            id=stable_guid("application", app_id),
            app_id=app_id,
            display_name=name,
            publisher="Microsoft",
            first_party=first_party,
            public_client=True,
            required_access=needed,
        ),
    )
    save_sign_in_settings(estate, app_id, SignInSettings(native_redirect_uris=redirect_uris))
    add_service_principal(estate, ServicePrincipal(_principal_id(app_id), app_id, name, names=(app_id,)))


def _principal_id(app_id: str) -> str:
    return stable_guid("service-principal", app_id)
