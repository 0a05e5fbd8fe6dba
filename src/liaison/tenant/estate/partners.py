"""People of other organizations in shared channels. They are no users of this directory."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.channels import Channel
from liaison.tenant.seeds.partners import PartnerPerson, find_partner

_TABLES = """
CREATE TABLE IF NOT EXISTS channel_partners (
  channel_id TEXT NOT NULL REFERENCES channels (id), person_id TEXT NOT NULL, PRIMARY KEY (channel_id, person_id)
) WITHOUT ROWID;
"""


def create_tables(estate: Estate) -> None:
    estate.db.run_script(_TABLES)


def list_partners(estate: Estate, channel_id: str) -> list[PartnerPerson]:
    """By name."""
    found = estate.db.rows("SELECT person_id FROM channel_partners WHERE channel_id = ?", (channel_id,))
    people = (find_partner(row["person_id"]) for row in found)
    return sorted((one for one in people if one is not None), key=lambda one: one.name)


def put_partner(estate: Estate, channel: Channel, person: PartnerPerson) -> None:
    """Repeatable."""
    with estate.db.change() as change:
        change.execute("INSERT OR REPLACE INTO channel_partners VALUES (?, ?)", (channel.id, person.id))


def take_partner_out(estate: Estate, channel: Channel, person: PartnerPerson) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM channel_partners WHERE channel_id = ? AND person_id = ?", (channel.id, person.id))
