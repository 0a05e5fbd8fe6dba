"""What the wizard's address carries: read back as it was written, and nothing taken on trust."""

from __future__ import annotations

from starlette.datastructures import ImmutableMultiDict

from liaison.domain.link import Invited, NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, PersonId
from liaison.web.pages.choices import Choices, WizardStep, read_choices

FULL = Choices(
    step=WizardStep.REVIEW,
    team="new",
    team_name="Deals",
    privacy=TeamPrivacy.PUBLIC,
    label="l1",
    team_template="standard",
    channel="new",
    name="Contract",
    kind=ChannelKind.PRIVATE,
    members=(Invited(PersonId("p1"), "Hugo Marchand"), Invited(PersonId("p2"), "Lukas Weber")),
)


def read(*pairs: tuple[str, str]) -> Choices:
    return read_choices(ImmutableMultiDict(pairs))


def test_choices_come_back_as_they_were_written() -> None:
    assert read(("step", "review"), *FULL.fields()) == FULL


def test_a_step_leaves_out_what_its_own_fields_carry() -> None:
    assert {name for name, _ in FULL.fields(WizardStep.TEAM)} == {"channel", "name", "kind", "member"}
    assert {name for name, _ in FULL.fields(WizardStep.CHANNEL)} == {
        "team",
        "team_name",
        "privacy",
        "label",
        "template",
        "member",
    }


def test_what_nobody_could_have_chosen_is_left_out() -> None:
    odd = read(("step", "elsewhere"), ("privacy", "secret"), ("kind", "loud"), ("member", " "), ("member", "p1"))
    assert odd == Choices(members=(Invited(PersonId("p1"), "p1"),))


def test_a_person_who_was_chosen_twice_is_one() -> None:
    assert read(("member", "p1 Hugo"), ("member", "p1 Hugo Marchand")).members == (
        Invited(PersonId("p1"), "Hugo Marchand"),
    )


def test_at_most_a_hundred_people_are_taken() -> None:
    assert len(read(*(("member", f"p{number} Name") for number in range(300))).members) == 100


def test_the_new_team_has_the_standard_template_unless_another_is_chosen() -> None:
    assert read(("team", "new"), ("team_name", "Deals")).new_team == NewTeam("Deals")
