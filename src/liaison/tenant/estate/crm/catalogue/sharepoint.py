"""SharePoint sites, document locations and documents, and the rows that tie records to Teams channels.

Source: reference/entities/sharepointsite.md, sharepointdocumentlocation.md and msdyn_teamscollaboration.md.
"""

from __future__ import annotations

from liaison.tenant.estate.crm.columns import (
    Column,
    Kind,
    OnDelete,
    Required,
    Target,
    boolean,
    choice,
    guid,
    integer,
    key,
    label,
    lookup,
    memo,
    moment,
    options,
    polymorphic,
    table_name,
    text,
)
from liaison.tenant.estate.crm.tables import Flag, Ownership, Table, table

SERVICE_TYPES = options(
    (0, "SharePoint", "SharePoint"),
    (1, "OneDrive", "OneDrive"),
    (2, "Shared with me", "Partagé avec moi"),
    (3, "MS Teams", "MS Teams"),
)

SITE = table(
    "SharePointSite", "sharepointsites", 9502,
    label("SharePoint Site", "Site SharePoint"), label("SharePoint Sites", "Sites SharePoint"),
    (
        key("SharePointSiteId"),
        text("Name", "Name", "Nom", 160, required=Required.SYSTEM, folded=True),
        text("AbsoluteURL", "Absolute URL", "URL absolue", 2000, style="Url", indexed=True),
        text("RelativeUrl", "Relative URL", "URL relative", 160),
        lookup("ParentSite", "Parent Site", "Site parent", "sharepointsite", "sharepointsite_parentsite_sharepointsite",
               on_delete=OnDelete.DELETE),
        table_name("ParentSiteObjectTypeCode", "Parent Site Type", "Type du site parent", read_only=True),
        boolean("IsDefault", "Default Site", "Site par défaut", default=False),
        boolean("IsGridPresent", "Is Grid Present", "Composant liste installé", default=False),
        boolean("IsPowerBISite", "Is Power BI Site", "Site Power BI", default=False, required=Required.SYSTEM),
        choice("ServiceType", "Service Type", "Type de service", SERVICE_TYPES, default=0, required=Required.SYSTEM),
        choice("ValidationStatus", "Last Validation Status", "Dernier état de validation",
               options((1, "Not Validated", "Non validé"), (2, "In Progress", "En cours"), (3, "Invalid", "Non valide"),
                       (4, "Valid", "Valide"), (5, "Could not validate", "Validation impossible")), default=1),
        choice("ValidationStatusErrorCode", "Additional Information", "Informations supplémentaires",
               options((1, "This record's URL has not been validated.", "L'URL n'a pas été validée."),
                       (2, "This record's URL is valid.", "L'URL est valide."),
                       (3, "This record's URL is not valid.", "L'URL n'est pas valide."),
                       (4, "The URL schemes are different.", "Les schémas d'URL diffèrent."),
                       (5, "The URL could not be accessed.", "L'URL est inaccessible."),
                       (6, "Authentication failure.", "Échec de l'authentification."),
                       (7, "Invalid certificates.", "Certificats non valides.")), default=1),
        moment("LastValidated", "Last Validated", "Dernière validation"),
        table_name("FolderStructureEntity", "Folder Structure Entity", "Table de la structure de dossiers"),
        memo("Description", "Description"),
        guid("UserId", "User", "Utilisateur"),
        guid("SiteCollectionId", "Site Collection", "Collection de sites", read_only=True),
    ),
    flags=(Flag.TRACKED, Flag.BULK), indexes=("statecode",),
)  # fmt: skip

LOCATION = table(
    "SharePointDocumentLocation", "sharepointdocumentlocations", 9508,
    label("Document Location", "Emplacement de document"), label("Document Locations", "Emplacements de documents"),
    (
        key("SharePointDocumentLocationId"),
        text("Name", "Name", "Nom", 160, required=Required.SYSTEM, folded=True, indexed=True, searched=True),
        text("AbsoluteURL", "Absolute URL", "URL absolue", 2000, style="Url"),
        text("RelativeUrl", "Relative URL", "URL relative", 255),
        polymorphic(
            "ParentSiteOrLocation", "Parent Site or Location", "Site ou emplacement parent",
            (
                Target("sharepointsite", "parentsiteorlocation_sharepointsite",
                       "sharepoint_site_sharepoint_document_location", OnDelete.DELETE),
                Target("sharepointdocumentlocation", "parentsiteorlocation_sharepointdocumentlocation",
                       "sharepointdocumentlocation_parent_sharepointdocumentlocation", OnDelete.DELETE),
            ),
        ),
        table_name("ParentSiteOrLocationTypeCode", "Parent Type", "Type du parent", read_only=True),
        polymorphic("RegardingObjectId", "Regarding", "Concernant", (), open_to=Flag.DOCUMENTS),
        table_name("RegardingObjectTypeCode", "Regarding Type", "Type de l'enregistrement", read_only=True),
        choice("ServiceType", "Service Type", "Type de service", SERVICE_TYPES, default=0, required=Required.SYSTEM),
        choice("LocationType", "Location Type", "Type d'emplacement",
               options((0, "General", "Général"), (1, "Dedicated for OneNote Integration", "Réservé à OneNote")),
               default=0),
        memo("Description", "Description"),
        guid("UserId", "User", "Utilisateur"),
        guid("SiteCollectionId", "Site Collection", "Collection de sites", read_only=True),
    ),
    flags=(Flag.TRACKED, Flag.BULK), indexes=("modifiedon", "absoluteurl:absoluteurl IS NOT NULL"),
    collection_name="sharePointdocumentlocations",
)  # fmt: skip

_DOCUMENT_TEXTS = (
    "fullname", "title", "absoluteurl", "relativelocation", "locationid", "locationname", "filetype", "checkedoutto",
    "checkincomment", "childfoldercount", "childitemcount", "contenttype", "contenttypeid", "copysource", "edit",
    "editurl", "readurl", "iconclassname", "author", "sharepointmodifiedby", "appcreatedby", "appmodifiedby",
    "version",
)  # fmt: skip

DOCUMENT = table(
    "SharePointDocument", "sharepointdocuments", 9507,
    label("SharePoint Document", "Document SharePoint"), label("SharePoint Documents", "Documents SharePoint"),
    (
        key("SharePointDocumentId"),
        *(text(name, name, length=2000) for name in _DOCUMENT_TEXTS),
        integer("documentid", "Document ID", "ID du document"),
        integer("filesize", "File Size", "Taille du fichier", 0),
        choice("servicetype", "Service Type", "Type de service", SERVICE_TYPES),
        choice("documentlocationtype", "Document Location Type", "Type d'emplacement",
               options((0, "Folder", "Dossier"), (1, "File", "Fichier"))),
        boolean("isfolder", "Is Folder", "Est un dossier"),
        boolean("isrecursivefetch", "Is Recursive Fetch", "Recherche récursive"),
        boolean("ischeckedout", "Is Checked Out", "Extrait"),
        moment("modified", "Modified", "Modifié le"),
        moment("sharepointcreatedon", "Created", "Créé le"),
        polymorphic("RegardingObjectId", "Regarding", "Concernant", (), open_to=Flag.DOCUMENTS),
        lookup("BusinessUnitId", "Business Unit", "Division", "businessunit", "business_unit_sharepointdocument",
               indexed=False),
    ),
    primary_name="fullname", ownership=Ownership.ORGANIZATION, flags=(Flag.VIRTUAL, Flag.FIXED), state=(),
)  # fmt: skip


def _identity_column() -> Column:
    return Column("msdyn_teamscollaborationId", Kind.GUID, label("Teams Collaboration"), Required.SYSTEM,
                  updatable=False)  # fmt: skip


TEAMS_COLLABORATION = table(
    "msdyn_TeamsCollaboration", "msdyn_teamscollaborations", 10_109,
    label("Teams Collaboration", "Collaboration Teams"), label("Teams Collaborations", "Collaborations Teams"),
    (
        _identity_column(),
        guid("regardingobjectid", "Regarding Object Id", "ID de l'objet concerné", required=Required.SYSTEM,
             indexed=True),
        text("regardingobjecttypename", "Regarding Object Type Name", "Nom du type de l'objet concerné", 200,
             required=Required.SYSTEM),
        integer("regardingobjecttypecode", "Regarding Object Type Code", "Code du type de l'objet concerné", 0),
        text("msdyn_teamid", "Team Id", "ID de l'équipe", 100, required=Required.SYSTEM),
        guid("msdyn_groupid", "Group Id", "ID du groupe", required=Required.APPLICATION, indexed=True),
        text("msdyn_teamname", "Team Name", "Nom de l'équipe", 300, folded=True),
        text("msdyn_channelid", "Channel Id", "ID du canal", 100, required=Required.SYSTEM, indexed=True),
        text("msdyn_channelname", "Channel Name", "Nom du canal", 300, folded=True),
        text("msdyn_channelType", "Channel Type", "Type de canal", 10),
        text("msdyn_teamsiteurl", "Team Site Url", "URL du site de l'équipe", 300, required=Required.SYSTEM),
        text("msdyn_channelfolderrelativeurl", "Channel Folder Relative Url", "URL relative du dossier du canal", 300,
             required=Required.SYSTEM),
        guid("msdyn_tenantid", "Tenant Id", "ID du locataire", required=Required.APPLICATION),
        text("msdyn_appid", "App Id", "ID de l'application", 100),
        text("msdyn_pipedentityid", "Piped Entity Id", "ID d'entité composé", 800),
        text("msdyn_contenturl", "Content Url", "URL du contenu", 4000),
        text("msdyn_weburl", "Web Url", "URL web", 4000),
    ),
    primary_name="msdyn_teamname", ownership=Ownership.NONE, flags=(Flag.TRACKED,),
    verb_name="msdyn_teamscollaboration", indexes=("modifiedon",),
)  # fmt: skip


def _settings_texts() -> tuple[Column, ...]:
    return (
        text("msdyn_embedcollabserviceurl", "Embedded Collaboration Service Url", "URL du service", 500),
        text("msdyn_tabserviceurl", "Tab Service Url", "URL du service d'onglets", 500),
        text("msdyn_entitysettingforteamsmeetingintegration", "Entity Setting", "Réglage des tables", 4000),
        text("msdyn_securityrolesettingforteamsmeetingintegration", "Security Role Setting", "Réglage des rôles", 4000),
    )


TEAMS_SETTINGS = table(
    "msdyn_msteamssettingsv2", "msdyn_msteamssettingsv2", 10_111,
    label("MS Teams Settings", "Paramètres MS Teams"), label("MS Teams Settings", "Paramètres MS Teams"),
    (
        key("msdyn_msteamssettingsv2Id"),
        text("msdyn_msteamssettingsname", "Name", "Nom", 100, required=Required.APPLICATION),
        boolean("msdyn_embedcollabteamsintegrationenabled", "Embedded Collaboration", "Collaboration intégrée"),
        boolean("msdyn_sensitivitylabelsettingenabled", "Sensitivity Labels", "Étiquettes de confidentialité"),
        boolean("msdyn_teamsappautoinstallenabled", "App Auto Install", "Installation automatique"),
        boolean("msdyn_teamsmeetingintegrationenabled", "Meeting Integration", "Intégration des réunions"),
        boolean("msdyn_defaultteamschattitleenabled", "Default Chat Title", "Titre de conversation par défaut"),
        boolean("msdyn_isdefaultentitysettingcreatedfortmi", "Default Settings Created", "Réglages créés"),
        *_settings_texts(),
    ),
    primary_name="msdyn_msteamssettingsname", ownership=Ownership.ORGANIZATION,
)  # fmt: skip

OLD_TEAMS_SETTINGS = table(
    "msdyn_msteamssetting", "msdyn_msteamssettings", 10_110,
    label("MS Teams Setting", "Paramètre MS Teams"), label("MS Teams Settings", "Paramètres MS Teams"),
    (
        Column("msdyn_msteamssettingsId", Kind.GUID, label("MS Teams Setting"), Required.SYSTEM, updatable=False),
        text("msdyn_msteamssettingsname", "Name", "Nom", 100),
        text("msdyn_tabserviceurl", "Tab Service Url", "URL du service d'onglets", 500),
    ),
    key="msdyn_msteamssettingsid", primary_name="msdyn_msteamssettingsname", ownership=Ownership.ORGANIZATION,
)  # fmt: skip

SPACE_ASSOCIATION = table(
    "msdyn_CollabSpaceTeamAssociation", "msdyn_collabspaceteamassociations", 10_113,
    label("Collab Space Team Association", "Association d'équipe"),
    label("Collab Space Team Associations", "Associations d'équipe"),
    (
        key("msdyn_collabspaceteamassociationId"),
        text("msdyn_name", "Team Name", "Nom de l'équipe", 300, folded=True),
        text("msdyn_teamid", "Team Id", "ID de l'équipe", 100, indexed=True),
        text("msdyn_teamweburl", "Team Web Url", "URL de l'équipe", 4000),
        text("msdyn_crmrecordid", "Record Id", "ID de l'enregistrement", 100, indexed=True),
        text("msdyn_crmrecordtype", "Record Type", "Type de l'enregistrement", 200),
        text("msdyn_crmtype", "CRM Type", "Type de CRM", 100),
        text("msdyn_producttype", "Product Type", "Type de produit", 100),
        text("msdyn_dataversion", "Data Version", "Version des données", 100),
        memo("msdyn_data", "Data", "Données", 1_048_576),
    ),
    primary_name="msdyn_name", ownership=Ownership.NONE,
)  # fmt: skip

GRAPH_RESOURCE = table(
    "msdyn_CollabGraphResource", "msdyn_collabgraphresource", 10_114,
    label("Collab Graph Resource", "Ressource Graph"), label("Collab Graph Resources", "Ressources Graph"),
    (
        key("msdyn_collabgraphresourceId"),
        text("msdyn_graphresourcename", "Graph Resource Name", "Nom de la ressource", 300, folded=True),
        text("msdyn_graphresourceid", "Graph Resource Id", "ID de la ressource", 300, indexed=True),
    ),
    primary_name="msdyn_graphresourcename", ownership=Ownership.NONE,
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    SITE, LOCATION, DOCUMENT, TEAMS_COLLABORATION, TEAMS_SETTINGS, OLD_TEAMS_SETTINGS, SPACE_ASSOCIATION,
    GRAPH_RESOURCE,
)  # fmt: skip
