"""The port `Crm` over one Dataverse environment: each topic in a module of its own, joined here."""

from __future__ import annotations

from liaison.dataverse.client import DataverseClient
from liaison.dataverse.crm_access import DataverseAccess
from liaison.dataverse.crm_following import DataverseFollowing
from liaison.dataverse.crm_forerunners import DataverseForerunners
from liaison.dataverse.crm_forms import DataverseForms
from liaison.dataverse.crm_links import DataverseLinks
from liaison.dataverse.crm_mending import DataverseMending
from liaison.dataverse.crm_naming import DataverseNaming
from liaison.dataverse.crm_people import DataversePeople
from liaison.dataverse.crm_recent import DataverseRecent
from liaison.dataverse.crm_records import DataverseRecords
from liaison.dataverse.crm_rows import DataverseRows
from liaison.dataverse.crm_settings import DataverseSettings
from liaison.dataverse.crm_sharing import DataverseSharing
from liaison.dataverse.crm_tables import DataverseTables
from liaison.dataverse.crm_view_sharing import DataverseViewSharing
from liaison.dataverse.crm_views import DataverseViews
from liaison.dataverse.desk import Desk
from liaison.dataverse.metadata import DataverseMetadata, MetadataShelf
from liaison.domain.names import Person


class DataverseCrm:
    """One environment as one person sees it, in their language.

    The port's methods are the parts' own, named here so that nothing is only passed on.
    """

    def __init__(self, client: DataverseClient, person: Person, shelf: MetadataShelf) -> None:
        language = person.language
        metadata = DataverseMetadata(client, language, shelf)
        people = DataversePeople(client, shelf)
        views = DataverseViews(client, metadata, language)
        records = DataverseRecords(client, metadata, views, language)
        desk = Desk(client, metadata, records, people, language)
        forms = DataverseForms(desk)
        recent = DataverseRecent(desk)
        links = DataverseLinks(client, metadata)
        rows = DataverseRows(client, metadata, links)
        settings = DataverseSettings(client)
        mending = DataverseMending(client)
        tables = DataverseTables(client, language, shelf)
        access = DataverseAccess(client, metadata, people)
        sharing = DataverseSharing(client, metadata)
        naming = DataverseNaming(client, metadata, language)

        self.read_person = people.read_person
        self.list_apps = people.list_apps
        self.read_table = metadata.read_table
        self.list_tables = metadata.list_tables
        self.list_views = views.list_views
        self.read_view = views.read_view
        self.read_grid = views.read_grid
        self.read_record = records.read_record
        self.find_records = records.find_records
        self.list_recent = recent.list_recent
        self.list_name_columns = naming.list_name_columns
        self.read_name_values = naming.read_name_values
        self.read_form = forms.read_form
        self.update_record = forms.update_record
        self.list_notes = records.list_notes
        self.ensure_note = records.ensure_note
        self.remove_note = records.remove_note
        self.read_switches = settings.read_switches
        self.save_switches = settings.save_switches
        self.read_labels = settings.read_labels
        self.save_labels = settings.save_labels
        self.gather_readiness = settings.gather_readiness
        self.set_onedrive = mending.set_onedrive
        self.set_site_active = mending.set_site_active
        self.read_location_content = mending.read_location_content
        self.restore_location = mending.restore_location
        self.list_table_states = tables.list_table_states
        self.read_table_state = tables.read_table_state
        self.set_teams_status = tables.set_teams_status
        self.turn_on_documents = tables.turn_on_documents
        self.find_person = access.find_person
        self.list_missing_privileges = access.list_missing_privileges
        self.can_read = access.can_read
        self.list_sharers = sharing.list_sharers
        self.find_users = sharing.find_users
        self.list_readers = sharing.list_readers
        self.read_standings = DataverseFollowing(client, metadata).read_standings
        self.list_forerunners = DataverseForerunners(client, metadata).list_forerunners
        self.list_apps_of = access.list_apps_of
        self.list_associations = links.list_associations
        self.list_channel_associations = links.list_channel_associations
        self.list_locations = links.list_locations
        self.list_folders_below = links.list_folders_below
        self.ensure_location = links.ensure_location
        self.ensure_association = links.ensure_association
        view_sharing = DataverseViewSharing(client)
        self.share_view = view_sharing.share_view
        self.unshare_view = view_sharing.unshare_view
        self.list_view_sharers = view_sharing.list_view_sharers
        self.ensure_rows = rows.ensure_rows
        self.remove_rows = rows.remove_rows
        self.remove_association = links.remove_association
        self.remove_location = links.remove_location
