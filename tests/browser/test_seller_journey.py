"""The seller's journey in English and in French, by the labels alone: from Get started to a disconnected channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from liaison.tenant.seeds import company
from tests.browser.person import SALES, Person, person_at
from tests.browser.teams_client import Teams, teams_at
from tests.contract.demo_process import Demo, running_demo

Words = dict[str, str]
Opener = Callable[[str], Person]

WORDS: dict[str, Words] = {
    "en": {
        "get_started": "Get started",
        "new_team": "Create a new team",
        "team_name": "Team name",
        "blocked": "Your organization does not allow this name",
        "full_name": "Its full name will be “GRP Deals {number}”.",
        "allow": "Allow for yourself…",
        "agree": "Set labels on behalf of others",
        "label": "Sensitivity label",
        "labelled_by": "Nadia Benali sets the label on your behalf.",
        "next": "Next",
        "find_partners": "Find partner organizations",
        "allowed": "is allowed now",
        "shared_channel": "Shared channel",
        "partners": "People of partner organizations",
        "nobody": "No organization has this address",
        "blocked_partner": "a cross-tenant access policy of one of the two organizations blocks it",
        "unseen_by_partners": "nothing of Dynamics 365",
        "new_channel": "Create a new channel",
        "channel_name": "Channel name",
        "forbidden": "This channel name cannot be used",
        "use": "Use “Deal 2026”",
        "usable": "“Deal 2026” can be used.",
        "private": "Private channel",
        "files": "Only the people of the private channel see its files",
        "members": "Add members",
        "shared": "shared with",
        "search": "Search people",
        "guest": "but not the record",
        "review": "Review",
        "earlier": "Earlier files",
        "show_both": "Show both",
        "copy": "Copy into the channel",
        "move": "Move into the channel",
        "copied": "Earlier files copied into the channel: 6 of 6",
        "stay": "Copied files that stay in Contract: 6.",
        "everywhere": "All locations",
        "teams_files": "Files",
        "finish": "Finish",
        "waiting": "Waiting for the channel’s file library",
        "open_channel": "Open channel",
        "undo": "Undo",
        "back": "Back to record",
        "all": "All connected channels",
        "start": "Start collaboration",
        "another": "Create a new connection",
        "no_files": "You don’t have permissions to view files in this location: Deal 2026.",
        "join": "Join",
        "asked": "You asked to join on",
        "approve": "Approve",
        "approved": "Approved",
        "share": "Share the view with the channel’s people",
        "disconnect": "Disconnect",
        "tab_too": "Remove the tab too",
        "timeline": "Timeline",
        "undone": "Undone",
    },
    "fr": {
        "get_started": "Commencer",
        "new_team": "Créer une équipe",
        "team_name": "Nom de l’équipe",
        "blocked": "Votre organisation n’autorise pas ce nom",
        "full_name": "Son nom complet sera « GRP Deals {number} ».",
        "allow": "Autoriser pour vous-même…",
        "agree": "Définir les étiquettes au nom des autres",
        "label": "Étiquette de confidentialité",
        "labelled_by": "Nadia Benali définit l’étiquette pour vous.",
        "next": "Suivant",
        "find_partners": "Trouver les organisations partenaires",
        "allowed": "c’est maintenant autorisé",
        "shared_channel": "Canal partagé",
        "partners": "Personnes d’organisations partenaires",
        "nobody": "Aucune organisation n’a cette adresse",
        "blocked_partner": "une stratégie d’accès entre clients de l’une des deux organisations l’empêche",
        "unseen_by_partners": "rien de Dynamics 365",
        "new_channel": "Créer un canal",
        "channel_name": "Nom du canal",
        "forbidden": "Ce nom de canal ne peut pas être utilisé",
        "use": "Utiliser « Deal 2026 »",
        "usable": "« Deal 2026 » peut être utilisé.",
        "private": "Canal privé",
        "files": "Seules les personnes du canal privé voient ses fichiers",
        "members": "Ajouter des membres",
        "shared": "partagé avec",
        "search": "Rechercher des personnes",
        "guest": "mais pas l’enregistrement",
        "review": "Vérification",
        "earlier": "Fichiers antérieurs",
        "show_both": "Afficher les deux",
        "copy": "Copier dans le canal",
        "move": "Déplacer dans le canal",
        "copied": "Fichiers antérieurs copiés dans le canal : 6 sur 6",
        "stay": "Fichiers copiés qui restent dans Contract : 6.",
        "everywhere": "Tous les emplacements",
        "teams_files": "Fichiers",
        "finish": "Terminer",
        "waiting": "En attente de la bibliothèque de fichiers du canal",
        "open_channel": "Ouvrir le canal",
        "undo": "Annuler la connexion",
        "back": "Retour à l’enregistrement",
        "all": "Tous les canaux connectés",
        "start": "Démarrer la collaboration",
        "another": "Créer une connexion",
        "no_files": "Vous n’êtes pas autorisé à afficher les fichiers de cet emplacement : Deal 2026.",
        "join": "Rejoindre",
        "asked": "Vous avez demandé à rejoindre le canal le",
        "approve": "Approuver",
        "approved": "Demande approuvée",
        "share": "Partager la vue avec les membres du canal",
        "disconnect": "Déconnecter",
        "tab_too": "Supprimer aussi l’onglet",
        "timeline": "Chronologie",
        "undone": "Annulée",
    },
}
RECORD = "Northwind renewal"
HOME = "Documents on Default Site 1"
SUMMARY = "Northwind renewal – résumé.docx"
SUPPORT = next(team for team in company.TEAMS if team.key == "support")
"""Claire is in it, and does not own it."""
VIEW = "Mes grosses affaires"


@pytest.fixture(scope="module", params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory, language: str) -> Iterator[Demo]:
    """A demo of its own for each language: enhanced is on, names follow a policy, libraries take their time."""
    with running_demo(tmp_path_factory.mktemp(language)) as demo:
        demo.grant_consent()
        with demo.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            switches = {"basic": True, "enhanced": True, "labels": True, "version": version}
            nadia.put(where, json=switches).raise_for_status()
        demo.control(
            "POST",
            "/switches",
            {"graph.name_prefix": "GRP ", "graph.blocked_words": "Payroll", "graph.files_folder_delay_s": 3.0},
        )
        _put_into_support(demo, "Claire")
        yield demo


def _put_into_support(demo: Demo, given: str) -> None:
    token = demo.graph_token("Daniel", "https://graph.microsoft.com/TeamMember.ReadWriteNonOwnerRole.All")
    member = {
        "@odata.type": "microsoft.graph.aadUserConversationMember",
        "roles": [],
        "user@odata.bind": f"{demo.tenant}/v1.0/users('{company.person(given).id}')",
    }
    asked = f"{demo.tenant}/v1.0/teams/{SUPPORT.id}/members/add"
    answer = httpx2.post(asked, json={"values": [member]}, headers={"Authorization": f"Bearer {token}"}, timeout=30.0)
    assert answer.is_success, answer.text


@pytest.fixture
def teams(chromium: Browser, journey: Demo, language: str) -> Iterator[Teams]:
    with teams_at(chromium, journey, language) as client:
        yield client


@pytest.fixture
def open_as(chromium: Browser, journey: Demo, language: str) -> Iterator[Opener]:
    with ExitStack() as stack:

        def opened(given: str, **options: Any) -> Person:
            locale = f"{language}-{language.upper() if language == 'fr' else 'GB'}"
            return stack.enter_context(person_at(chromium, journey, given, locale=locale, **options))

        yield opened


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    page.locator(".choice").filter(has=page.get_by_text(name, exact=True)).first.click()


def labels_in_tenant(demo: Demo, group: str) -> tuple[str, list[str]]:
    """Who may see the group of that name, and its labels, as Microsoft's directory has them."""
    token = demo.graph_token("Nadia", "https://graph.microsoft.com/Group.Read.All")
    query = {"$filter": f"displayName eq '{group}'", "$select": "visibility,assignedLabels"}
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.get(f"{demo.tenant}/v1.0/groups", params=query, headers=headers).raise_for_status()
    (found,) = answer.json()["value"]
    return found["visibility"], [label["displayName"] for label in found["assignedLabels"]]


@pytest.mark.statement("F34", "S54")
def test_an_administrator_agrees_to_set_labels_for_others(open_as: Opener, language: str) -> None:
    words, nadia = WORDS[language], open_as("Nadia")
    page = nadia.open(f"/power-apps/environments/{SALES}/settings/teams-integration")
    page.get_by_role("link", name=words["allow"]).click()
    nadia.go_through_sign_in()
    page.get_by_role("button", name=words["agree"]).click()
    expect(page.locator(".labeller")).to_contain_text("Nadia Benali")


@pytest.mark.statement("F15", "F17", "F27", "F28", "F34", "F30", "F32", "F47", "F50", "F56", "S31", "S54")
def test_a_new_team_channel_and_members_from_get_started_to_the_open_channel(open_as: Opener, language: str) -> None:
    words, seller = WORDS[language], open_as("Claire")
    page = seller.open_record(RECORD)
    seller.open_collaborate()
    page.get_by_role("link", name=words["get_started"]).click()
    choose(page, words["new_team"])
    page.get_by_label(words["team_name"]).fill("Payroll deals")
    expect(page.locator("#team-name-said")).to_contain_text(words["blocked"])
    expect(page.get_by_role("button", name=words["next"], exact=True)).to_be_disabled()
    page.get_by_label(words["team_name"]).fill(f"Deals {language}")
    expect(page.locator("#team-name-said")).to_contain_text(words["full_name"].format(number=language))
    page.get_by_label(words["label"]).select_option(label="Confidentiel")
    expect(page.locator("#labelled-by")).to_have_text(words["labelled_by"])
    press(page, words["next"])
    choose(page, words["new_channel"])
    page.get_by_label(words["channel_name"]).fill("Deal / 2026")
    expect(page.locator("#channel-name-said")).to_contain_text(words["forbidden"])
    press(page, words["use"])
    expect(page.locator("#channel-name-said")).to_contain_text(words["usable"])
    kind = page.locator(".kind", has_text=words["private"])
    expect(kind).to_contain_text(words["files"])
    kind.click()
    press(page, words["next"])
    expect(page.get_by_role("heading", name=words["members"])).to_be_visible()
    people = page.locator("#people")
    expect(people).to_contain_text(words["shared"])
    page.get_by_role("searchbox", name=words["search"]).press_sequentially("Lukas")
    guest = page.locator("#found .choice", has_text="Lukas Weber")
    expect(guest).to_contain_text(words["guest"])
    guest.click()
    expect(people).to_contain_text("Lukas Weber")
    people.locator(".choice").first.click()
    press(page, words["next"])
    expect(page.get_by_role("heading", name=words["review"])).to_be_visible()
    review = page.locator(".panel-content")
    said_of_label = f"{words['label']} Confidentiel"
    new = (f"GRP Deals {language}", said_of_label, "Deal 2026", "Lukas Weber")
    for said in (*new, words["files"], words["earlier"], HOME):
        expect(review).to_contain_text(said)
    for choice in ("show_both", "copy", "move"):
        offered = page.get_by_role("radio", name=words[choice])
        expect(offered).to_be_checked(checked=choice == "show_both")
    press(page, words["finish"])
    expect(page.locator(".steps .waiting")).to_contain_text(words["waiting"])
    expect(page.get_by_role("link", name=words["open_channel"])).to_be_visible(timeout=60_000)
    expect(page.locator(".steps li.done")).to_have_count(10)
    expect(page.get_by_role("button", name=words["undo"])).to_be_visible()
    assert labels_in_tenant(seller.demo, f"GRP Deals {language}") == ("Private", ["Confidentiel"])


@pytest.mark.statement("F38", "F39", "F40", "F43", "S27")
def test_the_channel_shows_the_record_and_files_go_both_ways(open_as: Opener, teams: Teams, language: str) -> None:
    """What the record had before has not moved: it is shown beside the channel's, each file with its place."""
    words, seller = WORDS[language], open_as("Claire")
    teams.open_channel("Claire", "Deal 2026", f"GRP Deals {language}")
    expect(teams.open_tab(RECORD).locator('[data-field="title"]')).to_have_text(RECORD)
    page = seller.open_record(RECORD)
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.locator(".places .open")).to_contain_text("Deal 2026")
    page.set_input_files("#upload-input", [text_file("Offre.txt")])
    expect(page.locator(".file-grid")).to_contain_text("Offre.txt")
    files = open_files(teams, words)
    expect(files.get_by_role("link", name="Offre.txt")).to_be_visible()
    expect(files.get_by_text(SUMMARY)).to_have_count(0)
    files.locator("input[type=file]").set_input_files(files=[text_file("Réponse.txt")])
    expect(files.get_by_role("link", name="Réponse.txt")).to_be_visible()
    page.reload()
    expect(page.locator(".file-grid")).to_contain_text("Réponse.txt")
    page.locator(".places a", has_text=words["everywhere"]).click()
    for name, place in (("Offre.txt", "Deal 2026"), ("Réponse.txt", "Deal 2026"), (SUMMARY, HOME)):
        expect(page.locator(".all-files tbody tr", has_text=name)).to_contain_text(place)


def text_file(name: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": name.encode()}


def open_files(teams: Teams, words: Words) -> Page:
    """The Files tab of the open channel."""
    teams.page.get_by_role("tab", name=words["teams_files"], exact=True).click()
    teams.page.locator(".files-list > :not(.skeleton)").first.wait_for()
    return teams.page


@pytest.mark.statement("F40", "S17")
def test_files_of_a_channel_one_is_not_in_are_said_to_be_closed_and_the_other_places_open(
    open_as: Opener, language: str
) -> None:
    page = open_as("Priya").open_record(RECORD)
    page.get_by_role("link", name="Documents", exact=True).click()
    page.locator(".places a", has_text="Deal 2026").click()
    expect(page.locator(".files")).to_contain_text(WORDS[language]["no_files"])
    page.locator(".places a", has_text="Default Site").click()
    expect(page.locator(".files .file-name").first).to_be_visible()


@pytest.mark.statement("F18", "F20", "F23", "S54")
def test_a_colleague_outside_the_team_asks_to_join_and_the_owner_approves(open_as: Opener, language: str) -> None:
    words, colleague, owner = WORDS[language], open_as("Priya"), open_as("Claire")
    page = colleague.open_record(RECORD)
    colleague.open_collaborate()
    press(page, f"{words['join']} – Deal 2026")
    expect(page.locator(".connection")).to_contain_text(words["asked"])
    theirs = owner.open_record(RECORD)
    expect(theirs.locator(".site-map .count")).to_contain_text("1")
    owner.open_collaborate()
    press(theirs, f"{words['approve']} – Priya Raman")
    expect(theirs.locator(".message.success")).to_contain_text(words["approved"])
    page = colleague.open_record(RECORD)
    colleague.open_collaborate()
    expect(page.get_by_role("link", name=re.compile(words["start"]))).to_be_visible()


@pytest.mark.statement("F18", "S31")
def test_a_second_channel_of_a_team_that_one_does_not_own_has_no_step_for_members(
    open_as: Opener, language: str
) -> None:
    words, seller = WORDS[language], open_as("Claire")
    page = seller.open_record(RECORD)
    seller.open_collaborate()
    expect(page.locator(".connection")).to_contain_text("Deal 2026")
    page.get_by_role("link", name=words["another"]).click()
    choose(page, SUPPORT.name)
    press(page, words["next"])
    choose(page, "VIP")
    press(page, words["next"])
    expect(page.get_by_role("heading", name=words["review"])).to_be_visible()
    press(page, words["finish"])
    expect(page.get_by_role("link", name=words["open_channel"])).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=words["back"]).click()
    page.get_by_role("link", name="Documents", exact=True).click()
    page.locator(".places a", has_text="VIP").click()
    page.set_input_files("#upload-input", [text_file("Second.txt")])
    expect(page.locator(".file-grid")).to_contain_text("Second.txt")


@pytest.mark.statement("F30", "F43", "F56")
def test_earlier_files_are_copied_and_stay_when_the_connection_is_undone(open_as: Opener, language: str) -> None:
    """From the default site and from the channels that are this record's alone."""
    words, seller = WORDS[language], open_as("Claire")
    page = seller.open_record(RECORD)
    page.goto(page.url.split("?")[0] + "/collaborate")  # the panel as a page of its own
    page.get_by_role("link", name=words["another"]).click()
    choose(page, "Northwind account")
    press(page, words["next"])
    choose(page, "Contract")
    press(page, words["next"])
    expect(page.get_by_role("heading", name=words["members"])).to_be_visible()
    press(page, words["next"])
    page.get_by_text(words["copy"], exact=True).click()
    press(page, words["finish"])
    expect(page.locator(".steps li.done").last).to_have_text(re.compile(words["copied"]), timeout=60_000)
    press(page, words["undo"])
    expect(page.locator(".progress-line")).to_contain_text(words["undone"], timeout=60_000)
    expect(page.locator(".message.warning")).to_contain_text(words["stay"])


@pytest.mark.statement("F24", "F25", "S30", "S31")
def test_a_personal_view_is_shared_before_it_is_connected_and_its_tab_shows_it_to_a_colleague(
    open_as: Opener, teams: Teams, language: str
) -> None:
    words, seller = WORDS[language], open_as("Claire")
    page = seller.open_table("Opportunities|Opportunités")
    page.locator(".view-selector").click()
    page.locator("#view-menu").get_by_role("link", name=VIEW).click()
    seller.open_collaborate()
    page.get_by_role("link", name=words["get_started"]).click()
    choose(page, "Northwind account")
    press(page, words["next"])
    choose(page, "Onboarding")
    press(page, words["next"])
    share = page.get_by_role("checkbox", name=words["share"])
    expect(share).to_be_visible()
    press(page, words["finish"])
    expect(share).to_be_visible()  # the browser asks for the consent first
    share.check()
    press(page, words["finish"])
    expect(page.get_by_role("link", name=words["open_channel"])).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=words["all"]).click()
    expect(page.locator(".connection")).to_contain_text("Onboarding")
    teams.open_channel("Oliver", "Onboarding", "Northwind account")
    tab = teams.open_tab(VIEW)
    expect(tab.locator('[data-view="name"]')).to_have_text(VIEW)
    expect(tab.locator(".grid tbody tr")).not_to_have_count(0)


@pytest.mark.statement("F21")
def test_the_second_channel_is_disconnected_its_file_stays_and_the_timeline_says_both(
    open_as: Opener, teams: Teams, language: str
) -> None:
    words, seller = WORDS[language], open_as("Claire")
    page = seller.open_record(RECORD)
    seller.open_collaborate()
    page.get_by_role("link", name=f"{words['disconnect']} – VIP").click()
    expect(page.get_by_role("checkbox", name=words["tab_too"])).to_be_checked()
    page.locator("dialog").get_by_role("button", name=words["disconnect"]).click()
    expect(page.locator(".steps li.done")).to_have_count(4, timeout=60_000)
    page.get_by_role("link", name=words["back"]).click()
    page.get_by_role("link", name=words["timeline"], exact=True).click()
    expect(page.locator(".timeline h3", has_text="VIP")).to_have_count(2)
    teams.open_channel("Claire", "VIP", SUPPORT.name)
    expect(open_files(teams, words).get_by_role("link", name="Second.txt")).to_be_visible()
    expect(teams.page.get_by_role("tab", name=RECORD)).to_have_count(0)


@pytest.mark.statement("F10", "F33")
def test_people_of_a_partner_organization_come_into_a_shared_channel(open_as: Opener, language: str) -> None:
    """Finding their organizations is allowed on its own; whom a policy keeps out is named."""
    words, nadia, seller = WORDS[language], open_as("Nadia"), open_as("Claire")
    page = nadia.open(f"/power-apps/environments/{SALES}/settings/teams-integration")
    page.locator("li", has_text=words["find_partners"]).get_by_role("link").click()
    nadia.go_through_sign_in()
    expect(page.locator(".message.success")).to_contain_text(words["allowed"])
    page = seller.open_record(RECORD)
    seller.open_collaborate()
    page.get_by_role("link", name=re.compile(f"^({words['get_started']}|{words['another']})$")).click()
    choose(page, "Northwind account")
    press(page, words["next"])
    choose(page, words["new_channel"])
    page.get_by_label(words["channel_name"]).fill(f"Partners {language}")
    page.locator(".kind", has_text=words["shared_channel"]).click()
    press(page, words["next"])
    partners = page.get_by_label(words["partners"])
    partners.fill("mia.keller@fabrikam.com\nsomebody@nowhere.example")
    press(page, words["next"])
    expect(page.locator("#partners-problem")).to_contain_text(words["nobody"])
    partners.fill("mia.keller@fabrikam.com\njonas.lind@adatum.com")
    press(page, words["next"])
    expect(page.locator(".panel-content")).to_contain_text(words["unseen_by_partners"])
    press(page, words["finish"])
    expect(page.get_by_role("link", name=words["open_channel"])).to_be_visible(timeout=60_000)
    expect(page.locator(".message.warning")).to_contain_text(words["blocked_partner"])
    with seller.demo.api("Claire") as api:
        links = api.get("/links").raise_for_status().json()["items"]
    link = next(one["id"] for one in links if one["channel"]["name"] == f"Partners {language}")
    shared = seller.open(f"/links/{link}").locator("section", has=page.locator("#sharing"))
    expect(shared).to_contain_text("mia.keller@fabrikam.com")
    expect(shared).not_to_contain_text("jonas.lind@adatum.com")
