"""Tables of the platform itself: views, apps, solutions, currencies, events and jobs."""

from __future__ import annotations

from liaison.tenant.estate.crm.columns import (
    Column,
    OnDelete,
    Required,
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
    table_name,
    text,
)
from liaison.tenant.estate.crm.tables import Flag, Ownership, Table, reasons, state_columns, states, table


def _view_columns() -> tuple[Column, ...]:
    return (
        memo("FetchXml", "Fetch XML", "Fetch XML", 1_073_741_823),
        memo("LayoutXml", "Layout XML", "XML de présentation", 1_073_741_823),
        memo("LayoutJson", "Layout JSON", "JSON de présentation", 1_073_741_823),
        integer("QueryType", "Query Type", "Type de requête", 0, default=0),
        table_name("ReturnedTypeCode", "Entity Name", "Nom de la table"),
        memo("Description", "Description"),
    )


SAVED_QUERY = table(
    "SavedQuery", "savedqueries", 1039, label("View", "Vue"), label("Views", "Vues"),
    (
        key("SavedQueryId"),
        text("Name", "Name", "Nom", 200, required=Required.SYSTEM, folded=True, localized=True),
        *_view_columns(),
        boolean("IsDefault", "Default View", "Vue par défaut", default=False),
        boolean("IsPrivate", "Is Private", "Est privée", default=False, read_only=True),
        boolean("IsQuickFindQuery", "Is Quick Find Query", "Recherche rapide", default=False),
        boolean("IsManaged", "State", "État", default=True, read_only=True),
        boolean("IsUserDefined", "User Defined", "Définie par l'utilisateur", default=False),
    ),
    ownership=Ownership.ORGANIZATION, verb_name="Query", indexes=("returnedtypecode",),
)  # fmt: skip

USER_QUERY = table(
    "UserQuery", "userqueries", 4230, label("Saved View", "Vue enregistrée"),
    label("Saved Views", "Vues enregistrées"),
    (
        key("UserQueryId"),
        text("Name", "Name", "Nom", 200, required=Required.SYSTEM, folded=True),
        *_view_columns(),
        lookup("ParentQueryId", "Parent Query", "Requête parente", "savedquery", "UserQuery_ParentQuery",
               indexed=False),
    ),
    indexes=("returnedtypecode",),
)  # fmt: skip

APP_MODULE = table(
    "AppModule", "appmodules", 9006, label("Model-driven App", "Application pilotée par modèle"),
    label("Model-driven Apps", "Applications pilotées par modèle"),
    (
        key("AppModuleId"),
        guid("AppModuleIdUnique", "Unique Id", "ID unique"),
        text("Name", "Name", "Nom", 100, folded=True, localized=True),
        text("UniqueName", "Unique Name", "Nom unique", 100, indexed=True),
        memo("Description", "Description"),
        integer("ClientType", "Client Type", "Type de client", 0, default=4),
        text("URL", "URL", "URL", 200, style="Url"),
        text("AppModuleVersion", "Version", "Version", 48),
        choice("ComponentState", "Component State", "État du composant",
               options((0, "Published", "Publié"), (1, "Unpublished", "Non publié"), (2, "Deleted", "Supprimé"),
                       (3, "Deleted Unpublished", "Suppression non publiée")), default=0),
        moment("PublishedOn", "Published On", "Publiée le"),
        boolean("IsManaged", "Is Managed", "Gérée", default=True, read_only=True),
        boolean("IsDefault", "Is Default", "Par défaut", default=False),
        guid("WebResourceId", "Web Resource Id", "ID de la ressource web"),
    ),
    ownership=Ownership.ORGANIZATION, verb_name="AppModule",
)  # fmt: skip

APP_COMPONENT = table(
    "AppModuleComponent", "appmodulecomponents", 9007, label("App Module Component", "Composant d'application"),
    label("App Module Components", "Composants d'application"),
    (
        key("AppModuleComponentId"),
        lookup("AppModuleIdUnique", "App", "Application", "appmodule", "appmodule_appmodulecomponent",
               on_delete=OnDelete.DELETE),
        integer("ComponentType", "Component Type", "Type de composant", 0),
        guid("ObjectId", "Object", "Objet"),
        boolean("IsDefault", "Is Default", "Par défaut", default=False),
    ),
    primary_name="", ownership=Ownership.NONE, state=(), verb_name="AppModule",
)  # fmt: skip

SITE_MAP = table(
    "SiteMap", "sitemaps", 4709, label("Site Map", "Plan de site"), label("Site Maps", "Plans de site"),
    (
        key("SiteMapId"),
        text("SiteMapName", "Name", "Nom", 100, folded=True),
        text("SiteMapNameUnique", "Unique Name", "Nom unique", 100, indexed=True),
        memo("SiteMapXml", "Site Map XML", "XML du plan de site", 1_073_741_823),
        boolean("IsAppAware", "Is App Aware", "Propre à une application", default=True),
    ),
    primary_name="sitemapname", ownership=Ownership.ORGANIZATION, state=(), verb_name="SiteMap",
)  # fmt: skip

PUBLISHER = table(
    "Publisher", "publishers", 7101, label("Publisher", "Éditeur"), label("Publishers", "Éditeurs"),
    (
        key("PublisherId"),
        text("UniqueName", "Name", "Nom", 256),
        text("FriendlyName", "Display Name", "Nom d'affichage", 256, folded=True),
        text("CustomizationPrefix", "Prefix", "Préfixe", 8),
        integer("CustomizationOptionValuePrefix", "Option Value Prefix", "Préfixe des valeurs d'option", 10_000,
                99_999),
        memo("Description", "Description"),
        boolean("IsReadOnly", "Is Read-Only Publisher", "Éditeur en lecture seule", default=False, read_only=True),
        text("EMailAddress", "Email", "E-mail", 100, style="Email"),
        text("SupportingWebsiteUrl", "Website", "Site web", 500, style="Url"),
    ),
    primary_name="friendlyname", ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

SOLUTION = table(
    "Solution", "solutions", 7100, label("Solution", "Solution"), label("Solutions", "Solutions"),
    (
        key("SolutionId"),
        text("UniqueName", "Name", "Nom", 65, indexed=True),
        text("FriendlyName", "Display Name", "Nom d'affichage", 256, folded=True),
        text("Version", "Version", "Version", 256),
        memo("Description", "Description"),
        text("SolutionPackageVersion", "Solution Package Version", "Version du package", 256),
        guid("ParentSolutionId", "Parent Solution", "Solution parente", read_only=True),
        moment("UpdatedOn", "Updated On", "Mise à jour le", read_only=True),
        boolean("IsManaged", "Package Type", "Type de package", default=False, read_only=True),
        boolean("IsVisible", "Is Visible", "Visible", default=True, read_only=True),
        moment("InstalledOn", "Installed On", "Installée le"),
        lookup("PublisherId", "Publisher", "Éditeur", "publisher", "publisher_solution"),
    ),
    primary_name="friendlyname", ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

CURRENCY = table(
    "TransactionCurrency", "transactioncurrencies", 9105, label("Currency", "Devise"),
    label("Currencies", "Devises"),
    (
        key("TransactionCurrencyId"),
        text("CurrencyName", "Currency Name", "Nom de la devise", 100, folded=True),
        text("ISOCurrencyCode", "Currency Code", "Code de la devise", 5),
        text("CurrencySymbol", "Currency Symbol", "Symbole", 13),
        integer("CurrencyPrecision", "Currency Precision", "Précision", 0, 4, default=2),
    ),
    primary_name="currencyname", ownership=Ownership.ORGANIZATION,
)  # fmt: skip

WEB_RESOURCE = table(
    "WebResource", "webresourceset", 9333, label("Web Resource", "Ressource web"),
    label("Web Resources", "Ressources web"),
    (
        key("WebResourceId"),
        text("Name", "Name", "Nom", 256, indexed=True),
        text("DisplayName", "Display Name", "Nom d'affichage", 200),
        choice("WebResourceType", "Type", "Type",
               options((1, "Webpage (HTML)", "Page web (HTML)"), (2, "Style Sheet (CSS)", "Feuille de style (CSS)"),
                       (3, "Script (JScript)", "Script (JScript)"), (4, "Data (XML)", "Données (XML)"),
                       (5, "PNG format", "Format PNG"), (6, "JPG format", "Format JPG"),
                       (7, "GIF format", "Format GIF"), (8, "Silverlight (XAP)", "Silverlight (XAP)"),
                       (9, "Style Sheet (XSL)", "Feuille de style (XSL)"),
                       (10, "ICO format", "Format ICO"), (11, "Vector format (SVG)", "Format vectoriel (SVG)"),
                       (12, "String (RESX)", "Chaîne (RESX)"))),
        memo("Content", "Content", "Contenu", 1_073_741_823),
        memo("Description", "Description"),
        text("SilverlightVersion", "Silverlight Version", "Version Silverlight", 20),
        integer("LanguageCode", "Language", "Langue", 0),
        text("IntroducedVersion", "Introduced Version", "Version d'introduction", 48),
        boolean("IsEnabledForMobileClient", "Is Enabled For Mobile Client", "Activée sur mobile", default=False),
        boolean("IsAvailableForMobileOffline", "Is Available For Mobile Offline", "Disponible hors connexion",
                default=False),
        boolean("IsHidden", "Hidden", "Masquée", default=False),
        boolean("IsCustomizable", "Customizable", "Personnalisable", default=True),
        boolean("CanBeDeleted", "Can Be Deleted", "Suppression possible", default=True),
        boolean("IsManaged", "State", "État", default=False, read_only=True),
        guid("SolutionId", "Solution", "Solution", read_only=True),
        choice("ComponentState", "Component State", "État du composant",
               options((0, "Published", "Publié"), (1, "Unpublished", "Non publié"), (2, "Deleted", "Supprimé"),
                       (3, "Deleted Unpublished", "Suppression non publiée")), default=0),
    ),
    ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

SERVICE_ENDPOINT = table(
    "ServiceEndpoint", "serviceendpoints", 4618, label("Service Endpoint", "Point de terminaison"),
    label("Service Endpoints", "Points de terminaison"),
    (
        key("ServiceEndpointId"),
        text("Name", "Name", "Nom", 160, required=Required.APPLICATION),
        choice("Contract", "Contract", "Contrat", options((1, "OneWay", "Unidirectionnel"), (8, "Webhook", "Webhook"))),
        text("Url", "Url", "URL", 2000, style="Url"),
        choice("AuthType", "Auth Type", "Type d'authentification",
               options((4, "WebhookKey", "Clé"), (5, "HttpHeader", "En-tête HTTP"),
                       (6, "HttpQueryString", "Chaîne de requête"))),
        text("AuthValue", "Auth Value", "Valeur d'authentification", 2000, secret=True),
        choice("ConnectionMode", "Connection Mode", "Mode de connexion",
               options((1, "Normal", "Normal"), (2, "Federated", "Fédéré")), default=1),
        choice("MessageFormat", "Message Format", "Format du message",
               options((1, "Binary XML", "XML binaire"), (2, "Json", "JSON"), (3, "Text XML", "XML")), default=2),
        choice("MessageCharset", "Message Charset", "Jeu de caractères",
               options((0, "Default", "Par défaut"), (1, "UTF8", "UTF8")), default=1),
    ),
    ownership=Ownership.ORGANIZATION, state=(),
)  # fmt: skip

SDK_MESSAGE = table(
    "SdkMessage", "sdkmessages", 4606, label("Sdk Message", "Message"), label("Sdk Messages", "Messages"),
    (key("SdkMessageId"), text("Name", "Name", "Nom", 256, indexed=True)),
    ownership=Ownership.ORGANIZATION, state=(), flags=(Flag.FIXED,),
)  # fmt: skip

SDK_FILTER = table(
    "SdkMessageFilter", "sdkmessagefilters", 4607, label("Sdk Message Filter", "Filtre de message"),
    label("Sdk Message Filters", "Filtres de message"),
    (
        key("SdkMessageFilterId"),
        table_name("PrimaryObjectTypeCode", "Primary Object Type", "Type principal"),
        lookup("SdkMessageId", "Message", "Message", "sdkmessage", "sdkmessageid_sdkmessagefilter"),
    ),
    primary_name="", ownership=Ownership.ORGANIZATION, state=(), flags=(Flag.FIXED,),
    indexes=("primaryobjecttypecode",),
)  # fmt: skip

SDK_STEP = table(
    "SdkMessageProcessingStep", "sdkmessageprocessingsteps", 4608,
    label("Sdk Message Processing Step", "Étape de traitement"),
    label("Sdk Message Processing Steps", "Étapes de traitement"),
    (
        key("SdkMessageProcessingStepId"),
        text("Name", "Name", "Nom", 256),
        choice("Mode", "Execution Mode", "Mode d'exécution",
               options((0, "Synchronous", "Synchrone"), (1, "Asynchronous", "Asynchrone")), default=0),
        choice("Stage", "Execution Stage", "Phase d'exécution",
               options((10, "Pre-validation", "Prévalidation"), (20, "Pre-operation", "Préopération"),
                       (40, "Post-operation", "Postopération")), default=40),
        integer("Rank", "Execution Order", "Ordre d'exécution", 0, default=1),
        boolean("AsyncAutoDelete", "Asynchronous Automatic Delete", "Suppression automatique", default=False),
        integer("SupportedDeployment", "Deployment", "Déploiement", 0, default=0),
        memo("FilteringAttributes", "Filtering Attributes", "Colonnes filtrantes", 100_000),
        lookup("SdkMessageId", "Message", "Message", "sdkmessage", "sdkmessageid_sdkmessageprocessingstep"),
        lookup("SdkMessageFilterId", "Filter", "Filtre", "sdkmessagefilter",
               "sdkmessagefilterid_sdkmessageprocessingstep"),
        lookup("EventHandler", "Event Handler", "Gestionnaire", "serviceendpoint",
               "serviceendpoint_sdkmessageprocessingstep", navigation="eventhandler_serviceendpoint",
               on_delete=OnDelete.DELETE),
    ),
    ownership=Ownership.ORGANIZATION,
    state=state_columns(
        states((0, "Enabled", "Activée"), (1, "Disabled", "Désactivée")),
        reasons((0, 1, "Enabled", "Activée"), (1, 2, "Disabled", "Désactivée")),
    ),
)  # fmt: skip

ASYNC_OPERATION = table(
    "AsyncOperation", "asyncoperations", 4700, label("System Job", "Tâche système"),
    label("System Jobs", "Tâches système"),
    (
        key("AsyncOperationId"),
        text("Name", "System Job Name", "Nom de la tâche système", 256),
        integer("OperationType", "System Job Type", "Type de tâche", 0),
        text("FriendlyMessage", "Friendly message", "Message convivial", 4000),
        memo("Message", "Message", "Message", 1_073_741_823),
        integer("ErrorCode", "Error Code", "Code d'erreur"),
        moment("StartedOn", "Started On", "Commencée le"),
        moment("CompletedOn", "Completed On", "Terminée le"),
        lookup("OwningExtensionId", "Owning Extension", "Extension propriétaire", "sdkmessageprocessingstep",
               "SdkMessageProcessingStep_AsyncOperations"),
    ),
    state=state_columns(
        states((0, "Ready", "Prête"), (1, "Suspended", "Suspendue"), (2, "Locked", "Verrouillée"),
               (3, "Completed", "Terminée")),
        reasons((0, 0, "Waiting For Resources", "En attente de ressources"), (1, 10, "Waiting", "En attente"),
                (2, 20, "In Progress", "En cours"), (3, 30, "Succeeded", "Réussie"), (3, 31, "Failed", "Échouée"),
                (3, 32, "Canceled", "Annulée")),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    SAVED_QUERY, USER_QUERY, APP_MODULE, APP_COMPONENT, SITE_MAP, PUBLISHER, SOLUTION, CURRENCY, WEB_RESOURCE,
    SERVICE_ENDPOINT, SDK_MESSAGE, SDK_FILTER, SDK_STEP, ASYNC_OPERATION,
)  # fmt: skip
