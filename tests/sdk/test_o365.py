"""The PyPI client O365, unmodified but for the base address of its protocol class: teams, files, sites, people."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from O365 import Account, MSGraphProtocol

from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, VENTES

MANY = f"{EVERYTHING} ChannelMessage.ReadWrite"


@pytest.fixture
def account(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client as Claire uses it, with a token that is already there."""
    # requests lets this variable win over the client's own setting.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca))
    protocol = type("LocalProtocol", (MSGraphProtocol,), {"_protocol_url": f"{tenant.https}/"})()
    made = Account(
        ("client", "secret"), protocol=protocol, verify_ssl=str(tenant.ca), raise_http_errors=True, requests_delay=0
    )
    made.con.session = made.con.get_session(load_token=False)
    made.con.update_session_auth_header(access_token=tenant.token("Claire", MANY))
    return made


@pytest.fixture
def library(account: Any) -> Any:
    site = account.sharepoint().get_site("contoso.sharepoint.com", "/sites/VentesEurope")
    return site.get_default_document_library(request_drive=True)


def test_teams_channels_and_messages(account: Any) -> None:
    teams = account.teams()
    joined = {team.display_name: team for team in teams.get_my_teams()}
    assert set(joined) == {"Northwind account", "Ventes Europe"}
    made = teams.create_channel(VENTES, "Par O365", "Une salle")
    assert teams.get_channel(VENTES, made.object_id).description == "Une salle"
    assert "Par O365" in {channel.display_name for channel in joined["Ventes Europe"].get_channels()}
    channel = joined["Ventes Europe"].get_channel(made.object_id)
    message = channel.send_message("<b>Bonjour</b>", content_type="html")
    message.send_reply("Merci")
    assert [one.object_id for one in channel.get_messages(limit=10, batch=1)] == [message.object_id]
    assert [one.content for one in channel.get_message(message.object_id).get_replies(limit=5)] == ["Merci"]
    assert teams.get_apps_in_team(VENTES) == []
    assert teams.get_my_presence().availability == "Available"


def test_groups_and_people(account: Any) -> None:
    groups = account.groups()
    group = groups.get_group_by_mail("VentesEurope@contoso.com")
    assert group.object_id == VENTES
    assert {member.display_name for member in group.get_group_members(recursive=True)} >= {"Claire Fontaine"}
    assert {owner.display_name for owner in group.get_group_owners()} == {"Claire Fontaine", "Priya Raman"}
    directory = account.directory()
    assert len({user.full_name for user in directory.get_users(limit=20, batch=5)}) == 14
    found = directory.get_users(query=directory.new_query().startswith("displayName", "Em"))
    assert [user.display_name for user in found] == ["Emma Whitfield"]
    assert account.directory(resource="me").get_current_user().mail == "claire.fontaine@contoso.com"


def test_files_go_up_and_come_down(library: Any, tmp_path: Path) -> None:
    general = library.get_item_by_path("/General")
    folder = general.create_child_folder("O365", "Un dossier")
    (tmp_path / "petit.txt").write_bytes(b"bonjour")
    small = folder.upload_file(tmp_path / "petit.txt")
    content = bytes(range(256)) * 4000
    big = folder.upload_file(
        None, item_name="grand.bin", stream=io.BytesIO(content), stream_size=len(content), upload_in_chunks=True,
        chunk_size=327_680,
    )  # fmt: skip
    assert (small.size, big.size) == (7, len(content))
    assert big.download(to_path=tmp_path, name="en bas.bin", chunk_size=200_000)
    assert (tmp_path / "en bas.bin").read_bytes() == content
    assert small.update(name="renommé.txt")
    assert [version.object_id for version in small.get_versions()] == ["1.0"]
    assert small.move(general)
    copying = small.copy(target=folder, name="copie.txt")
    assert (list(copying.check_status()), copying.status) == ([], "completed")  # done at the first look
    assert copying.get_item().name == "copie.txt"
    assert [item.name for item in general.search("renommé", limit=5)] == ["renommé.txt"]
    assert {item.name for item in library.get_child_folders(limit=10)} == {
        "General", "Grands comptes", "Prévisions", "Renewals",
    }  # fmt: skip
    assert [item.name for item in library.get_items(limit=10, batch=2)] == [
        "General", "Grands comptes", "Prévisions", "Renewals",
    ]  # fmt: skip
    assert small.share_with_link("view", share_scope="organization").share_scope == "organization"
    assert small.share_with_invite("daniel.okafor@contoso.com", share_type="view") is not None
    assert len(list(small.get_permissions())) == 5
    (tmp_path / "tout").mkdir()
    folder.download_contents(to_folder=tmp_path / "tout")
    assert {path.name for path in (tmp_path / "tout").rglob("*.*")} == {"grand.bin", "copie.txt"}
    assert folder.delete()


def test_sites_and_lists(account: Any) -> None:
    sharepoint = account.sharepoint()
    assert {site.name for site in sharepoint.search_site("ventes")} == {"VentesEurope", "VentesEurope-Negociations"}
    site = sharepoint.get_site("contoso.sharepoint.com", "/sites/VentesEurope")
    assert [library.name for library in site.list_document_libraries()] == ["Documents"]
    assert site.get_list_by_name("Documents").display_name == "Documents"
    assert sharepoint.get_root_site().display_name == "Contoso"
