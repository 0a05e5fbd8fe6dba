"""Tables of Customer Service, Field Service, project and inventory work, and the customer's own table.

Source: dataverse.md sections 1.6 and 3; codes above 10,000 are given by each environment, these are ours.
"""

from __future__ import annotations

from liaison.tenant.estate.crm.columns import (
    OnDelete,
    Required,
    boolean,
    choice,
    customer,
    day,
    integer,
    key,
    label,
    lookup,
    memo,
    moment,
    money,
    options,
    text,
)
from liaison.tenant.estate.crm.tables import AlternateKey, Flag, Ownership, Table, reasons, state_columns, states, table

_BUSINESS = (Flag.TEAMS, Flag.NOTES, Flag.ACTIVITIES, Flag.TRACKED, Flag.BULK)

INCIDENT = table(
    "Incident", "incidents", 112, label("Case", "Incident"), label("Cases", "Incidents"),
    (
        key("IncidentId"),
        text("Title", "Case Title", "Titre de l'incident", 200, required=Required.APPLICATION, folded=True,
             indexed=True, searched=True),
        text("TicketNumber", "Case Number", "Numéro d'incident", 100, indexed=True),
        customer("CustomerId", "Customer", "Client", "incident", on_delete=OnDelete.DELETE),
        lookup("PrimaryContactId", "Contact", "Contact", "contact", "contact_as_primary_contact"),
        lookup("ProductId", "Product", "Produit", "product", "product_incidents"),
        lookup("ParentCaseId", "Parent Case", "Incident parent", "incident", "incident_parent_incident"),
        lookup("MasterId", "Master Case", "Incident principal", "incident", "incident_master_incident", read_only=True),
        boolean("Merged", "Internal Use Only", "Usage interne uniquement", default=False, read_only=True),
        choice("PriorityCode", "Priority", "Priorité",
               options((1, "High", "Haute"), (2, "Normal", "Normale"), (3, "Low", "Basse")), default=2),
        choice("CaseOriginCode", "Origin", "Origine",
               options((1, "Phone", "Téléphone"), (2, "Email", "E-mail"), (3, "Web", "Web"))),
        choice("CaseTypeCode", "Case Type", "Type d'incident",
               options((1, "Question", "Question"), (2, "Problem", "Problème"), (3, "Request", "Demande"))),
        choice("SeverityCode", "Severity", "Gravité", options((1, "Default Value", "Valeur par défaut"))),
        day("FollowupBy", "Follow Up By", "Suivre avant le"),
        boolean("IsEscalated", "Is Escalated", "Escaladé", default=False),
        memo("Description", "Description"),
    ),
    primary_name="title",
    flags=(*_BUSINESS, Flag.DOCUMENTS), verb_name="incident",
    state=state_columns(
        states((0, "Active", "Actif"), (1, "Resolved", "Résolu"), (2, "Cancelled", "Annulé")),
        reasons((0, 1, "In Progress", "En cours"), (0, 2, "On Hold", "En attente"),
                (0, 3, "Waiting for Details", "En attente d'informations"), (0, 4, "Researching", "Recherche"),
                (1, 5, "Problem Solved", "Problème résolu"),
                (1, 1000, "Information Provided", "Informations fournies"),
                (2, 6, "Cancelled", "Annulé"), (2, 2000, "Merged", "Fusionné")),
    ),
    indexes=("modifiedon",),
)  # fmt: skip

KNOWLEDGE_ARTICLE = table(
    "KnowledgeArticle", "knowledgearticles", 9953,
    label("Knowledge Article", "Article de la base de connaissances"),
    label("Knowledge Articles", "Articles de la base de connaissances"),
    (
        key("KnowledgeArticleId"),
        text("Title", "Title", "Titre", 100, required=Required.APPLICATION, folded=True),
        text("ArticlePublicNumber", "Article Public Number", "Numéro public", 100, indexed=True),
        text("Keywords", "Keywords", "Mots clés", 4000),
        memo("Content", "Content", "Contenu", 1_048_576),
        memo("Description", "Description", "Description", 155),
        integer("MajorVersionNumber", "Major Version Number", "Version principale", 0, default=1),
        integer("MinorVersionNumber", "Minor Version Number", "Version secondaire", 0, default=0),
    ),
    primary_name="title", flags=(*_BUSINESS, Flag.DOCUMENTS),
    state=state_columns(
        states((0, "Draft", "Brouillon"), (1, "Approved", "Approuvé"), (2, "Scheduled", "Planifié"),
               (3, "Published", "Publié"), (4, "Expired", "Expiré"), (5, "Archived", "Archivé"),
               (6, "Discarded", "Rejeté")),
        reasons((0, 1, "Proposed", "Proposé"), (0, 2, "Draft", "Brouillon"), (0, 3, "Needs Review", "À réviser"),
                (1, 5, "Approved", "Approuvé"), (2, 6, "Scheduled", "Planifié"), (3, 7, "Published", "Publié"),
                (4, 10, "Expired", "Expiré"), (5, 12, "Archived", "Archivé"), (6, 14, "Discarded", "Rejeté")),
    ),
)  # fmt: skip

KB_ARTICLE = table(
    "KbArticle", "kbarticles", 127, label("Article", "Article"), label("Articles", "Articles"),
    (
        key("KbArticleId"),
        text("Title", "Title", "Titre", 500, folded=True),
        text("Number", "Number", "Numéro", 100, read_only=True),
        text("KeyWords", "Keywords", "Mots clés", 100),
    ),
    primary_name="title", ownership=Ownership.ORGANIZATION, verb_name="Article",
    flags=(Flag.TEAMS, Flag.DOCUMENTS, Flag.NOTES),
    state=state_columns(
        states((1, "Draft", "Brouillon"), (2, "Unapproved", "Non approuvé"), (3, "Published", "Publié")),
        reasons((1, 1, "Draft", "Brouillon"), (2, 2, "Unapproved", "Non approuvé"), (3, 3, "Published", "Publié")),
    ),
)  # fmt: skip

CATEGORY = table(
    "Category", "categories", 9959, label("Category", "Catégorie"), label("Categories", "Catégories"),
    (
        key("CategoryId"),
        text("Title", "Title", "Titre", 200, required=Required.APPLICATION, folded=True),
        text("CategoryNumber", "Category Number", "Numéro de catégorie", 100),
        lookup("ParentCategoryId", "Parent Category", "Catégorie parente", "category", "category_parent_category"),
        memo("Description", "Description"),
    ),
    primary_name="title", flags=(Flag.TEAMS,), state=(),
)  # fmt: skip

WORK_ORDER = table(
    "msdyn_workorder", "msdyn_workorders", 10_411,
    label("Work Order", "Ordre de travail"), label("Work Orders", "Ordres de travail"),
    (
        key("msdyn_workorderId"),
        text("msdyn_name", "Work Order Number", "Numéro d'ordre de travail", 100, folded=True, indexed=True),
        lookup("msdyn_ServiceAccount", "Service Account", "Compte de service", "account",
               "msdyn_account_msdyn_workorder_ServiceAccount"),
        lookup("msdyn_BillingAccount", "Billing Account", "Compte de facturation", "account",
               "msdyn_account_msdyn_workorder_BillingAccount"),
        lookup("msdyn_OpportunityId", "Opportunity", "Opportunité", "opportunity",
               "msdyn_opportunity_msdyn_workorder_OpportunityId"),
        lookup("msdyn_ServiceRequest", "Case", "Incident", "incident",
               "msdyn_incident_msdyn_workorder_ServiceRequest"),
        choice("msdyn_SystemStatus", "System Status", "Statut système",
               options((690_970_000, "Unscheduled", "Non planifié"), (690_970_001, "Scheduled", "Planifié"),
                       (690_970_002, "In Progress", "En cours"), (690_970_003, "Completed", "Terminé"),
                       (690_970_004, "Posted", "Validé"), (690_970_005, "Canceled", "Annulé")),
               default=690_970_000),
        memo("msdyn_WorkOrderSummary", "Work Order Summary", "Résumé de l'ordre de travail"),
        moment("msdyn_TimeWindowStart", "Time Window Start", "Début de la plage horaire"),
        text("msdyn_Address1", "Street 1", "Rue 1", 250),
        text("msdyn_City", "City", "Ville", 80, folded=True),
        money("msdyn_TotalAmount", "Total Amount", "Montant total"),
        lookup("TransactionCurrencyId", "Currency", "Devise", "transactioncurrency",
               "transactioncurrency_msdyn_workorder", indexed=False),
    ),
    primary_name="msdyn_name", flags=_BUSINESS,
)  # fmt: skip

VISIT = table(
    "contoso_Visit", "contoso_visits", 10_842, label("Visit", "Visite"), label("Visits", "Visites"),
    (
        key("contoso_VisitId"),
        text("contoso_Name", "Name", "Nom", 100, required=Required.APPLICATION, folded=True, indexed=True),
        lookup("contoso_AccountId", "Account", "Compte", "account", "contoso_visit_AccountId_account",
               navigation="contoso_AccountId"),
        moment("contoso_PlannedOn", "Planned On", "Prévue le"),
        choice("contoso_Purpose", "Purpose", "Objet",
               options((884_110_000, "Discovery", "Découverte"), (884_110_001, "Follow-up", "Suivi"),
                       (884_110_002, "Audit", "Audit"))),
        boolean("contoso_OnSite", "On site", "Sur site", default=True),
        memo("contoso_Report", "Report", "Compte rendu", 10_000),
    ),
    primary_name="contoso_name", flags=(Flag.CUSTOM, Flag.NOTES, Flag.ACTIVITIES, Flag.TRACKED, Flag.BULK),
    keys=(AlternateKey("contoso_name_key", ("contoso_name",), label("Name", "Nom")),),
)  # fmt: skip


def _operations_table(
    schema: str, code: int, singular: tuple[str, str], plural: tuple[str, str], primary: str = "msdyn_name",
    set_name: str = "",
) -> Table:  # fmt: skip
    """A table of the operations apps of which only the name matters here."""
    low = schema.lower()
    return table(
        schema, set_name or f"{low}s", code, label(*singular), label(*plural),
        (
            key(f"{schema}Id"),
            text(primary, "Name", "Nom", 100, folded=True),
            memo("msdyn_Description", "Description"),
            lookup("msdyn_Account", "Account", "Compte", "account", f"msdyn_account_{low}_account"),
        ),
        primary_name=primary, flags=_BUSINESS,
    )  # fmt: skip


OPERATIONS: tuple[Table, ...] = (
    _operations_table("msdyn_agreement", 10_386, ("Agreement", "Contrat"), ("Agreements", "Contrats")),
    _operations_table("msdyn_timegroup", 10_407, ("Fulfillment Preference", "Préférence d'exécution"),
                      ("Fulfillment Preferences", "Préférences d'exécution")),
    _operations_table("msdyn_inventoryadjustment", 10_395, ("Inventory Adjustment", "Ajustement de stock"),
                      ("Inventory Adjustments", "Ajustements de stock")),
    _operations_table("msdyn_inventorytransfer", 10_397, ("Inventory Transfer", "Transfert de stock"),
                      ("Inventory Transfers", "Transferts de stock")),
    _operations_table("msdyn_purchaseorder", 10_400, ("Purchase Order", "Bon de commande"),
                      ("Purchase Orders", "Bons de commande")),
    _operations_table("msdyn_purchaseorderreceipt", 10_403, ("Purchase Order Receipt", "Reçu du bon de commande"),
                      ("Purchase Order Receipts", "Reçus du bon de commande")),
    _operations_table("msdyn_rma", 10_405, ("RMA", "RMA"), ("RMAs", "RMA")),
    _operations_table("msdyn_rmareceipt", 10_408, ("RMA Receipt", "Reçu RMA"), ("RMA Receipts", "Reçus RMA")),
    _operations_table("msdyn_rtv", 10_410, ("RTV", "Retour fournisseur"), ("RTVs", "Retours fournisseur")),
    _operations_table("msdyn_project", 10_512, ("Project", "Projet"), ("Projects", "Projets"), "msdyn_subject"),
    _operations_table("msdyn_expense", 10_514, ("Expense", "Dépense"), ("Expenses", "Dépenses")),
    _operations_table("msdyn_resourcerequest", 10_516, ("Resource Request", "Demande de ressource"),
                      ("Resource Requests", "Demandes de ressource")),
)  # fmt: skip

TABLES: tuple[Table, ...] = (INCIDENT, KNOWLEDGE_ARTICLE, KB_ARTICLE, CATEGORY, WORK_ORDER, VISIT, *OPERATIONS)
