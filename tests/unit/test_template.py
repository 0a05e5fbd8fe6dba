"""Templates: what is wrong with one, and what a record's values make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.filling import Surroundings, beside, fill, fill_channel_name, fill_template, require_valid
from liaison.domain.link import NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, TableName, TeamId
from liaison.domain.template import TeamTarget, Template, TemplateTeam, template_for, without_default
from liaison.errors import TemplateInvalid

pytestmark = pytest.mark.statement("F29", "F35")

CASE, ACCOUNT = TableName("incident"), TableName("account")
KNOWN = Surroundings({CASE: frozenset({"ticketnumber", "title", "city"}), ACCOUNT: frozenset({"name", "city"})})
GOOD = Template(
    id="one",
    environment=EnvironmentKey("service"),
    name="Case room",
    tables=(CASE,),
    default_of=(CASE,),
    team=TemplateTeam(TeamTarget.NEW, name="Cases {city}", privacy=TeamPrivacy.PUBLIC, label="label-1"),
    channel_name="CASE-{ticketnumber}",
    channel_kind=ChannelKind.PRIVATE,
    extras=Extras(
        folders=("Evidence", "{title}"),
        channels=(ExtraChannel("Experts {number}"),),
        tabs=(WebsiteTab("Handbook", "https://intranet.example/cases/{ticketnumber}"),),
        welcome="Welcome to {name}.\nThe number is {number}.",
    ),
)
VALUES = {"name": "No heat", "number": "CAS-1", "ticketnumber": "CAS-1", "title": "No heat: 2/3", "city": "Lyon"}


def faults(template: Template, known: Surroundings = KNOWN) -> set[tuple[str, str]]:
    try:
        require_valid(template, known)
    except TemplateInvalid as error:
        return {(row.id, row.detail) for row in error.rows}
    return set()


def test_a_good_template_has_no_faults_and_is_filled() -> None:
    assert faults(GOOD) == set()
    found = fill_template(GOOD, VALUES)
    assert found.team == NewTeam("Cases Lyon", TeamPrivacy.PUBLIC, "label-1")
    assert (found.channel_name, found.channel_kind) == ("CASE-CAS-1", ChannelKind.PRIVATE)
    assert found.extras == Extras(
        folders=("Evidence", "No heat 2 3"),
        channels=(ExtraChannel("Experts CAS-1"),),
        tabs=(WebsiteTab("Handbook", "https://intranet.example/cases/CAS-1"),),
        welcome="Welcome to No heat.\nThe number is CAS-1.",
    )


def test_everything_that_is_wrong_is_told_at_once_with_its_place() -> None:
    bad = replace(
        GOOD,
        name=" ",
        tables=(CASE, TableName("nothing")),
        default_of=(ACCOUNT,),
        team=TemplateTeam(TeamTarget.EXISTING),
        channel_name="CASE {ticketnumber",
        extras=Extras(
            folders=("a/b", "", "Same", "same"),
            channels=(ExtraChannel("x" * 51), ExtraChannel("General"), ExtraChannel("a#b")),
            tabs=(WebsiteTab("", "http://plain.example"), WebsiteTab("T", "https://x.example/a b")),
            welcome="{owner}",
        ),
    )
    assert faults(bad) == {
        ("name", "required"),
        ("tables", "unknown_table"),
        ("default_of", "not_its_table"),
        ("team.id", "required"),
        ("channel_name", "braces"),
        ("folders.0", "forbidden"),
        ("folders.1", "required"),
        ("folders.3", "twice"),
        ("channels.0.name", "too_long"),
        ("channels.1.name", "forbidden"),
        ("channels.2.name", "forbidden"),
        ("tabs.0.name", "required"),
        ("tabs.0.address", "not_https"),
        ("tabs.1.address", "not_https"),
        ("welcome", "unknown_column"),
    }


def test_a_template_for_several_tables_may_name_what_all_of_them_have() -> None:
    both = replace(GOOD, tables=(CASE, ACCOUNT), channel_name="{city} {ticketnumber}", extras=Extras())
    assert faults(both) == {("channel_name", "unknown_column")}
    assert faults(replace(both, channel_name="{city} {number} {name}")) == set()
    everywhere = replace(GOOD, tables=(), extras=Extras(), team=TemplateTeam(), channel_name="{city}")
    assert faults(everywhere) == {("channel_name", "unknown_column")}
    assert faults(replace(everywhere, channel_name="{number} {name}")) == set()


def test_too_many_things_and_a_team_that_is_gone_are_refused() -> None:
    many = Extras(folders=tuple(f"Folder {number}" for number in range(11)))
    assert faults(replace(GOOD, extras=many)) == {("folders", "too_many")}
    gone = replace(GOOD, team=TemplateTeam(TeamTarget.EXISTING, TeamId("t"), "Sales"))
    assert faults(gone, replace(KNOWN, team_is_known=False)) == {("team.id", "unknown_team")}


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("CASE-{number}", {"number": "7"}, "CASE-7"),
        ("CASE-{number}", {}, "CASE"),
        ("{number} – {name}", {"name": "Northwind"}, "Northwind"),
        ("{number} – {name}", {"name": "Northwind", "number": "7"}, "7 – Northwind"),
        ("- {name} -", {"name": "kept as written"}, "- kept as written -"),
        ("{name}", {"name": "{number}"}, "{number}"),
    ],
)
def test_a_column_without_a_value_leaves_no_separator(text: str, values: dict[str, str], filled: str) -> None:
    assert fill(text, values) == filled


def test_a_channel_gets_a_name_that_teams_takes_whatever_the_record_holds() -> None:
    assert fill_channel_name("{name}", {"name": "A/B: 100 % #1"}) == "A B 100 1"
    assert fill_channel_name("{number}", {"name": "Northwind"}) == "Northwind"
    assert fill_channel_name("{number}", {}) == "Channel"
    assert len(fill_channel_name("Deal {name}", {"name": "x" * 200})) == 50


def test_a_value_in_an_address_is_one_segment_of_it() -> None:
    tab = WebsiteTab("{name}", "https://x.example/{name}?of={name}")
    filled = fill_template(replace(GOOD, extras=Extras(tabs=(tab,))), {"name": "a/b?c=é"})
    assert filled.extras.tabs == (WebsiteTab("a/b?c=é", "https://x.example/a%2Fb%3Fc%3D%C3%A9?of=a%2Fb%3Fc%3D%C3%A9"),)


def test_names_that_became_the_same_or_empty_are_made_once_or_not_at_all() -> None:
    extras = Extras(folders=("{name}", "{city}", "{number}"), channels=(ExtraChannel("{name}"), ExtraChannel("{city}")))
    filled = fill_template(replace(GOOD, extras=extras), {"name": "Lyon", "city": "LYON"}).extras
    assert filled.folders == ("LYON",)
    assert [channel.name for channel in filled.channels] == ["LYON"]
    assert beside(filled, "lyon").channels == ()


def test_a_table_has_one_default() -> None:
    other = replace(GOOD, id="two", tables=(), default_of=(CASE, ACCOUNT))
    assert template_for((without_default(other, (CASE,)), GOOD), CASE) == GOOD
    assert without_default(other, (CASE,)).default_of == (ACCOUNT,)
    assert template_for((GOOD,), ACCOUNT) is None
