"""Whom a record suggests, in which order, and what each will not see."""

from __future__ import annotations

import pytest

from liaison.domain.members import (
    Candidate,
    CandidateFacts,
    CrmUser,
    DirectoryEntry,
    Sharing,
    Source,
    Unseen,
    is_guest,
    judge_found,
    suggest,
)
from liaison.domain.names import PersonId, RowId

CLAIRE = PersonId("claire")


def user(name: str, *, enabled: bool = True, licensed: bool | None = True) -> CrmUser:
    return CrmUser(RowId(f"row-{name}"), PersonId(name), name.title(), f"{name}@contoso.com", enabled, licensed)


def everybody(*users: CrmUser) -> CandidateFacts:
    return CandidateFacts(frozenset(), users, tuple(one.row for one in users))


@pytest.mark.statement("F47")
def test_each_person_comes_once_with_every_reason_and_the_strongest_first() -> None:
    oliver, sofia, hugo, emma = user("oliver"), user("sofia"), user("hugo"), user("emma")
    sharings = [
        Sharing(sofia, Source.SHARED),
        Sharing(oliver, Source.SHARED_TEAM, "Nord"),
        Sharing(oliver, Source.OWNER_TEAM, "Grands comptes"),
        Sharing(hugo, Source.OWNER),
        Sharing(emma, Source.SHARED),
        Sharing(user("claire"), Source.OWNER),
    ]
    found = suggest(sharings, everybody(oliver, sofia, hugo, emma), CLAIRE)
    assert [(one.name, one.sources, one.through) for one in found] == [
        ("Hugo", (Source.OWNER,), ()),
        ("Oliver", (Source.OWNER_TEAM, Source.SHARED_TEAM), ("Nord", "Grands comptes")),
        ("Emma", (Source.SHARED,), ()),
        ("Sofia", (Source.SHARED,), ()),
    ]
    assert all(one.unseen is None for one in found)


def test_applications_and_disabled_accounts_are_left_out() -> None:
    application = CrmUser(RowId("row-app"), PersonId(""), "# Liaison")
    victor = user("victor", enabled=False)
    sharings = [Sharing(application, Source.SHARED), Sharing(victor, Source.OWNER)]
    assert suggest(sharings, everybody(application, victor), CLAIRE) == ()


@pytest.mark.statement("F50")
@pytest.mark.parametrize(
    ("upn", "users", "readers", "unseen"),
    [
        ("lukas_fabrikam.com#EXT#@contoso.com", (), (), Unseen.GUEST),
        ("anais@contoso.com", (), (), Unseen.NOT_IN_CRM),
        ("p@contoso.com", (user("p", licensed=False),), (RowId("row-p"),), Unseen.NO_LICENCE),
        ("p@contoso.com", (user("p"),), (), Unseen.NO_RIGHTS),
        ("p@contoso.com", (user("p", enabled=False),), (), Unseen.NOT_IN_CRM),
        ("p@contoso.com", (user("p", licensed=None),), (RowId("row-p"),), None),
        ("p@contoso.com", (user("p"),), None, None),
        ("lukas_fabrikam.com#EXT#@contoso.com", None, None, None),
    ],
)
def test_what_somebody_will_not_see_is_told_by_its_first_cause(
    upn: str, users: tuple[CrmUser, ...] | None, readers: tuple[RowId, ...] | None, unseen: Unseen | None
) -> None:
    entry = DirectoryEntry(PersonId("p"), "P", upn, "", is_guest(upn))
    found = judge_found(entry, CandidateFacts(frozenset(), users, readers))
    assert found.unseen is unseen
    assert found.sources == (Source.SEARCH,)


def test_membership_is_unknown_where_it_cannot_be_read() -> None:
    entry = DirectoryEntry(PersonId("p"), "P", "p@contoso.com")
    assert judge_found(entry, CandidateFacts()).is_member is None
    assert judge_found(entry, CandidateFacts(frozenset({PersonId("p")}))).is_member is True
    assert judge_found(entry, CandidateFacts(frozenset())).is_member is False


def test_the_directorys_name_is_shown_where_it_is_known() -> None:
    oliver = user("oliver")
    entry = DirectoryEntry(oliver.person, "Oliver Grant", "oliver.grant@contoso.com")
    facts = CandidateFacts(frozenset(), (oliver,), (), (entry,))
    (found,) = suggest([Sharing(oliver, Source.OWNER)], facts, CLAIRE)
    assert isinstance(found, Candidate)
    assert (found.name, found.upn) == ("Oliver Grant", "oliver.grant@contoso.com")
