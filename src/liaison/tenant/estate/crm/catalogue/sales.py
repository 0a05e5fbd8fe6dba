"""Tables of Sales and Marketing: accounts and contacts to invoices, campaigns and competitors.

Source: type codes, primary columns and states of the environment read for dataverse.md section 1.6.
"""

from __future__ import annotations

from dataclasses import replace

from liaison.tenant.estate.crm.columns import (
    Column,
    OnDelete,
    Required,
    boolean,
    choice,
    customer,
    day,
    decimal,
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
from liaison.tenant.estate.crm.tables import (
    AlternateKey,
    Flag,
    GlobalChoice,
    Ownership,
    Table,
    reasons,
    state_columns,
    states,
    table,
)

BUSINESS = (Flag.TEAMS, Flag.NOTES, Flag.ACTIVITIES, Flag.TRACKED, Flag.BULK)

INDUSTRIES = options(
    (1, "Accounting", "Comptabilité"),
    (7, "Consulting", "Conseil"),
    (8, "Consumer Services", "Services aux particuliers"),
    (12, "Durable Manufacturing", "Fabrication de biens durables"),
    (16, "Financial", "Finance"),
    (17, "Food and Tobacco Processing", "Agroalimentaire et tabac"),
    (22, "Inbound Repair and Services", "Réparation et services"),
    (25, "Legal Services", "Services juridiques"),
    (33, "Transportation", "Transport"),
    (34, "Utility Creation and Distribution", "Énergie et réseaux"),
    (36, "Wholesale", "Commerce de gros"),
)
RATINGS = options((1, "Hot", "Très intéressant"), (2, "Warm", "Intéressant"), (3, "Cold", "Peu intéressant"))
BUDGETS = GlobalChoice(
    "budgetstatus", label("Budget", "Budget"),
    options((0, "No Committed Budget", "Aucun budget engagé"), (1, "May Buy", "Achat possible"),
            (2, "Can Buy", "Peut acheter"), (3, "Will Buy", "Va acheter")),
)  # fmt: skip
TIMEFRAMES = GlobalChoice(
    "purchasetimeframe", label("Purchase Timeframe", "Échéance d'achat"),
    options((0, "Immediate", "Immédiate"), (1, "This Quarter", "Ce trimestre"),
            (2, "Next Quarter", "Trimestre suivant"), (3, "This Year", "Cette année"), (4, "Unknown", "Inconnue")),
)  # fmt: skip
PROCESSES = GlobalChoice(
    "purchaseprocess", label("Purchase Process", "Processus d'achat"),
    options((0, "Individual", "Individuel"), (1, "Committee", "Comité"), (2, "Unknown", "Inconnu")),
)  # fmt: skip
NEEDS = GlobalChoice(
    "need", label("Need", "Besoin"),
    options((0, "Must have", "Indispensable"), (1, "Should have", "Souhaitable"), (2, "Good to have", "Utile"),
            (3, "No need", "Aucun")),
)  # fmt: skip
GLOBAL_CHOICES: tuple[GlobalChoice, ...] = (BUDGETS, TIMEFRAMES, PROCESSES, NEEDS)


def global_choice(schema: str, values: GlobalChoice) -> Column:
    """A column with the options, and the label, of a global choice."""
    return choice(schema, values.label.en, values.label.fr, values.options, choice_name=values.name)


def qualification() -> tuple[Column, ...]:
    """What leads and opportunities know about the buyer's plans."""
    return (
        global_choice("BudgetStatus", BUDGETS),
        global_choice("PurchaseTimeFrame", TIMEFRAMES),
        global_choice("PurchaseProcess", PROCESSES),
        global_choice("Need", NEEDS),
    )


def address() -> tuple[Column, ...]:
    return (
        text("Address1_Line1", "Address 1: Street 1", "Adresse 1 : rue 1", 250),
        text("Address1_City", "Address 1: City", "Adresse 1 : ville", 80, folded=True),
        text("Address1_PostalCode", "Address 1: ZIP/Postal Code", "Adresse 1 : code postal", 20),
        text("Address1_Country", "Address 1: Country/Region", "Adresse 1 : pays", 80),
    )


def rollup(schema: str, value: Column) -> tuple[Column, ...]:
    """A column that is counted on request, with when that was and how it went."""
    return (
        replace(value, creatable=False, updatable=False),
        moment(f"{schema}_Date", f"{value.label.en} (Last Updated On)", f"{value.label.fr} (date)", read_only=True),
        integer(f"{schema}_State", f"{value.label.en} (State)", f"{value.label.fr} (état)", read_only=True),
    )


def currency(name: str) -> tuple[Column, ...]:
    return (
        lookup(
            "TransactionCurrencyId", "Currency", "Devise", "transactioncurrency",
            f"transactioncurrency_{name}", indexed=False,
        ),
        decimal("ExchangeRate", "Exchange Rate", "Taux de change", 0, 1e11, 10),
    )  # fmt: skip


def sale_columns(stem: str) -> tuple[Column, ...]:
    """Columns that quotes, orders and invoices share."""
    return (
        customer("CustomerId", "Potential Customer", "Client potentiel", stem, on_delete=OnDelete.DELETE),
        lookup("OpportunityId", "Opportunity", "Opportunité", "opportunity", f"opportunity_{stem}s"),
        money("TotalAmount", "Total Amount", "Montant total"),
        decimal("DiscountPercentage", "Quote Discount (%)", "Remise (%)", 0, 100),
        memo("Description", "Description"),
        *currency(stem),
    )


ACCOUNT = table(
    "Account", "accounts", 1, label("Account", "Compte"), label("Accounts", "Comptes"),
    (
        key("AccountId"),
        text("Name", "Account Name", "Nom du compte", 160, required=Required.APPLICATION, folded=True, indexed=True,
             searched=True),
        text("AccountNumber", "Account Number", "Numéro de compte", 20, indexed=True),
        choice("AccountCategoryCode", "Category", "Catégorie",
               options((1, "Preferred Customer", "Client privilégié"), (2, "Standard", "Standard"))),
        choice("CustomerTypeCode", "Relationship Type", "Type de relation",
               options((1, "Competitor", "Concurrent"), (2, "Consultant", "Consultant"), (3, "Customer", "Client"),
                       (5, "Partner", "Partenaire"), (8, "Prospect", "Prospect"), (10, "Supplier", "Fournisseur"))),
        choice("IndustryCode", "Industry", "Secteur d'activité", INDUSTRIES),
        lookup("PrimaryContactId", "Primary Contact", "Contact principal", "contact", "account_primary_contact"),
        lookup("ParentAccountId", "Parent Account", "Compte parent", "account", "account_parent_account"),
        text("Telephone1", "Main Phone", "Téléphone principal", 50, style="Phone"),
        text("Fax", "Fax", "Télécopie", 50, style="Phone"),
        text("EMailAddress1", "Email", "Adresse e-mail", 100, style="Email", indexed=True),
        text("WebSiteURL", "Website", "Site web", 200, style="Url"),
        *address(),
        money("Revenue", "Annual Revenue", "Chiffre d'affaires annuel"),
        integer("NumberOfEmployees", "Number of Employees", "Nombre d'employés", 0, 1_000_000_000),
        money("CreditLimit", "Credit Limit", "Limite de crédit"),
        boolean("CreditOnHold", "Credit Hold", "Suspension de crédit", default=False),
        boolean("DoNotEMail", "Do not allow Emails", "Ne pas autoriser les e-mails", default=False),
        memo("Description", "Description"),
        boolean("Merged", "Merged", "Fusionné", default=False, read_only=True),
        lookup("MasterId", "Master ID", "ID principal", "account", "account_master_account", read_only=True),
        *rollup("OpenDeals", integer("OpenDeals", "Open Deals", "Opportunités ouvertes", read_only=True)),
        *rollup("OpenRevenue", money("OpenRevenue", "Open Revenue", "Chiffre d'affaires ouvert")),
        *currency("account"),
    ),
    flags=(*BUSINESS, Flag.DOCUMENTS),
    keys=(AlternateKey("account_number", ("accountnumber",), label("Account Number", "Numéro de compte")),),
    indexes=("modifiedon",),
)  # fmt: skip

CONTACT = table(
    "Contact", "contacts", 2, label("Contact", "Contact"), label("Contacts", "Contacts"),
    (
        key("ContactId"),
        text("FullName", "Full Name", "Nom complet", 160, folded=True, indexed=True, searched=True, read_only=True),
        text("FirstName", "First Name", "Prénom", 50, required=Required.RECOMMENDED, folded=True),
        text("LastName", "Last Name", "Nom", 50, required=Required.APPLICATION, folded=True),
        text("JobTitle", "Job Title", "Fonction", 100, folded=True),
        text("Department", "Department", "Service", 100),
        customer("ParentCustomerId", "Company Name", "Nom de la société", "contact", on_delete=OnDelete.DELETE),
        text("EMailAddress1", "Email", "Adresse e-mail", 100, style="Email", indexed=True),
        text("Telephone1", "Business Phone", "Téléphone professionnel", 50, style="Phone"),
        text("MobilePhone", "Mobile Phone", "Téléphone mobile", 50, style="Phone"),
        *address(),
        choice("PreferredContactMethodCode", "Preferred Method of Contact", "Mode de contact préféré",
               options((1, "Any", "Indifférent"), (2, "Email", "E-mail"), (3, "Phone", "Téléphone"),
                       (4, "Fax", "Télécopie"), (5, "Mail", "Courrier")), default=1),
        day("BirthDate", "Birthday", "Date de naissance"),
        boolean("DoNotEMail", "Do not allow Emails", "Ne pas autoriser les e-mails", default=False),
        memo("Description", "Description"),
        boolean("Merged", "Merged", "Fusionné", default=False, read_only=True),
        lookup("MasterId", "Master ID", "ID principal", "contact", "contact_master_contact", read_only=True),
        *currency("contact"),
    ),
    primary_name="fullname",
    flags=BUSINESS,
    indexes=("modifiedon",),
)  # fmt: skip

LEAD = table(
    "Lead", "leads", 4, label("Lead", "Prospect"), label("Leads", "Prospects"),
    (
        key("LeadId"),
        text("FullName", "Name", "Nom", 160, folded=True, indexed=True, read_only=True),
        text("Subject", "Topic", "Rubrique", 300, required=Required.APPLICATION, folded=True),
        text("FirstName", "First Name", "Prénom", 50, folded=True),
        text("LastName", "Last Name", "Nom de famille", 50, required=Required.APPLICATION, folded=True),
        text("CompanyName", "Company Name", "Nom de la société", 100, folded=True),
        text("JobTitle", "Job Title", "Fonction", 100),
        text("EMailAddress1", "Email", "Adresse e-mail", 100, style="Email"),
        text("Telephone1", "Business Phone", "Téléphone professionnel", 50, style="Phone"),
        *address(),
        choice("LeadSourceCode", "Lead Source", "Source du prospect",
               options((1, "Advertisement", "Publicité"), (2, "Employee Referral", "Recommandation d'un employé"),
                       (4, "Partner", "Partenaire"), (7, "Trade Show", "Salon professionnel"), (8, "Web", "Web"),
                       (10, "Other", "Autre"))),
        choice("LeadQualityCode", "Rating", "Évaluation", RATINGS, default=2),
        choice("IndustryCode", "Industry", "Secteur d'activité", INDUSTRIES),
        money("EstimatedAmount", "Est. Value", "Valeur estimée"),
        day("EstimatedCloseDate", "Est. Close Date", "Date de clôture estimée"),
        customer("CustomerId", "Customer", "Client", "lead"),
        lookup("ParentAccountId", "Parent Account for lead", "Compte parent", "account", "lead_parent_account"),
        lookup("ParentContactId", "Parent Contact for lead", "Contact parent", "contact", "lead_parent_contact"),
        lookup("CampaignId", "Source Campaign", "Campagne source", "campaign", "lead_source_campaign"),
        memo("Description", "Description"),
        boolean("Merged", "Merged", "Fusionné", default=False, read_only=True),
        lookup("MasterId", "Master ID", "ID principal", "lead", "lead_master_lead", read_only=True),
        *qualification(),
        *currency("lead"),
    ),
    primary_name="fullname",
    flags=(*BUSINESS, Flag.DOCUMENTS),
    state=state_columns(
        states((0, "Open", "Ouvert"), (1, "Qualified", "Qualifié"), (2, "Disqualified", "Disqualifié")),
        reasons((0, 1, "New", "Nouveau"), (0, 2, "Contacted", "Contacté"), (1, 3, "Qualified", "Qualifié"),
                (2, 4, "Lost", "Perdu"), (2, 5, "Cannot Contact", "Injoignable"),
                (2, 6, "No Longer Interested", "N'est plus intéressé"), (2, 7, "Canceled", "Annulé")),
    ),
    indexes=("modifiedon",),
)  # fmt: skip

OPPORTUNITY = table(
    "Opportunity", "opportunities", 3, label("Opportunity", "Opportunité"), label("Opportunities", "Opportunités"),
    (
        key("OpportunityId"),
        text("Name", "Topic", "Rubrique", 300, required=Required.APPLICATION, folded=True, indexed=True, searched=True),
        customer("CustomerId", "Potential Customer", "Client potentiel", "opportunity", on_delete=OnDelete.DELETE),
        lookup("ParentAccountId", "Account", "Compte", "account", "opportunity_parent_account"),
        lookup("ParentContactId", "Contact", "Contact", "contact", "opportunity_parent_contact"),
        lookup("OriginatingLeadId", "Originating Lead", "Prospect d'origine", "lead", "opportunity_originating_lead"),
        money("EstimatedValue", "Est. Revenue", "Chiffre d'affaires estimé"),
        day("EstimatedCloseDate", "Est. Close Date", "Date de clôture estimée"),
        money("ActualValue", "Actual Revenue", "Chiffre d'affaires réel"),
        day("ActualCloseDate", "Actual Close Date", "Date de clôture réelle"),
        integer("CloseProbability", "Probability", "Probabilité", 0, 100),
        choice("OpportunityRatingCode", "Rating", "Évaluation", RATINGS, default=2),
        choice("SalesStage", "Sales Stage", "Étape de vente",
               options((0, "Qualify", "Qualifier"), (1, "Develop", "Développer"), (2, "Propose", "Proposer"),
                       (3, "Close", "Conclure")), default=0),
        text("StepName", "Pipeline Phase", "Phase du pipeline", 200),
        money("BudgetAmount", "Budget Amount", "Montant du budget"),
        memo("CustomerNeed", "Customer Need", "Besoin du client"),
        memo("Description", "Description"),
        *qualification(),
        *currency("opportunity"),
    ),
    flags=(*BUSINESS, Flag.DOCUMENTS),
    state=state_columns(
        states((0, "Open", "Ouverte"), (1, "Won", "Conclue"), (2, "Lost", "Perdue")),
        reasons((0, 1, "In Progress", "En cours"), (0, 2, "On Hold", "En attente"), (1, 3, "Won", "Conclue"),
                (2, 4, "Canceled", "Annulée"), (2, 5, "Out-Sold", "Perdue face à la concurrence")),
    ),
    indexes=("modifiedon", "estimatedclosedate"),
)  # fmt: skip

OPPORTUNITY_PRODUCT = table(
    "OpportunityProduct", "opportunityproducts", 1083,
    label("Opportunity Product", "Produit de l'opportunité"),
    label("Opportunity Products", "Produits de l'opportunité"),
    (
        key("OpportunityProductId"),
        text("OpportunityProductName", "Name", "Nom", 500, folded=True),
        lookup("OpportunityId", "Opportunity", "Opportunité", "opportunity", "product_opportunities",
               on_delete=OnDelete.DELETE, required=Required.SYSTEM),
        lookup("ProductId", "Existing Product", "Produit existant", "product", "product_opportunity_product"),
        decimal("Quantity", "Quantity", "Quantité", -1e11, 1e11, 5),
        money("PricePerUnit", "Price Per Unit", "Prix unitaire"),
        money("ExtendedAmount", "Extended Amount", "Montant total"),
        *currency("opportunityproduct"),
    ),
    primary_name="opportunityproductname", flags=(Flag.TEAMS, Flag.BULK), state=(),
)  # fmt: skip

QUOTE = table(
    "Quote", "quotes", 1084, label("Quote", "Devis"), label("Quotes", "Devis"),
    (
        key("QuoteId"),
        text("Name", "Name", "Nom", 300, required=Required.APPLICATION, folded=True),
        text("QuoteNumber", "Quote ID", "ID du devis", 100, indexed=True),
        integer("RevisionNumber", "Revision ID", "ID de révision", 0, default=0),
        day("EffectiveFrom", "Effective From", "Valide à partir du"),
        day("EffectiveTo", "Effective To", "Valide jusqu'au"),
        *sale_columns("quote"),
    ),
    flags=(*BUSINESS, Flag.DOCUMENTS),
    state=state_columns(
        states((0, "Draft", "Brouillon"), (1, "Active", "Actif"), (2, "Won", "Conclu"), (3, "Closed", "Fermé")),
        reasons((0, 1, "In Progress", "En cours"), (1, 2, "In Progress", "En cours"), (1, 3, "Open", "Ouvert"),
                (2, 4, "Won", "Conclu"), (3, 5, "Lost", "Perdu"), (3, 6, "Canceled", "Annulé"),
                (3, 7, "Revised", "Révisé")),
    ),
)  # fmt: skip

SALES_ORDER = table(
    "SalesOrder", "salesorders", 1088, label("Order", "Commande"), label("Orders", "Commandes"),
    (
        key("SalesOrderId"),
        text("Name", "Name", "Nom", 300, required=Required.APPLICATION, folded=True),
        text("OrderNumber", "Order ID", "ID de commande", 100, indexed=True),
        lookup("QuoteId", "Quote", "Devis", "quote", "quote_orders"),
        *sale_columns("order"),
    ),
    flags=BUSINESS, verb_name="Order",
    state=state_columns(
        states((0, "Active", "Active"), (1, "Submitted", "Soumise"), (2, "Canceled", "Annulée"),
               (3, "Fulfilled", "Traitée"), (4, "Invoiced", "Facturée")),
        reasons((0, 1, "New", "Nouvelle"), (0, 2, "Pending", "En attente"), (1, 3, "In Progress", "En cours"),
                (2, 4, "No Money", "Fonds insuffisants"), (3, 100001, "Complete", "Complète"),
                (3, 100002, "Partial", "Partielle"), (4, 100003, "Invoiced", "Facturée")),
    ),
)  # fmt: skip

INVOICE = table(
    "Invoice", "invoices", 1090, label("Invoice", "Facture"), label("Invoices", "Factures"),
    (
        key("InvoiceId"),
        text("Name", "Name", "Nom", 300, required=Required.APPLICATION, folded=True),
        text("InvoiceNumber", "Invoice ID", "ID de facture", 100, indexed=True),
        lookup("SalesOrderId", "Order", "Commande", "salesorder", "order_invoices"),
        day("DueDate", "Due Date", "Échéance"),
        *sale_columns("invoice"),
    ),
    flags=BUSINESS,
    state=state_columns(
        states((0, "Active", "Active"), (1, "Closed (deprecated)", "Fermée (déconseillé)"), (2, "Paid", "Payée"),
               (3, "Canceled", "Annulée")),
        reasons((0, 1, "New", "Nouvelle"), (0, 2, "Partially Shipped", "Livrée partiellement"),
                (0, 4, "Billed", "Facturée"), (1, 3, "Canceled (deprecated)", "Annulée (déconseillé)"),
                (2, 100001, "Complete", "Complète"), (2, 100002, "Partial", "Partielle"),
                (3, 100003, "Canceled", "Annulée")),
    ),
)  # fmt: skip

CAMPAIGN = table(
    "Campaign", "campaigns", 4400, label("Campaign", "Campagne"), label("Campaigns", "Campagnes"),
    (
        key("CampaignId"),
        text("Name", "Name", "Nom", 128, required=Required.APPLICATION, folded=True),
        text("CodeName", "Campaign Code", "Code de campagne", 32),
        choice("TypeCode", "Campaign Type", "Type de campagne",
               options((1, "Advertisement", "Publicité"), (2, "Direct Marketing", "Marketing direct"),
                       (3, "Event", "Événement"), (4, "Co-branding", "Co-marquage"), (5, "Other", "Autre"))),
        day("ProposedStart", "Proposed Start", "Début proposé"),
        day("ProposedEnd", "Proposed End", "Fin proposée"),
        money("BudgetedCost", "Budget Allocated", "Budget alloué"),
        memo("Description", "Description"),
        *currency("campaign"),
    ),
    flags=BUSINESS,
    state=state_columns(
        states((0, "Active", "Active"), (1, "Inactive", "Inactive")),
        reasons((0, 0, "Proposed", "Proposée"), (0, 1, "Ready To Launch", "Prête"), (0, 2, "Launched", "Lancée"),
                (0, 3, "Completed", "Terminée"), (0, 4, "Canceled", "Annulée"), (0, 5, "Suspended", "Suspendue"),
                (1, 6, "Inactive", "Inactive")),
    ),
)  # fmt: skip

COMPETITOR = table(
    "Competitor", "competitors", 123, label("Competitor", "Concurrent"), label("Competitors", "Concurrents"),
    (
        key("CompetitorId"),
        text("Name", "Name", "Nom", 100, required=Required.APPLICATION, folded=True),
        text("WebSiteUrl", "Website", "Site web", 200, style="Url"),
        memo("Strengths", "Strengths", "Points forts"),
        memo("Weaknesses", "Weaknesses", "Points faibles"),
        money("ReportedRevenue", "Reported Revenue", "Chiffre d'affaires déclaré"),
        *currency("competitor"),
    ),
    ownership=Ownership.ORGANIZATION, flags=(Flag.TEAMS, Flag.NOTES, Flag.BULK), state=(),
)  # fmt: skip

PRODUCT = table(
    "Product", "products", 1024, label("Product", "Produit"), label("Products", "Produits"),
    (
        key("ProductId"),
        text("Name", "Name", "Nom", 100, required=Required.APPLICATION, folded=True),
        text("ProductNumber", "Product ID", "ID du produit", 100, required=Required.APPLICATION, indexed=True),
        money("Price", "List Price", "Prix de liste"),
        integer("QuantityDecimal", "Decimals Supported", "Décimales prises en charge", 0, 5, default=2),
        memo("Description", "Description"),
        *currency("product"),
    ),
    ownership=Ownership.ORGANIZATION, flags=(Flag.TEAMS, Flag.NOTES, Flag.DOCUMENTS, Flag.BULK),
    keys=(AlternateKey("product_number", ("productnumber",), label("Product ID", "ID du produit")),),
    state=state_columns(
        states((0, "Active", "Actif"), (1, "Retired", "Retiré"), (2, "Draft", "Brouillon"),
               (3, "Under Revision", "En révision")),
        reasons((0, 1, "Active", "Actif"), (1, 2, "Retired", "Retiré"), (2, 0, "Draft", "Brouillon"),
                (3, 3, "Under Revision", "En révision")),
    ),
)  # fmt: skip

SALES_LITERATURE = table(
    "SalesLiterature", "salesliteratures", 1038,
    label("Sales Literature", "Documentation commerciale"), label("Sales Literature", "Documentation commerciale"),
    (
        key("SalesLiteratureId"),
        text("Name", "Title", "Titre", 100, required=Required.APPLICATION, folded=True),
        day("ExpirationDate", "Expiration Date", "Date d'expiration"),
        memo("Description", "Description"),
    ),
    ownership=Ownership.ORGANIZATION, flags=(Flag.TEAMS, Flag.DOCUMENTS), state=(),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    ACCOUNT, CONTACT, LEAD, OPPORTUNITY, OPPORTUNITY_PRODUCT, QUOTE, SALES_ORDER, INVOICE, CAMPAIGN, COMPETITOR,
    PRODUCT, SALES_LITERATURE,
)  # fmt: skip
