"""What a team or channel may be called: form, policy, names in use, names deleted lately, room."""

from __future__ import annotations

import pytest

from liaison.domain.limits import CHANNELS_PER_TEAM, OBJECTS_PER_PERSON, PRIVATE_CHANNELS_PER_TEAM
from liaison.domain.names import ChannelId, ChannelKind
from liaison.domain.naming import (
    ChannelNameFacts,
    NameCheck,
    NameRefusal,
    NamingPolicy,
    Profile,
    TeamNameFacts,
    blocked_word,
    final_team_name,
    judge_channel_name,
    judge_team_name,
    nickname_of,
    propose_free_name,
    read_requirement,
)
from liaison.domain.teams import Channel
from liaison.errors import (
    ChannelLimitReached,
    ChannelNameDeleted,
    ChannelNameForbidden,
    ChannelNameTaken,
    ChannelNameTooLong,
    InputMissing,
    LiaisonError,
    NameAffixesTooLong,
    NameBlocked,
    NameRefusedByPolicy,
    ObjectLimitReached,
    TeamCreationNotAllowed,
    TeamNameDeleted,
    TeamNameForbidden,
    TeamNameTaken,
    TeamNameTooLong,
)

POLICY = NamingPolicy("GRP_", "_EU", ("Payroll", "CEO", "head office"))
KNOWN = TeamNameFacts(POLICY, (), (), (), 3)


def channels(count: int, kind: ChannelKind = ChannelKind.STANDARD) -> tuple[Channel, ...]:
    return tuple(Channel(ChannelId(f"19:{number}"), f"Channel {number}", kind, "") for number in range(count))


@pytest.mark.statement("F31")
def test_the_policys_prefix_and_suffix_are_put_to_the_name_once() -> None:
    assert final_team_name("Northwind deals", POLICY) == "GRP_Northwind deals_EU"
    assert final_team_name("GRP_Northwind deals_EU", POLICY) == "GRP_Northwind deals_EU"
    verdict = judge_team_name("  Northwind   deals ", KNOWN)
    assert (verdict.name, verdict.final_name, verdict.error) == ("Northwind deals", "GRP_Northwind deals_EU", None)
    assert verdict.unknown == ()
    assert verdict.accepted() == "GRP_Northwind deals_EU"


@pytest.mark.statement("F31")
def test_attributes_of_the_person_are_filled_in() -> None:
    prefix, suffix = read_requirement("[Department]_[GroupName] ([Office])")
    policy = NamingPolicy(prefix, suffix)
    assert policy.attributes == ("Department", "Office")
    resolved = policy.resolved(Profile((("Department", "Sales"), ("Office", ""))))
    assert final_team_name("Deal", resolved) == "Sales_Deal ()"
    assert read_requirement("") == ("", "")


@pytest.mark.statement("F28", "F31")
@pytest.mark.parametrize(
    ("name", "word", "proposal"),
    [
        ("Payroll deals", "Payroll", "deals"),
        ("the CEO's team", "CEO", "the 's team"),
        ("New head-office", "head office", "New"),
        ("CEO payroll", "Payroll", "Team"),
        ("payroll", "Payroll", "Team"),
    ],
)
def test_a_blocked_word_is_named_and_left_out_of_the_proposal(name: str, word: str, proposal: str) -> None:
    error = judge_team_name(name, KNOWN).error
    assert isinstance(error, NameBlocked)
    assert (error.word, error.proposal) == (word, proposal)


def test_a_blocked_word_inside_another_word_blocks_nothing() -> None:
    assert blocked_word("Payrolls and oceans", POLICY) == ""


@pytest.mark.statement("F28")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", InputMissing),
        ("   ", InputMissing),
        ("Deal\u200b", TeamNameForbidden),
        ("x" * 257, TeamNameTooLong),
        ("x" * 252, NameAffixesTooLong),
    ],
)
def test_a_form_that_cannot_be_is_refused_before_anybody_is_asked(text: str, kind: type[LiaisonError]) -> None:
    verdict = judge_team_name(text, KNOWN)
    assert type(verdict.error) is kind
    assert not verdict.is_good
    if verdict.proposal:
        assert judge_team_name(verdict.proposal, KNOWN).is_good


@pytest.mark.statement("F28")
def test_names_in_use_and_names_deleted_lately_are_told_apart_and_a_free_one_is_proposed() -> None:
    facts = TeamNameFacts(POLICY, (), ("GRP_Deal_EU", "GRP_Deal 3_EU"), ("grp_deal 2_eu", "GRP_Old_EU"), 3)
    taken = judge_team_name("Deal", facts)
    assert taken.error == TeamNameTaken("GRP_Deal_EU", "Deal 4")
    assert judge_team_name("deal 2", facts).error == TeamNameDeleted("GRP_deal 2_EU", 30, "deal 2 2")
    assert judge_team_name(taken.proposal, facts).is_good


@pytest.mark.statement("F36")
def test_whoever_has_made_all_they_may_is_told_so() -> None:
    facts = TeamNameFacts(POLICY, (), (), (), OBJECTS_PER_PERSON.most)
    assert judge_team_name("Deal", facts).error == ObjectLimitReached(250, 250)
    nearly = TeamNameFacts(POLICY, (), (), (), OBJECTS_PER_PERSON.most - 1)
    assert judge_team_name("Deal", nearly).is_good
    assert judge_team_name("Deal", TeamNameFacts(POLICY, may_create=False)).error == TeamCreationNotAllowed()


def test_what_the_directory_alone_knows_is_a_refusal_of_its_own() -> None:
    facts = TeamNameFacts(None, (NameRefusal("SomethingNew", "No."),), (), (), 3)
    assert judge_team_name("Deal", facts).error == NameRefusedByPolicy("Deal", "SomethingNew")
    blocked = TeamNameFacts(None, (NameRefusal("ContainsBlockedWord", "…"),), (), (), 3)
    assert judge_team_name("Deal", blocked).error == NameBlocked("Deal", "", "")


@pytest.mark.statement("F28")
def test_what_could_not_be_read_is_unknown_and_blocks_nothing() -> None:
    verdict = judge_team_name("Deal", TeamNameFacts())
    assert verdict.is_good
    assert verdict.unknown == (NameCheck.POLICY, NameCheck.DUPLICATE, NameCheck.DELETED, NameCheck.CAPACITY)
    assert judge_team_name("Deal", TeamNameFacts(None, (), (), (), 0)).unknown == ()


def test_a_nickname_has_letters_and_digits_only() -> None:
    assert nickname_of("GRP_Équipe « Northwind » 2027") == "GRP_EquipeNorthwind2027"
    assert nickname_of("营业部") == "team"
    assert len(nickname_of("x" * 200)) == 56


@pytest.mark.statement("F28")
@pytest.mark.parametrize(
    ("text", "kind", "proposal"),
    [
        ("Deal / 2027", ChannelNameForbidden, "Deal 2027"),
        ("x" * 51, ChannelNameTooLong, "x" * 50),
        ("channel 1", ChannelNameTaken, "channel 1 2"),
        ("old", ChannelNameDeleted, "old 2"),
        ("Channel/1", ChannelNameForbidden, "Channel 1 2"),
    ],
)
def test_a_refused_channel_name_comes_with_one_that_is_free(text: str, kind: type[LiaisonError], proposal: str) -> None:
    facts = ChannelNameFacts("Ventes", channels(3), ("Old",))
    verdict = judge_channel_name(text, ChannelKind.STANDARD, facts)
    assert type(verdict.error) is kind
    assert verdict.proposal == proposal
    assert judge_channel_name(verdict.proposal, ChannelKind.STANDARD, facts).is_good


def test_deleted_names_are_unknown_where_nobody_lists_them() -> None:
    verdict = judge_channel_name("Deal", ChannelKind.STANDARD, ChannelNameFacts("Ventes", channels(3)))
    assert verdict.is_good
    assert verdict.unknown == (NameCheck.DELETED,)


def test_a_new_team_has_its_first_channel_already() -> None:
    facts = ChannelNameFacts("", is_new_team=True)
    assert judge_channel_name("Deal", ChannelKind.STANDARD, facts).unknown == ()
    assert isinstance(judge_channel_name("general", ChannelKind.STANDARD, facts).error, ChannelNameTaken)


@pytest.mark.statement("F36")
def test_a_team_without_room_says_how_many_channels_it_has() -> None:
    full = ChannelNameFacts("Ventes", channels(CHANNELS_PER_TEAM.most))
    assert judge_channel_name("Deal", ChannelKind.STANDARD, full).error == ChannelLimitReached("Ventes", "", 1000, 1000)
    private = channels(PRIVATE_CHANNELS_PER_TEAM.most, ChannelKind.PRIVATE)
    facts = ChannelNameFacts("Ventes", private)
    error = judge_channel_name("Deal", ChannelKind.PRIVATE, facts).error
    assert error == ChannelLimitReached("Ventes", "private", 30, 30)
    assert judge_channel_name("Deal", ChannelKind.STANDARD, facts).is_good


def test_a_free_name_stays_within_what_a_channel_may_have() -> None:
    long = "x" * 50
    assert propose_free_name(long, {long}) == f"{'x' * 48} 2"
    assert propose_free_name("Deal", {"deal", "deal 2", "deal 3"}) == "Deal 4"
    assert propose_free_name("Deal", set()) == "Deal"
