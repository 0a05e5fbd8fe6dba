"""Contoso's teams with their channels, people, files, conversations, and the app catalogue."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from liaison.tenant.estate import Estate, apps, channels, files, filing, groups, messages, sites, teamwork
from liaison.tenant.estate.apps import CatalogueApp
from liaison.tenant.estate.channels import Channel, NewChannel
from liaison.tenant.estate.files import Author, DriveItem
from liaison.tenant.estate.sites import stable_item_id
from liaison.tenant.seeds.company import (
    DELEGATED_APP_ID,
    DOMAIN,
    DYNAMICS_TEAMS_APP_ID,
    LIAISON_MANIFEST_ID,
    TEAMS,
    TENANT_NAME,
    SeedTeam,
    person,
    stable_guid,
)
from liaison.tenant.seeds.documents import pdf_document, word_document, workbook
from liaison.tenant.seeds.reporting import seed_managers

# The catalogue gives an app of the organisation an id of its own; the manifest's id becomes its `externalId`.
LIAISON_CATALOGUE_ID = stable_guid("catalogue", "liaison")
# The site that Dataverse uses for documents of records without a team.
CRM_SITE_PATH = "/sites/crm"

_VIEWER = "com.microsoft.teamspace.tab.file.staticviewer"


@dataclass(frozen=True)
class SeedFile:
    """A file by team key, path below the library's root, author's given name and content."""

    team: str
    path: str
    author: str
    content: bytes


@dataclass(frozen=True)
class SeedPost:
    team: str
    channel: str
    author: str
    text: str
    replies: tuple[tuple[str, str], ...] = ()


_FORECAST = "Mois;Pipeline;Engagé\nJanvier;412000;180000\nFévrier;398500;212000\nMars;455000;240500\n"
_ESCALATIONS = (
    "Case,Customer,Opened,Severity\nCAS-01042,Adventure Works,2026-02-11,A\nCAS-01077,Fabrikam,2026-02-20,B\n"
)

FILES: tuple[SeedFile, ...] = (
    SeedFile(
        "ventes-europe",
        "General/Plan de vente 2026.docx",
        "Priya",
        word_document("Plan de vente 2026", "Objectif : 4,2 M€ signés sur l'Europe du Sud."),
    ),
    SeedFile(
        "ventes-europe", "General/Organisation de l'équipe.pdf", "Claire", pdf_document("Organisation de l'équipe")
    ),
    SeedFile(
        "ventes-europe",
        "Grands comptes/Northwind/Compte rendu 12 février.docx",
        "Claire",
        word_document("Compte rendu du 12 février", "Présents : Claire, Oliver. Prochaine étape : le devis."),
    ),
    SeedFile(
        "ventes-europe",
        "Grands comptes/Northwind/Devis révisé.xlsx",
        "Oliver",
        workbook((("Article", "Quantité", "Prix"), ("Licence", "120", "9 600"), ("Formation", "4", "3 200"))),
    ),
    SeedFile(
        "ventes-europe",
        "Grands comptes/Liste des comptes.csv",
        "Hugo",
        b"Compte;Pays;Responsable\nNorthwind Traders;France;Claire\nTailspin Toys;Belgique;Hugo\n",
    ),
    SeedFile("ventes-europe", "Prévisions/Prévisions T1.csv", "Priya", _FORECAST.encode()),
    SeedFile(
        "ventes-europe",
        "Prévisions/Hypothèses & risques.txt",
        "Priya",
        "Hypothèses : taux de change stable, deux recrutements au printemps.\n".encode(),
    ),
    SeedFile(
        "ventes-europe",
        "Renewals/Renewal calendar 2026.xlsx",
        "Emma",
        workbook((("Account", "Date"), ("Adventure Works", "2026-04-01"), ("Wide World", "2026-06-15"))),
    ),
    SeedFile("ventes-europe", "Renewals/Price letter.pdf", "Emma", pdf_document("Price letter 2026")),
    SeedFile(
        "northwind",
        "General/Kick-off notes.docx",
        "Claire",
        word_document("Kick-off notes", "Goals, people, and the plan for the first month."),
    ),
    SeedFile(
        "northwind",
        "General/Contacts Northwind.csv",
        "Oliver",
        b"Name,Role,Phone\nAna Trujillo,Purchasing,+33 1 55 01 02 03\nPaolo Accorti,IT,+39 011 498 8260\n",
    ),
    SeedFile("northwind", "Contract/Master agreement.pdf", "Claire", pdf_document("Master agreement")),
    SeedFile(
        "northwind",
        "Contract/Annexes/Annexe 1 – Services.docx",
        "Claire",
        word_document("Annexe 1", "Services compris dans l'abonnement."),
    ),
    SeedFile(
        "northwind",
        "Contract/Annexes/Annexe 2 – Tarifs.xlsx",
        "Oliver",
        workbook((("Service", "Tarif"), ("Support", "1 200"), ("Hébergement", "800"))),
    ),
    SeedFile(
        "northwind",
        "Onboarding/Checklist.md",
        "Lukas",
        b"# Onboarding checklist\n\n- [x] Accounts created\n- [ ] First training\n- [ ] Go-live review\n",
    ),
    SeedFile("northwind", "Onboarding/Training deck.pdf", "Lukas", pdf_document("Training deck")),
    SeedFile(
        "support",
        "General/On-call rota.xlsx",
        "Daniel",
        workbook((("Week", "Agent"), ("10", "Sofia"), ("11", "Daniel"), ("12", "Nadia"))),
    ),
    SeedFile("support", "Escalations/Escalations 2026.csv", "Sofia", _ESCALATIONS.encode()),
    SeedFile(
        "support",
        "Escalations/CAS-01042 timeline.docx",
        "Sofia",
        word_document("CAS-01042", "What happened, hour by hour."),
    ),
    SeedFile("support", "VIP/Greeting script.txt", "Daniel", b"Thank you for calling Contoso. How may I help you?\n"),
    SeedFile("marketing", "General/Charte graphique.pdf", "Anaïs", pdf_document("Charte graphique")),
    SeedFile(
        "marketing",
        "Salon 2027/Budget du stand.xlsx",
        "Anaïs",
        workbook((("Poste", "Montant"), ("Surface", "18 000"), ("Mobilier", "6 500"), ("Traiteur", "3 900"))),
    ),
    SeedFile(
        "marketing",
        "Salon 2027/Programme prévisionnel.docx",
        "Emma",
        word_document("Programme prévisionnel", "Trois jours, douze interventions."),
    ),
    SeedFile("direction", "General/Ordre du jour.docx", "Nadia", word_document("Ordre du jour", "1. Budget 2. Sites")),
)

PRIVATE_FILES: tuple[SeedFile, ...] = (
    SeedFile("ventes-europe", "Marge minimale.xlsx", "Claire", workbook((("Client", "Marge"), ("Northwind", "18 %")))),
    SeedFile("ventes-europe", "Stratégie/Position de repli.txt", "Priya", b"Remise maximale : 12 %.\n"),
)

POSTS: tuple[SeedPost, ...] = (
    SeedPost(
        "ventes-europe",
        "General",
        "Priya",
        "Bonjour à tous, le plan 2026 est dans les fichiers du canal.",
        (("Hugo", "Merci, je le lis ce matin."),),
    ),
    SeedPost(
        "ventes-europe",
        "Grands comptes",
        "Claire",
        "Northwind a confirmé la réunion de jeudi.",
        (("Oliver", "Great, I will bring the revised quote."), ("Claire", "Parfait.")),
    ),
    SeedPost("northwind", "General", "Claire", "Welcome Lukas! Everything about the account lives in this team."),
    SeedPost("northwind", "Contract", "Oliver", "Legal sent two remarks on the annexes."),
    SeedPost(
        "support",
        "Escalations",
        "Sofia",
        "CAS-01042 is with engineering since this morning.",
        (("Daniel", "I will call the customer at 3 pm."),),
    ),
    SeedPost("marketing", "Salon 2027", "Anaïs", "Le stand est réservé : hall 4, allée C."),
)

PRIVATE_CHANNEL = ("ventes-europe", "Négociations", ("Claire", "Priya"))


def catalogue() -> tuple[CatalogueApp, ...]:
    """The apps that Contoso's catalogue offers. Source: Graph v1.0, concepts/teams-configuring-builtin-tabs.md"""
    built_in = {
        "com.microsoft.teamspace.tab.web": "Website",
        "com.microsoft.teamspace.tab.files.sharepoint": "Document Library",
        f"{_VIEWER}.word": "Word",
        f"{_VIEWER}.excel": "Excel",
        f"{_VIEWER}.powerpoint": "PowerPoint",
        f"{_VIEWER}.pdf": "PDF",
        "com.microsoft.teamspace.tab.planner": "Planner",
        "com.microsoft.teamspace.tab.wiki": "Wiki",
        "com.microsoft.teamspace.tab.powerbi": "Power BI",
        "com.microsoftstream.embed.skypeteamstab": "Stream",
        "2a527703-1f6f-4559-a332-d8a7d288cd88": "SharePoint",
        "0d820ecd-def2-4297-adad-78056cde7c78": "OneNote",
        "81fef3a6-72aa-4648-a763-de824aeafb7d": "Forms",
    }
    return (
        *(
            CatalogueApp(app_id, app_id, name, "store", "1.0", "configurable", f"{name} tab", built_in=True)
            for app_id, name in built_in.items()
        ),
        CatalogueApp(
            DYNAMICS_TEAMS_APP_ID,
            DYNAMICS_TEAMS_APP_ID,
            "Dynamics 365",
            "store",
            "1.7.0",
            "configurable",
            "Collaborate on Dynamics 365 records",
            client_app_id="44a02aaa-7145-4925-9dcd-79e6e1b94eff",
        ),
        CatalogueApp(
            LIAISON_CATALOGUE_ID,
            LIAISON_MANIFEST_ID,
            "Liaison",
            "organization",
            "1.0.0",
            "configurable",
            "Records and channels together",
            "Links CRM records to channels and their files.",
            client_app_id=DELEGATED_APP_ID,
        ),
        CatalogueApp(
            stable_guid("catalogue", "lunch"),
            stable_guid("manifest", "lunch"),
            "Menu de la cantine",
            "organization",
            "2.1.0",
            "static",
            "What is for lunch",
        ),
    )


def seed(estate: Estate, scale: int = 0) -> None:
    """Fill an empty estate with Contoso's teams, sites, files, posts and apps; `scale` adds one account team for
    every thousand."""
    seed_managers(estate)
    for app in catalogue():
        apps.publish_app(estate, app)
    sites.create_site(estate, "", TENANT_NAME, collection_id=stable_guid("site", "root"))
    sites.create_site(estate, CRM_SITE_PATH, "Dynamics 365", collection_id=stable_guid("site", "crm"))
    for team in TEAMS:
        _create_team(estate, team)
    _create_private_channel(estate)
    for one in FILES:
        _write_file(estate, _library_root(estate, stable_guid("team", one.team)), one)
    for post in POSTS:
        _write_post(estate, post)
    for number in range(1, scale // 1000 + 1):
        _create_team(estate, _account_team(number))


def channel_id(team_key: str, name: str) -> str:
    """The id of a seeded channel."""
    return f"19:{stable_guid('channel', team_key, name).replace('-', '')}@thread.tacv2"


def primary_channel_id(team_key: str) -> str:
    """The id of a seeded team's primary channel, in the newer and longer form."""
    digest = hashlib.sha256(stable_guid("primary", team_key).encode()).digest()
    return f"19:{base64.urlsafe_b64encode(digest).decode()[:43]}1@thread.tacv2"


def _create_team(estate: Estate, seeded: SeedTeam) -> None:
    nickname = groups.nickname_of(seeded.name)
    group = groups.create_group(
        estate,
        groups.Group(
            seeded.id, seeded.name, seeded.description, nickname, f"{nickname}@{DOMAIN}", None, seeded.visibility
        ),
        collection_id=stable_guid("site", seeded.key),
    )
    for given in seeded.owners:
        groups.add_person(estate, group.id, person(given).id, "owners")
    for given in seeded.owners + seeded.members:
        groups.add_person(estate, group.id, person(given).id, "members")
    team = teamwork.create_team(
        estate, group, first_channel=seeded.channels[0], channel_id=primary_channel_id(seeded.key)
    )
    for name in seeded.channels[1:]:
        channels.create_channel(estate, NewChannel(team.id, name), channel_id(seeded.key, name))
    root = _library_root(estate, team.id)
    for channel in channels.list_channels(estate, team.id):
        _give_folder(estate, seeded.key, channel, root)


def _give_folder(estate: Estate, team_key: str, channel: Channel, root: DriveItem) -> None:
    """Make the channel's folder with an id that is the same in every seed."""
    filing.create_folder(
        estate, root, channel.folder_name, Author(), item_id=stable_item_id(team_key, channel.folder_name)
    )
    channels.ask_for_files_folder(estate, channel)


def _create_private_channel(estate: Estate) -> None:
    team_key, name, people = PRIVATE_CHANNEL
    new = NewChannel(stable_guid("team", team_key), name, "Conditions commerciales en cours", "private")
    channel = channels.create_channel(estate, new, channel_id(team_key, name))
    for given in people:
        channels.put_in_channel(estate, channel, person(given).id, owner=given == people[0])
    folder = channels.ask_for_files_folder(estate, channel)
    if folder is not None:
        for one in PRIVATE_FILES:
            _write_file(estate, folder, one)


def _write_file(estate: Estate, root: DriveItem, seeded: SeedFile) -> None:
    by = Author(person(seeded.author).id)
    folders, _, name = seeded.path.rpartition("/")
    folder = filing.ensure_folder(estate, root, folders, by)
    filing.write_file(
        estate,
        folder,
        name,
        filing.store_content(estate, seeded.content),
        by,
        item_id=stable_item_id(root.drive_id, seeded.path),
    )


def _write_post(estate: Estate, seeded: SeedPost) -> None:
    team_id = stable_guid("team", seeded.team)
    found = next(one for one in channels.list_channels(estate, team_id) if one.display_name == seeded.channel)
    post = messages.post_message(
        estate, team_id, found.id, messages.NewMessage(person(seeded.author).id, f"<p>{seeded.text}</p>", "html")
    )
    for given, text in seeded.replies:
        reply = messages.NewMessage(person(given).id, f"<p>{text}</p>", "html", reply_to=post.id)
        messages.post_message(estate, team_id, found.id, reply)


def _library_root(estate: Estate, group_id: str) -> DriveItem:
    site = sites.find_group_site(estate, group_id)
    if site is None:
        raise LookupError(group_id)
    return files.root_item(estate, sites.default_drive(estate, site.id))


def _account_team(number: int) -> SeedTeam:
    owner = ("Claire", "Oliver", "Hugo", "Emma")[number % 4]
    return SeedTeam(
        f"account-{number:04}",
        f"Account {number:04}",
        "Account team",
        "Private",
        (owner,),
        ("Priya",),
        ("General", "Deals"),
    )
