"""Views, apps and what each app shows, as the CRM's seed declares them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from liaison.tenant.estate.crm.catalogue import BY_NAME
from liaison.tenant.estate.crm.tables import Table
from liaison.tenant.seeds.company import stable_guid

# The id of "Active Accounts" is the same in every environment of the service.
_KNOWN_VIEWS = {"account/active": "00000000-0000-0000-00aa-000010001002"}

_MINE = '<condition attribute="ownerid" operator="eq-userid"/>'
_OPEN = '<condition attribute="statecode" operator="eq" value="0"/>'


@dataclass(frozen=True)
class View:
    """A saved view; `conditions` is FetchXML, `default` marks the one an app opens first."""

    table: str
    key: str
    name: str
    french: str
    columns: tuple[str, ...]
    conditions: str
    order: str
    descending: bool = False
    default: bool = False

    @property
    def id(self) -> str:
        place = f"{self.table}/{self.key}"
        return _KNOWN_VIEWS.get(place) or stable_guid("view", place)


@dataclass(frozen=True)
class App:
    """A model-driven app with the tables of its site map, in its areas."""

    unique_name: str
    name: str
    french: str
    areas: tuple[tuple[str, str, tuple[str, ...]], ...]
    managed: bool = True

    @property
    def id(self) -> str:
        return stable_guid("app", self.unique_name)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(table for _, _, tables in self.areas for table in tables))


def _family(
    table: str, plural: tuple[str, str], columns: tuple[str, ...], order: str, words: tuple[str, str, str, str],
    *, descending: bool = False,
) -> tuple[View, ...]:  # fmt: skip
    """Active, my active and all rows of a table; `words` are the adjectives in English and French (two genders)."""
    adjective, french, mine_french, all_french = words
    name, french_name = plural
    return (
        View(table, "active", f"{adjective} {name}", f"{french_name} {french}", columns, _OPEN, order, descending,
             True),
        View(table, "my-active", f"My {adjective} {name}", f"Mes {french_name.lower()} {mine_french}", columns,
             _OPEN + _MINE, order, descending),
        View(table, "all", f"All {name}", f"{all_french} {french_name.lower()}", columns, "", order, descending),
    )  # fmt: skip


_ACTIVE_M = ("Active", "actifs", "actifs", "Tous les")
_ACTIVE_F = ("Active", "actives", "actives", "Toutes les")

VIEWS: tuple[View, ...] = (
    *_family("account", ("Accounts", "Comptes"),
             ("name", "telephone1", "address1_city", "primarycontactid", "emailaddress1"), "name", _ACTIVE_M),
    *_family("contact", ("Contacts", "Contacts"),
             ("fullname", "emailaddress1", "parentcustomerid", "telephone1", "jobtitle"), "fullname", _ACTIVE_M),
    *_family("lead", ("Leads", "Prospects"),
             ("fullname", "subject", "companyname", "statuscode", "createdon"), "createdon",
             ("Open", "ouverts", "ouverts", "Tous les"), descending=True),
    *_family("opportunity", ("Opportunities", "Opportunités"),
             ("name", "customerid", "estimatedclosedate", "estimatedvalue", "opportunityratingcode", "ownerid"),
             "estimatedclosedate", ("Open", "ouvertes", "ouvertes", "Toutes les")),
    View("opportunity", "won", "Won Opportunities", "Opportunités conclues",
         ("name", "customerid", "actualvalue", "actualclosedate", "ownerid"),
         '<condition attribute="statecode" operator="eq" value="1"/>', "actualclosedate", True),
    View("opportunity", "closing-next-month", "Opportunities Closing Next Month",
         "Opportunités à conclure le mois prochain",
         ("name", "customerid", "estimatedclosedate", "estimatedvalue", "ownerid"),
         _OPEN + '<condition attribute="estimatedclosedate" operator="next-month"/>', "estimatedclosedate"),
    *_family("incident", ("Cases", "Incidents"),
             ("title", "ticketnumber", "prioritycode", "customerid", "caseorigincode", "ownerid", "createdon"),
             "createdon", _ACTIVE_M, descending=True),
    View("incident", "resolved", "Resolved Cases", "Incidents résolus",
         ("title", "ticketnumber", "customerid", "ownerid", "modifiedon"),
         '<condition attribute="statecode" operator="eq" value="1"/>', "modifiedon", True),
    *_family("quote", ("Quotes", "Devis"), ("name", "quotenumber", "customerid", "totalamount", "statuscode"), "name",
             ("Draft", "en brouillon", "en brouillon", "Tous les")),
    *_family("salesorder", ("Orders", "Commandes"), ("name", "ordernumber", "customerid", "totalamount"), "name",
             _ACTIVE_F),
    *_family("invoice", ("Invoices", "Factures"), ("name", "invoicenumber", "customerid", "totalamount"), "name",
             _ACTIVE_F),
    *_family("campaign", ("Campaigns", "Campagnes"), ("name", "typecode", "proposedstart", "proposedend"), "name",
             _ACTIVE_F),
    View("competitor", "active", "All Competitors", "Tous les concurrents", ("name", "websiteurl"), "", "name",
         default=True),
    View("product", "active", "Active Products", "Produits actifs", ("name", "productnumber", "price"), _OPEN, "name",
         default=True),
    *_family("task", ("Tasks", "Tâches"), ("subject", "regardingobjectid", "scheduledend", "prioritycode"),
             "scheduledend", ("Open", "ouvertes", "ouvertes", "Toutes les")),
    *_family("knowledgearticle", ("Articles", "Articles"), ("title", "articlepublicnumber", "modifiedon"), "title",
             ("Draft", "en brouillon", "en brouillon", "Tous les")),
    *_family("msdyn_workorder", ("Work Orders", "Ordres de travail"),
             ("msdyn_name", "msdyn_serviceaccount", "msdyn_systemstatus", "msdyn_city"), "msdyn_name", _ACTIVE_M),
    *_family("contoso_visit", ("Visits", "Visites"),
             ("contoso_name", "contoso_accountid", "contoso_plannedon", "contoso_purpose"), "contoso_plannedon",
             _ACTIVE_F, descending=True),
)  # fmt: skip

PERSONAL_VIEW = View(
    "opportunity", "claire-big", "Mes grosses affaires", "Mes grosses affaires",
    ("name", "customerid", "estimatedvalue", "estimatedclosedate"),
    _OPEN + _MINE + '<condition attribute="estimatedvalue" operator="ge" value="50000"/>', "estimatedvalue", True,
)  # fmt: skip

APPS: tuple[App, ...] = (
    App("msdynce_saleshub", "Sales Hub", "Centre des ventes", (
        ("Customers", "Clients", ("account", "contact")),
        ("Sales", "Ventes", ("lead", "opportunity", "competitor")),
        ("Collateral", "Documents", ("quote", "salesorder", "invoice", "product", "salesliterature")),
        ("Marketing", "Marketing", ("campaign",)),
        ("My Work", "Mon travail", ("task",)),
    )),
    App("CustomerServiceHub", "Customer Service Hub", "Centre de service client", (
        ("Customers", "Clients", ("account", "contact")),
        ("Service", "Service", ("incident", "task")),
        ("Knowledge", "Connaissances", ("knowledgearticle",)),
    )),
    App("msdyn_FieldService", "Field Service", "Field Service", (
        ("Customers", "Clients", ("account", "contact")),
        ("Scheduling", "Planification", ("msdyn_workorder", "incident")),
        ("Inventory", "Stock", ("msdyn_purchaseorder", "msdyn_rma", "product")),
    )),
    App("contoso_visits", "Contoso Visits", "Visites Contoso", (
        ("Visits", "Visites", ("contoso_visit", "account", "contact")),
    ), managed=False),
)  # fmt: skip

SOLUTIONS: tuple[tuple[str, str, str, bool], ...] = (
    ("Default", "Default Solution", "1.0", False),
    ("Active", "Active Solution", "1.0", False),
    ("msdynce_OfficeProductivity", "Dynamics 365 Office Productivity", "9.0.11031.1002", True),
    ("msdynce_Sales", "Dynamics 365 Sales", "9.0.25094.10005", True),
    ("msdynce_Service", "Dynamics 365 Customer Service", "9.0.25084.10001", True),
    ("msdynce_MarketingSales", "Dynamics 365 Marketing Sales", "9.0.25034.1001", True),
    ("msdyn_FieldService", "Field Service", "8.8.132.60", True),
    ("msdyn_ProjectServiceCore", "Project Operations", "4.131.0.87", True),
    ("ContosoVisits", "Contoso Visits", "1.2.0.0", False),
)


def fetch_xml(view: View) -> str:
    """The query of a view."""
    table = BY_NAME[view.table]
    attributes = "".join(f'<attribute name="{name}"/>' for name in (*view.columns, table.key))
    conditions = f'<filter type="and">{view.conditions}</filter>' if view.conditions else ""
    descending = "true" if view.descending else "false"
    return (
        '<fetch version="1.0" output-format="xml-platform" mapping="logical" distinct="false">'
        f'<entity name="{view.table}">{attributes}'
        f'<order attribute="{view.order}" descending="{descending}"/>{conditions}</entity></fetch>'
    )


def layout_xml(view: View) -> str:
    """The columns of a view with their widths."""
    table = BY_NAME[view.table]
    cells = "".join(f'<cell name="{name}" width="{200 if index == 0 else 150}"/>'
                    for index, name in enumerate(view.columns))  # fmt: skip
    return (
        f'<grid name="resultset" object="{table.code}" jump="{table.primary_name}" select="1" icon="1" preview="1">'
        f'<row name="result" id="{table.key}">{cells}</row></grid>'
    )


def site_map_xml(app: App) -> str:
    """An app's navigation: one area, its groups and tables."""
    groups = "".join(
        f'<Group Id="group{index}" Title={quoteattr(title)}><Titles><Title LCID="1033" Title={quoteattr(title)}/>'
        f'<Title LCID="1036" Title={quoteattr(french)}/></Titles>'
        + "".join(f'<SubArea Id="sub_{name}" Entity="{name}"/>' for name in tables)
        + "</Group>"
        for index, (title, french, tables) in enumerate(app.areas)
    )
    return f'<SiteMap IntroducedVersion="7.0.0.0"><Area Id="main" Title={quoteattr(app.name)}>{groups}</Area></SiteMap>'


def view_rows(stamp: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for view in VIEWS:
        yield {
            "savedqueryid": view.id, "name": view.name, "name__fr": view.french, "fetchxml": fetch_xml(view),
            "layoutxml": layout_xml(view), "querytype": 0, "returnedtypecode": view.table,
            "isdefault": int(view.default), "isprivate": 0, "isquickfindquery": 0, "ismanaged": 1, "isuserdefined": 0,
            "statecode": 0, "statuscode": 1, **stamp,
        }  # fmt: skip


def component_rows() -> Iterator[dict[str, Any]]:
    """What each app contains: tables (1), their views (26) and its site map (62)."""
    for app in APPS:
        parts: list[tuple[int, str]] = [(62, stable_guid("sitemap", app.unique_name))]
        for name in app.tables:
            table: Table = BY_NAME[name]
            parts.append((1, table.id))
            parts.extend((26, view.id) for view in VIEWS if view.table == name)
        for kind, object_id in parts:
            yield {
                "appmodulecomponentid": stable_guid("component", app.unique_name, object_id),
                "appmoduleidunique": app.id, "componenttype": kind, "objectid": object_id, "isdefault": 0,
            }  # fmt: skip
