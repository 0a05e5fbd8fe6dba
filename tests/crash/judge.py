# ruff: noqa: S608 - the names of tables come from the seed, and SQLite takes no parameters for names
"""What exists in the tenant because of one record: counted in the tenant's own tables, not asked of Liaison."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from liaison.domain.link import Link


@dataclass(frozen=True)
class Counts:
    """How many there are of each."""

    channels: int = 0
    installations: int = 0
    tabs: int = 0
    locations: int = 0
    sites: int = 0
    associations: int = 0
    notes: int = 0
    teams: int = 0
    people: int = 0
    let_in: int = 0
    shares: int = 0
    files: int = 0
    left_behind: int = 0
    archived: int = 0
    archivings: int = 0
    extras: int = 0
    doubled_posts: int = 0
    labels: int = 0
    partners: int = 0

    def __sub__(self, other: Counts) -> Counts:
        names = [one.name for one in fields(Counts)]
        return Counts(**{name: getattr(self, name) - getattr(other, name) for name in names})

    def __add__(self, other: Counts) -> Counts:
        names = [one.name for one in fields(Counts)]
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def __str__(self) -> str:
        return " ".join(f"{one.name}={getattr(self, one.name)}" for one in fields(Counts))


"""`teams` are those made for the link, `people` who is in them; `let_in` are those invited who are in a team of others,
`shares` how often the view is shared. `files` are those that carry the record's id in their name and are in the library
of the link's channel; `left_behind` are such files anywhere else. `archivings` are the times that Teams began to
archive or restore the channel. `extras` are the folders, further channels and website tabs of a template that carry it;
a welcome may be missing, but `doubled_posts` are those beyond the first. `labels` are on the groups of `teams`,
`partners` are the people of other organizations in the link's channel."""

CONNECTED = Counts(channels=1, installations=1, tabs=1, locations=1, sites=1, associations=1, notes=1)
IN_NEW_TEAM = CONNECTED + Counts(teams=1, people=3)
WITH_LABEL = CONNECTED + Counts(teams=1, people=1, labels=1)
WITH_PARTNERS = CONNECTED + Counts(partners=2)
VIEW_CONNECTED = Counts(channels=1, installations=1, tabs=1, associations=1)
WITH_TEMPLATE = CONNECTED + Counts(extras=4)
EARLIER = CONNECTED + Counts(locations=1, associations=1, notes=1, files=3)
"""The files have come from another channel of the record."""
ARCHIVED = CONNECTED + Counts(notes=1, archived=1, archivings=1)
RESTORED = CONNECTED + Counts(notes=2, archivings=2)
PINNED = Counts(channels=1, tabs=1, locations=1, sites=1, associations=1, notes=1)
"""The app is Teams' own doing there, and the link does not know of it."""
UNDONE = Counts(sites=1)
UNDONE_ELSEWHERE = Counts(channels=1, sites=1, let_in=1)
"""In a team that was there, with its channel; of those invited one was in it before."""
PARTNERS_UNDONE = Counts(channels=1, sites=1, partners=1)
"""In a shared channel that was there; of those invited one was in it before."""
VIEW_UNDONE = Counts(channels=1)
VIEW_DISCONNECTED = Counts(channels=1, installations=1)
DISCONNECTED = Counts(channels=1, installations=1, tabs=0, locations=0, sites=1, associations=0, notes=2)


ALIVE = "team_id NOT IN (SELECT id FROM groups WHERE deleted IS NOT NULL)"
OURS = "(description LIKE ? OR unique_name = ?) AND deleted IS NULL"
FILES = "SELECT count(*) FROM drive_items WHERE is_folder = 0 AND deleted IS NULL AND name LIKE ?"
MARK, KEY = "%lnk-{}%", "lnk-{}"


def count(database: Path, link: Link, channel: str, app: str) -> Counts:
    """Of the link's record, and of the channel of that name in its team. `sites` counts rows of the team's site."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as tables:

        def number(query: str, *values: str) -> int:
            return int(tables.execute(query, values).fetchone()[0])

        record = link.regarding.id
        crm = link.environment
        return Counts(
            channels=number(
                f"SELECT count(*) FROM channels WHERE team_id = ? AND display_name = ? AND {ALIVE} "
                "AND deleted_at IS NULL",
                link.team,
                channel,
            ),
            installations=number(
                f"SELECT count(*) FROM installed_apps WHERE team_id = ? AND app_id = ? AND {ALIVE}", link.team, app
            ),
            tabs=number("SELECT count(*) FROM tabs WHERE configuration LIKE ?", f"%{link.tab_entity}%"),
            locations=number(
                f'SELECT count(*) FROM "{crm}.sharepointdocumentlocation" WHERE regardingobjectid = ?', record
            ),
            sites=0
            if link.record is None  # a view's link makes none
            else number(
                f'SELECT count(*) FROM "{crm}.sharepointsite" WHERE absoluteurl = ?', link.evidence.site_address
            ),
            associations=number(
                f'SELECT count(*) FROM "{crm}.msdyn_teamscollaboration" WHERE regardingobjectid = ?', record
            )
            if link.record is not None  # a view may be tied to the channels of other points
            else number(
                f'SELECT count(*) FROM "{crm}.msdyn_teamscollaboration" '
                "WHERE regardingobjectid = ? AND msdyn_channelid = ?",
                record,
                link.evidence.channel,
            ),
            teams=number(f"SELECT count(*) FROM groups WHERE {OURS}", MARK.format(link.id), KEY.format(link.id)),
            people=number(
                f"SELECT count(*) FROM group_members JOIN groups ON id = group_id WHERE {OURS}",
                MARK.format(link.id),
                KEY.format(link.id),
            ),
            let_in=sum(
                number(
                    "SELECT count(*) FROM group_members JOIN groups ON id = group_id "
                    f"WHERE group_id = ? AND user_id = ? AND ({OURS}) IS NOT TRUE",
                    link.team,
                    invited.id,
                    MARK.format(link.id),
                    KEY.format(link.id),
                )
                for invited in link.members
            ),
            archived=number("SELECT count(*) FROM channels WHERE id = ? AND archived", link.evidence.channel),
            archivings=number(
                "SELECT count(*) FROM team_operations WHERE target_id = ? AND kind LIKE '%archiveChannel'",
                link.evidence.channel,
            ),
            shares=0
            if link.record is not None
            else number(f'SELECT count(*) FROM "{crm}.principalobjectaccess" WHERE objectid = ?', record),
            files=number(f"{FILES} AND drive_id = ?", f"%{record[-8:]}%", link.evidence.drive),
            left_behind=number(f"{FILES} AND drive_id <> ?", f"%{record[-8:]}%", link.evidence.drive),
            extras=_extras(number, link, record[-8:]),
            doubled_posts=max(0, number("SELECT count(*) FROM messages WHERE content LIKE ?", f"%{record[-8:]}%") - 1),
            labels=number(
                f"SELECT coalesce(sum(json_array_length(labels)), 0) FROM groups WHERE {OURS}",
                MARK.format(link.id),
                KEY.format(link.id),
            ),
            partners=number("SELECT count(*) FROM channel_partners WHERE channel_id = ?", link.evidence.channel),
            notes=number(f'SELECT count(*) FROM "{crm}.annotation" WHERE objectid = ?', record),
        )


def _extras(number: Callable[..., int], link: Link, mark: str) -> int:
    channels = number(
        f"SELECT count(*) FROM channels WHERE team_id = ? AND display_name = ? AND {ALIVE} AND deleted_at IS NULL",
        link.team,
        f"Legal {mark}",
    )
    folders = number(
        "SELECT count(*) FROM drive_items WHERE is_folder = 1 AND deleted IS NULL AND name IN (?, ?)",
        f"Offers {mark}",
        f"Contracts {mark}",
    )
    return channels + folders + number("SELECT count(*) FROM tabs WHERE configuration LIKE ?", f"%/handbook/{mark}%")


def fresh_records(database: Path, environment: str) -> list[tuple[str, str]]:
    """Id and name of open opportunities without notes and locations: what is counted there is ours."""
    query = f"""
        SELECT o.opportunityid, o.name FROM "{environment}.opportunity" o
        WHERE o.statecode = 0
          AND NOT EXISTS (SELECT 1 FROM "{environment}.annotation" a WHERE a.objectid = o.opportunityid)
          AND NOT EXISTS (SELECT 1 FROM "{environment}.sharepointdocumentlocation" l
                          WHERE l.regardingobjectid = o.opportunityid)
        ORDER BY o.opportunityid
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as tables:
        return [(row[0], row[1]) for row in tables.execute(query)]
