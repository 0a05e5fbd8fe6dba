"""Fills both environments: organization, people and roles, business rows, views, apps, sites and locations.

Contoso Sales has SharePoint configured; Contoso Service has not, and shows every cause of 800503ca.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from liaison.tenant.estate import Estate, files, filing, sites
from liaison.tenant.estate.crm.environments import add_environment, find_environment, read_model
from liaison.tenant.estate.crm.model import Model
from liaison.tenant.estate.crm.rows import insert_many
from liaison.tenant.estate.crm.storage import loading
from liaison.tenant.estate.crm.tables import Flag
from liaison.tenant.estate.files import Author
from liaison.tenant.estate.switches import set_switch
from liaison.tenant.seeds import crm_names as words
from liaison.tenant.seeds import crm_records as records
from liaison.tenant.seeds import crm_security as security
from liaison.tenant.seeds import crm_views as views
from liaison.tenant.seeds.company import ENVIRONMENTS, SHAREPOINT_HOST, SeedEnvironment, person, stable_guid
from liaison.tenant.seeds.crm_opened import opened_rows
from liaison.tenant.seeds.crm_records import Records, wire
from liaison.tenant.seeds.documents import pdf_document, word_document
from liaison.tenant.seeds.scale import fill_scale

Row = dict[str, Any]

CRM_SITE = f"https://{SHAREPOINT_HOST}/sites/crm"
_FIRST_VERSION = 1_000_001
_MESSAGES = ("Create", "Update", "Delete", "Associate", "Disassociate", "Assign", "GrantAccess", "RevokeAccess")
# Clients ask which tables have them before they write many rows. Source: bulk-operations.md, "Availability".
_BULK_MESSAGES = ("CreateMultiple", "UpdateMultiple")


def seed(estate: Estate, scale: int = 0) -> None:
    """Fill an estate whose tables are there; `scale` adds that many accounts to Contoso Sales, each with a
    document location."""
    for number, environment in enumerate(ENVIRONMENTS):
        with estate.db.change() as change:
            add_environment(change, environment.key, environment.name, environment.organization_id)
            with loading(change, environment.key):
                _fill(estate, change, environment, random.Random(2027 + number), scale if number == 0 else 0)
    set_switch(estate, f"dataverse.sharepoint_configured.{ENVIRONMENTS[1].key}", False)


class _Writer:
    """Inserts rows and gives each the next version."""

    def __init__(self, change: sqlite3.Connection, model: Model) -> None:
        self._change = change
        self.model = model
        self.version = _FIRST_VERSION

    def put(self, table: str, rows: Iterable[Row]) -> None:
        insert_many(self._change, self.model.tables[table], self._versioned(rows))

    def _versioned(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.version += 1
            yield {**row, "versionnumber": self.version}


def _fill(
    estate: Estate, change: sqlite3.Connection, environment: SeedEnvironment, chance: random.Random, scale: int
) -> None:
    state = find_environment(estate, environment.key)
    if state is None:
        raise LookupError(environment.key)
    writer = _Writer(change, read_model(estate, state))
    now = estate.clock.now()
    made = Records(environment.key, now, stable_guid("currency", environment.key), chance)
    maker = security.user_id(environment.key, security.crm_people()[0])
    stamp: Row = {"createdon": wire(now), "createdby": maker, "modifiedon": wire(now), "modifiedby": maker}
    _fill_platform(writer, environment, made, stamp)
    _fill_records(writer, made, records.SALES if environment is ENVIRONMENTS[0] else records.SERVICE)
    _fill_views(writer, made, stamp)
    if environment is ENVIRONMENTS[0]:
        _fill_sales_sites(estate, writer, made)
    else:
        _fill_service_sites(writer, made)
    _share_some(writer, made, stamp)
    first = made.ids["opportunity"][0]
    writer.put("userentityuisettings", opened_rows(change, writer.model, environment.key, now, first))
    many = sorted(name for name, one in writer.model.tables.items() if one.table.has(Flag.BULK))
    _fill_messages(writer, _BULK_MESSAGES, many, stamp)
    if scale:
        writer.version = fill_scale(change, writer.model, made, scale, writer.version)
    change.execute("UPDATE crm_environments SET version = ? WHERE key = ?", (writer.version + 1, environment.key))


def _fill_platform(writer: _Writer, environment: SeedEnvironment, made: Records, stamp: Row) -> None:
    key = environment.key
    writer.put("organization", [_organization(environment, made, stamp)])
    writer.put("transactioncurrency", [{
        "transactioncurrencyid": made.currency_id, "currencyname": "Euro", "isocurrencycode": "EUR",
        "currencysymbol": "€", "currencyprecision": 2, "statecode": 0, "statuscode": 1, **stamp,
    }])  # fmt: skip
    writer.put("businessunit", security.unit_rows(key, stamp))
    writer.put("systemuser", security.user_rows(key, stamp))
    writer.put("usersettings", security.settings_rows(key, stamp))
    writer.put("team", security.team_rows(key, stamp))
    writer.put("teammembership", security.membership_rows(key))
    writer.put("roletemplate", security.role_template_rows(stamp))
    writer.put("teamtemplate", security.team_template_rows(stamp))
    writer.put("role", security.role_rows(key, stamp))
    writer.put("privilege", security.privilege_rows())
    writer.put("roleprivileges", security.role_privilege_rows(key))
    writer.put("systemuserroles", security.user_role_rows(key))
    writer.put("teamroles", security.team_role_rows(key))
    publisher = stable_guid("publisher", key)
    writer.put("publisher", [{"publisherid": publisher, "uniquename": "contoso", "friendlyname": "Contoso",
                              "customizationprefix": "contoso", "customizationoptionvalueprefix": 88_411,
                              "isreadonly": 0, **stamp}])  # fmt: skip
    writer.put("solution", (
        {"solutionid": stable_guid("solution", key, name), "uniquename": name, "friendlyname": title,
         "version": version, "ismanaged": int(managed), "isvisible": 1, "publisherid": publisher, **stamp}
        for name, title, version, managed in views.SOLUTIONS
    ))  # fmt: skip
    writer.put("solutioncomponent", [{
        "solutioncomponentid": stable_guid("solutioncomponent", key, "contoso_visit"),
        "solutionid": stable_guid("solution", key, "ContosoVisits"), "componenttype": 1,
        "objectid": writer.model.tables["contoso_visit"].table.id, "rootcomponentbehavior": 0, "ismetadata": 1, **stamp,
    }])  # fmt: skip
    _fill_messages(writer, _MESSAGES[:3], sorted(writer.model.tables), stamp, without_tables=_MESSAGES[3:])
    writer.put("msdyn_msteamssettingsv2", [{
        "msdyn_msteamssettingsv2id": stable_guid("teamssettings", key), "msdyn_msteamssettingsname": "Default",
        "msdyn_embedcollabteamsintegrationenabled": 0, "msdyn_sensitivitylabelsettingenabled": 0,
        "msdyn_teamsappautoinstallenabled": 0, "msdyn_teamsmeetingintegrationenabled": 0,
        "msdyn_defaultteamschattitleenabled": 0, "statecode": 0, "statuscode": 1, **stamp,
    }])  # fmt: skip


def _fill_messages(
    writer: _Writer, messages: Sequence[str], tables: Sequence[str], stamp: Row, without_tables: Sequence[str] = ()
) -> None:
    """Messages of the platform, and the tables that have them."""
    names = (*messages, *without_tables)
    writer.put(
        "sdkmessage", ({"sdkmessageid": stable_guid("sdkmessage", name), "name": name, **stamp} for name in names)
    )
    writer.put("sdkmessagefilter", (
        {"sdkmessagefilterid": stable_guid("sdkmessagefilter", message, table), "primaryobjecttypecode": table,
         "sdkmessageid": stable_guid("sdkmessage", message), **stamp}
        for message in messages for table in tables
    ))  # fmt: skip


def _organization(environment: SeedEnvironment, made: Records, stamp: Row) -> Row:
    sales = environment is ENVIRONMENTS[0]
    return {
        "organizationid": environment.organization_id, "name": environment.name, "ismsteamsenabled": 0,
        "ismsteamscollaborationenabled": 0, "ismsteamsusersyncenabled": 0, "ismsteamssettingchangedbyuser": 0,
        "sharepointdeploymenttype": 0, "isonedriveenabled": int(not sales), "isfolderautocreatedonsp": 1,
        "isofficegraphenabled": 0, "isembedteamscollabenabled": 0, "enablesensitivitylabelsforteamscollab": 0,
        "defaultteamschattitlerecordname": 1, "iscollaborationexperienceenabled": 1, "ispresenceenabled": 0,
        "ismodeldrivenappsinmsteamsenabled": 1, "isnotificationford365inteamsenabled": 0,
        "isautoinstallappford365inteamsenabled": 0, "teamschatdatasync": 0, "appointmentwithteamsmeeting": 0,
        "appointmentwithteamsmeetingv2": 0, "sharetopreviousowneronassign": 0, "isauditenabled": 0,
        "expirechangetrackingindays": 7, "fullnameconventioncode": 1, "languagecode": 1033, "localeid": 1033,
        "maxuploadfilesize": 10_485_760, "blockedattachments": "ade;bat;cmd;com;exe;js;msi;vbs",
        "releasewavename": "2026 release wave 1", "basecurrencyid": made.currency_id, **stamp,
    }  # fmt: skip


def _fill_records(writer: _Writer, made: Records, amounts: records.Amounts) -> None:
    rows = list(records.accounts(made, amounts.account))
    names = [row["name"] for row in rows]
    writer.put("account", _with_primary_contact(rows, made))
    writer.put("contact", records.contacts(made, amounts.contact))
    writer.put("product", records.catalogue_rows(made, "product", words.PRODUCTS))
    writer.put("competitor", records.catalogue_rows(made, "competitor", words.COMPETITORS))
    writer.put("campaign", records.catalogue_rows(made, "campaign", words.CAMPAIGNS))
    writer.put("lead", records.leads(made, amounts.lead))
    writer.put("opportunity", records.opportunities(made, amounts.opportunity, names))
    writer.put("incident", records.incidents(made, amounts.incident))
    writer.put("quote", records.sales_documents(made, "quote", "quotenumber", "QUO", amounts.quote))
    writer.put("salesorder", records.sales_documents(made, "salesorder", "ordernumber", "ORD", amounts.salesorder))
    writer.put("invoice", records.sales_documents(made, "invoice", "invoicenumber", "INV", amounts.invoice))
    writer.put("task", records.activities(made, "task", words.TASKS, 2, amounts.task))
    writer.put("appointment", records.activities(made, "appointment", words.MEETINGS, 1, amounts.appointment))
    writer.put("email", records.activities(made, "email", words.MAILS, 1, amounts.email))
    writer.put("phonecall", records.activities(made, "phonecall", words.TASKS, 1, amounts.phonecall))
    writer.put("annotation", records.notes(made, amounts.annotation))
    writer.put("knowledgearticle", records.articles(made, amounts.knowledgearticle))
    writer.put("msdyn_workorder", records.work_orders(made, amounts.workorder))
    writer.put("contoso_visit", records.visits(made, amounts.visit, names))


def _with_primary_contact(rows: list[Row], made: Records) -> Iterator[Row]:
    """The n-th contact works for the n-th account."""
    for number, row in enumerate(rows):
        yield {**row, "primarycontactid": made.future_key("contact", number)}


def _fill_views(writer: _Writer, made: Records, stamp: Row) -> None:
    writer.put("savedquery", views.view_rows(stamp))
    view = views.PERSONAL_VIEW
    writer.put("userquery", [{
        "userqueryid": stable_guid("userquery", made.environment, view.key), "name": view.name,
        "fetchxml": views.fetch_xml(view), "layoutxml": views.layout_xml(view), "querytype": 0,
        "returnedtypecode": view.table, "statecode": 0, "statuscode": 1, **made.owned_by("Claire"),
    }])  # fmt: skip
    writer.put("appmodule", (
        {"appmoduleid": app.id, "appmoduleidunique": app.id, "name": app.name, "name__fr": app.french,
         "uniquename": app.unique_name, "clienttype": 4, "url": None, "appmoduleversion": "1.0.0.0",
         "componentstate": 0, "publishedon": stamp["modifiedon"], "ismanaged": int(app.managed), "isdefault": 0,
         "statecode": 0, "statuscode": 1, **stamp}
        for app in views.APPS
    ))  # fmt: skip
    writer.put("appmodulecomponent", views.component_rows())
    writer.put("sitemap", (
        {"sitemapid": stable_guid("sitemap", app.unique_name), "sitemapname": app.name,
         "sitemapnameunique": app.unique_name, "sitemapxml": views.site_map_xml(app), "isappaware": 1, **stamp}
        for app in views.APPS
    ))  # fmt: skip
    roles = ("Salesperson", "Sales Manager", "Customer Service Representative", "CSR Manager", "System Administrator",
             "System Customizer")  # fmt: skip
    writer.put("appmoduleroles", (
        {"appmoduleroleid": stable_guid("approle", made.environment, app.unique_name, role), "appmoduleid": app.id,
         "roleid": security.role_id(made.environment, role, "root")}
        for app in views.APPS for role in roles
    ))  # fmt: skip


def _site(made: Records, key: str, name: str, address: str, *, default: bool, active: bool) -> Row:
    return {
        "sharepointsiteid": stable_guid("sharepointsite", made.environment, key), "name": name,
        "absoluteurl": address, "isdefault": int(default), "isgridpresent": 0, "ispowerbisite": 0, "servicetype": 0,
        "validationstatus": 4, "validationstatuserrorcode": 2, "statecode": 0 if active else 1,
        "statuscode": 1 if active else 2, **made.owned_by("Priya"),
    }  # fmt: skip


def _location(made: Records, key: str, name: str, **more: Any) -> Row:
    """Rows of one shape: a relative or an absolute address, a parent or none, a record or none."""
    return {
        "sharepointdocumentlocationid": stable_guid("location", made.environment, key), "name": name,
        "absoluteurl": None, "relativeurl": None, "parentsiteorlocation": None, "parentsiteorlocation__table": None,
        "parentsiteorlocationtypecode": None, "regardingobjectid": None, "regardingobjectid__table": None,
        "regardingobjecttypecode": None, "servicetype": 0, "locationtype": 0, "statecode": 0, "statuscode": 1,
        **made.owned_by("Priya"), **more,
    }  # fmt: skip


def _below(kind: str, parent_id: str) -> Row:
    return {
        "parentsiteorlocation": parent_id,
        "parentsiteorlocation__table": kind,
        "parentsiteorlocationtypecode": kind,
    }


def _regarding(table: str, record_id: str) -> Row:
    return {"regardingobjectid": record_id, "regardingobjectid__table": table, "regardingobjecttypecode": table}


def _fill_sales_sites(estate: Estate, writer: _Writer, made: Records) -> None:
    """A default site, a library for each of two tables, and folders of the records everybody opens."""
    site = _site(made, "default", "Default Site", CRM_SITE, default=True, active=True)
    writer.put("sharepointsite", [site])
    rows: list[Row] = []
    for table, name in (("account", "Northwind Traders"), ("opportunity", "Northwind renewal")):
        library = _location(made, table, "Documents on Default Site 1", relativeurl=table,
                            **_below("sharepointsite", site["sharepointsiteid"]))  # fmt: skip
        record = made.ids[table][0]
        folder = f"{name}_{record.replace('-', '').upper()}"
        rows.append(library)
        rows.append(_location(made, f"{table}/0", "Documents on Default Site 1", relativeurl=folder,
                              **_below("sharepointdocumentlocation", library["sharepointdocumentlocationid"]),
                              **_regarding(table, record)))  # fmt: skip
        _put_files(estate, table, folder, name)
    writer.put("sharepointdocumentlocation", rows)


def _put_files(estate: Estate, library: str, folder: str, name: str) -> None:
    """Two files in a record's folder, when the site is there."""
    site = sites.find_site_by_path(estate, "/sites/crm")
    if site is None:
        return
    drives = {drive.url_name: drive for drive in sites.list_drives(estate, site.id)}
    drive = drives.get(library) or sites.create_library(estate, site, library.capitalize(), library)
    author = Author(person("Claire").id)
    place = filing.ensure_folder(estate, files.root_item(estate, drive), folder, author)
    for title, content in (
        (f"{name} – résumé.docx", word_document(name, "Résumé du dossier.")),
        (f"{name} – offer.pdf", pdf_document(f"{name}: offer")),
    ):
        filing.write_file(estate, place, title, filing.store_content(estate, content), author)


def _fill_service_sites(writer: _Writer, made: Records) -> None:
    """Every cause of 800503ca beside OneDrive: an active site, an inactive one, locations with an absolute address."""
    active = _site(
        made, "old", "Service client", f"https://{SHAREPOINT_HOST}/sites/service", default=False, active=True
    )
    closed = _site(made, "older", "Archives", f"https://{SHAREPOINT_HOST}/sites/archives", default=False, active=False)
    writer.put("sharepointsite", [active, closed])
    writer.put("sharepointdocumentlocation", [
        _location(made, f"absolute/{number}", f"Dossier {number + 1}",
                  absoluteurl=f"https://{SHAREPOINT_HOST}/sites/service/incident/dossier-{number + 1}",
                  **_regarding("incident", made.ids["incident"][number]))
        for number in range(2)
    ])  # fmt: skip


def _share_some(writer: _Writer, made: Records, stamp: Row) -> None:
    """The deal of the demonstration is shared with a service agent; some accounts are shared for reading."""
    sofia = security.user_id(made.environment, person("Sofia"))
    shared = [("opportunity", made.ids["opportunity"][0], 1)]
    shared += [("account", account, 3) for account in made.ids["account"][1:6]]
    writer.put("principalobjectaccess", (
        {"principalobjectaccessid": stable_guid("share", row_id, sofia), "objectid": row_id, "objecttypecode": table,
         "principalid": sofia, "principaltypecode": "systemuser", "accessrightsmask": mask,
         "inheritedaccessrightsmask": 0, "changedon": stamp["modifiedon"]}
        for table, row_id, mask in shared
    ))  # fmt: skip
