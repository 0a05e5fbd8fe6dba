"""What a new team or channel may be called, and what it will be called. Facts in; a verdict out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from liaison.domain.limits import CHANNELS_BY_KIND, CHANNELS_PER_TEAM, DELETED_NAME_DAYS, OBJECTS_PER_PERSON, TEAM_NAME
from liaison.domain.names import CHANNEL_NAME_LIMIT, ChannelKind, propose_channel_name, read_channel_name
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

NAME_MARK = "[GroupName]"
_ATTRIBUTE = re.compile(r"\[([A-Za-z]+)\]")
_WORD = re.compile(r"\w+")
PRIMARY_CHANNEL = "General"
"""What Teams calls a new team's first channel in every language of Graph."""
_NICKNAME_LIMIT = 56
_MOST_NUMBERS = 1000


@dataclass(frozen=True)
class Profile:
    """The attributes of a person that a naming policy may put into a name, by the policy's own words."""

    values: tuple[tuple[str, str], ...] = ()

    def value(self, attribute: str) -> str:
        return next((value for name, value in self.values if name.casefold() == attribute.casefold()), "")


@dataclass(frozen=True)
class NamingPolicy:
    """The organization's policy for names of teams. `prefix` and `suffix` may hold attributes such as [Department].

    `creators` is the group whose people alone may make teams, when `only_some_create`.
    Source: Graph v1.0, api/groupsettingtemplate-get.md.
    """

    prefix: str = ""
    suffix: str = ""
    blocked_words: tuple[str, ...] = ()
    only_some_create: bool = False
    creators: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that prefix and suffix take from the person."""
        return tuple(dict.fromkeys(_ATTRIBUTE.findall(f"{self.prefix} {self.suffix}")))

    def resolved(self, profile: Profile) -> NamingPolicy:
        """The policy for one person: an attribute without a value leaves nothing behind."""

        def filled(text: str) -> str:
            return _ATTRIBUTE.sub(lambda found: profile.value(found.group(1)), text)

        return replace(self, prefix=filled(self.prefix), suffix=filled(self.suffix))


NO_POLICY = NamingPolicy()


def read_requirement(text: str) -> tuple[str, str]:
    """Prefix and suffix of a policy's requirement such as `GRP_[GroupName]_[Department]`."""
    if NAME_MARK not in text:
        return "", ""
    prefix, _, suffix = text.partition(NAME_MARK)
    return prefix, suffix


@dataclass(frozen=True)
class NameRefusal:
    """What the directory has against a name. `prefix` and `suffix` are what it misses, when that is why."""

    code: str
    message: str = ""
    prefix: str = ""
    suffix: str = ""


class NameCheck(StrEnum):
    """What a name is asked; each may be unknown for want of permission or of an answer."""

    POLICY = "policy"
    DUPLICATE = "duplicate"
    DELETED = "deleted"
    CAPACITY = "capacity"


@dataclass(frozen=True)
class NameVerdict:
    """What becomes of a name. `final_name` is how it will be shown, `proposal` a free name when this one is refused.

    `unknown` are the checks that could not be made: they block nothing and are never shown as passed.
    """

    name: str
    final_name: str
    error: LiaisonError | None = None
    proposal: str = ""
    unknown: tuple[NameCheck, ...] = ()
    prefix: str = ""
    suffix: str = ""

    @property
    def is_good(self) -> bool:
        """Nothing stands against the name; what is unknown is told apart."""
        return self.error is None

    def accepted(self) -> str:
        """The final name. Raises what stands against it."""
        if self.error is not None:
            raise self.error
        return self.final_name


@dataclass(frozen=True)
class TeamNameFacts:
    """What was gathered of a team's name; None where it could not be read.

    `taken` and `deleted` are names of teams and groups that are like the final name.
    """

    policy: NamingPolicy | None = None
    refusals: tuple[NameRefusal, ...] | None = None
    taken: tuple[str, ...] | None = None
    deleted: tuple[str, ...] | None = None
    created_objects: int | None = None
    may_create: bool | None = True

    @property
    def unknown(self) -> tuple[NameCheck, ...]:
        gaps = (
            (NameCheck.POLICY, self.policy is None and self.refusals is None),
            (NameCheck.DUPLICATE, self.taken is None),
            (NameCheck.DELETED, self.deleted is None),
            (NameCheck.CAPACITY, self.created_objects is None or self.may_create is None),
        )
        return tuple(check for check, is_unknown in gaps if is_unknown)


# --- teams -----------------------------------------------------------------------------------------------------


def final_team_name(text: str, policy: NamingPolicy) -> str:
    """The name with the policy's prefix and suffix, each put once."""
    name = " ".join(text.split())
    prefix = "" if policy.prefix and name.startswith(policy.prefix) else policy.prefix
    suffix = "" if policy.suffix and name.endswith(policy.suffix) else policy.suffix
    return f"{prefix}{name}{suffix}"


def read_team_name(text: str, policy: NamingPolicy, taken: Collection[str] = ()) -> str:
    """The final name of a team, when its form is right and the policy has nothing against it.

    `taken` are case-folded names that a proposal keeps clear of.
    Raises InputMissing, TeamNameForbidden, TeamNameTooLong, NameAffixesTooLong, NameBlocked.
    """
    name = " ".join(text.split())
    if not name:
        raise InputMissing("team_name")
    bad = [letter for letter in dict.fromkeys(name) if _is_control(letter)]
    if bad:
        marks = " ".join(f"U+{ord(letter):04X}" for letter in bad)
        raise TeamNameForbidden(name, marks, propose_team_name(name, policy, taken))
    if len(name) > TEAM_NAME.most:
        raise TeamNameTooLong(name, TEAM_NAME.most, propose_team_name(name, policy, taken))
    final = final_team_name(name, policy)
    if len(final) > TEAM_NAME.most:
        proposal = propose_team_name(name, policy, taken)
        raise NameAffixesTooLong(final, policy.prefix, policy.suffix, TEAM_NAME.most, proposal)
    word = blocked_word(name, policy)
    if word:
        raise NameBlocked(name, word, propose_team_name(name, policy, taken))
    return final


def blocked_word(name: str, policy: NamingPolicy) -> str:
    """The first word of the name that the policy blocks: whole words, in any case. Empty when there is none.

    Source: Microsoft Entra, naming policy for Microsoft 365 groups, custom blocked words.
    """
    folded = f" {' '.join(_WORD.findall(name.casefold()))} "
    return next(
        (word for word in policy.blocked_words if f" {' '.join(_WORD.findall(word.casefold()))} " in folded), ""
    )


def without_word(name: str, word: str) -> str:
    """The name without a blocked word; something neutral when nothing else is left."""
    parts = r"\W+".join(re.escape(part) for part in _WORD.findall(word))
    kept = re.sub(rf"\b{parts}\b", " ", name, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", kept).strip(" -–—_,.:;") or "Team"


def propose_team_name(name: str, policy: NamingPolicy, taken: Collection[str] = ()) -> str:
    """A name close to the typed one that breaks no rule we know; its final form is none of `taken`, case-folded."""
    kept = "".join(letter for letter in name if not _is_control(letter))
    for _ in policy.blocked_words:
        word = blocked_word(kept, policy)
        if not word:
            break
        kept = without_word(kept, word)
    room = TEAM_NAME.most - len(policy.prefix) - len(policy.suffix)
    return _first_free(kept, room, lambda tried: final_team_name(tried, policy).casefold() not in taken)


def judge_team_name(text: str, facts: TeamNameFacts) -> NameVerdict:
    """What becomes of a team's name; the first rule it breaks, with a name in its place that breaks none we know.

    Order: form and policy, what the directory says, capacity, names in use, names deleted lately.
    """
    policy = _policy_of(facts)
    name = " ".join(text.split())
    try:
        final = read_team_name(text, policy)
    except LiaisonError as refused:
        return _refused(name, final_team_name(name, policy), refused, facts, policy)
    error = _error_of_team(name, final, facts, policy)
    return _refused(name, final, error, facts, policy)


def _error_of_team(name: str, final: str, facts: TeamNameFacts, policy: NamingPolicy) -> LiaisonError | None:
    if facts.may_create is False:
        return TeamCreationNotAllowed()
    if facts.created_objects is not None and facts.created_objects >= OBJECTS_PER_PERSON.most:
        return ObjectLimitReached(facts.created_objects, OBJECTS_PER_PERSON.most)
    for refusal in facts.refusals or ():
        return _refused_by_directory(name, final, refusal, policy)
    taken, deleted = _folded(facts.taken), _folded(facts.deleted)
    if final.casefold() in taken:
        return TeamNameTaken(final, propose_team_name(name, policy, taken | deleted))
    if final.casefold() in deleted:
        return TeamNameDeleted(final, DELETED_NAME_DAYS.most, propose_team_name(name, policy, taken | deleted))
    return None


def _refused_by_directory(name: str, final: str, refusal: NameRefusal, policy: NamingPolicy) -> LiaisonError:
    """The codes for blocked words are not documented; a policy that can be read says which word it is.

    Source: graph.md section 3.9.
    """
    word = blocked_word(name, policy)
    if word or "blocked" in f"{refusal.code} {refusal.message}".casefold():
        return NameBlocked(name, word, propose_team_name(name, policy) if word else "")
    return NameRefusedByPolicy(final, refusal.code)


def _policy_of(facts: TeamNameFacts) -> NamingPolicy:
    """The policy as it was read, or what a refusal tells of it."""
    if facts.policy is not None:
        return facts.policy
    for refusal in facts.refusals or ():
        if refusal.prefix or refusal.suffix:
            return NamingPolicy(refusal.prefix, refusal.suffix)
    return NO_POLICY


def _refused(
    name: str, final: str, error: LiaisonError | None, facts: TeamNameFacts, policy: NamingPolicy
) -> NameVerdict:
    proposal = str(error.facts().get("proposal", "")) if error else ""
    unknown = facts.unknown if error is None else ()
    return NameVerdict(name, final, error, proposal, unknown, policy.prefix, policy.suffix)


def nickname_of(final_name: str) -> str:
    """The mail nickname of a team's name: its letters and digits without accents; `team` when it has none.

    There is room for an ending that makes it free.
    """
    plain = unicodedata.normalize("NFKD", final_name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "", plain)[:_NICKNAME_LIMIT] or "team"


# --- channels --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelNameFacts:
    """The team that the channel shall be in. `channels` are those that the asker sees.

    `removed` are names of channels that Liaison itself took away lately; what others deleted is listed nowhere in v1.0
    of Graph. A team that is still to be made has no channels but its first.
    """

    team_name: str
    channels: tuple[Channel, ...] = ()
    removed: tuple[str, ...] = ()
    is_new_team: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (PRIMARY_CHANNEL,) if self.is_new_team else tuple(channel.name for channel in self.channels)

    @property
    def unknown(self) -> tuple[NameCheck, ...]:
        """Deleted channels hold their names and places for a while; the refusal when one is made says so."""
        return () if self.is_new_team else (NameCheck.DELETED,)


def judge_channel_name(text: str, kind: ChannelKind, facts: ChannelNameFacts) -> NameVerdict:
    """What becomes of a channel's name in a team; the first rule it breaks, with a free name in its place.

    Order: form, capacity, names in use, names deleted lately.
    """
    taken, deleted = _folded(facts.names), _folded(facts.removed)

    def free(name: str) -> str:
        return propose_free_name(name, taken | deleted)

    try:
        name = read_channel_name(text)
    except LiaisonError as refused:
        wanted, error = text.strip(), _with_free_proposal(refused, free)
        return NameVerdict(wanted, wanted, error, _proposal_for(refused, free))
    against = _full(kind, facts)
    if against is None and name.casefold() in taken:
        against = ChannelNameTaken(name, facts.team_name, free(name))
    if against is None and name.casefold() in deleted:
        against = ChannelNameDeleted(name, facts.team_name, DELETED_NAME_DAYS.most, free(name))
    proposal = str(against.facts().get("proposal", "")) if against else ""
    return NameVerdict(name, name, against, proposal, facts.unknown if against is None else ())


def _full(kind: ChannelKind, facts: ChannelNameFacts) -> LiaisonError | None:
    """Is there no room for another channel of this kind, as far as the asker sees?"""
    alike = sum(channel.kind is kind for channel in facts.channels)
    room = CHANNELS_BY_KIND[kind]
    if kind is not ChannelKind.STANDARD and alike >= room.most:
        return ChannelLimitReached(facts.team_name, kind.value, alike, room.most)
    if len(facts.channels) >= CHANNELS_PER_TEAM.most:
        return ChannelLimitReached(facts.team_name, "", len(facts.channels), CHANNELS_PER_TEAM.most)
    return None


def _with_free_proposal(error: LiaisonError, free: Callable[[str], str]) -> LiaisonError:
    if isinstance(error, ChannelNameForbidden):
        return ChannelNameForbidden(error.name, error.characters, free(error.proposal))
    return error


def _proposal_for(error: LiaisonError, free: Callable[[str], str]) -> str:
    if isinstance(error, ChannelNameForbidden):
        return free(error.proposal)
    return free(propose_channel_name(error.name)) if isinstance(error, ChannelNameTooLong) else ""


def propose_free_name(name: str, taken: Collection[str]) -> str:
    """The name, or the same with the smallest number behind it, that no channel has; `taken` is case-folded."""
    return propose_channel_name(
        _first_free(name, CHANNEL_NAME_LIMIT, lambda tried: propose_channel_name(tried).casefold() not in taken)
    )


def _first_free(name: str, room: int, is_free: Callable[[str], bool]) -> str:
    for number in range(1, _MOST_NUMBERS):
        ending = "" if number == 1 else f" {number}"
        tried = f"{name[: max(1, room - len(ending))].rstrip()}{ending}"
        if is_free(tried):
            return tried
    return name


def _folded(names: Iterable[str] | Sequence[str] | None) -> set[str]:
    return {name.casefold() for name in names or ()}


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf"}
