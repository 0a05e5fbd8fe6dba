"""Graph addresses as tokens: segments, keys in parentheses, calls with arguments, and paths between colons.

Source: Graph v1.0, concepts/onedrive-addressing-driveitems.md; OData URL conventions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_CALL = re.compile(r"([A-Za-z$][\w.$]*)\((.*)\)", re.DOTALL)
_ARGUMENT = re.compile(r"\s*([A-Za-z@]\w*)\s*=\s*('(?:[^']|'')*'|[^,']*)\s*(?:,|$|(?=\w+='@))")


@dataclass(frozen=True)
class Word:
    """A plain segment: a name of the service's or a key."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function or an alternate key, such as `delta(token='latest')` or `groups(uniqueName='x')`."""

    name: str
    arguments: dict[str, str]


@dataclass(frozen=True)
class ColonPath:
    """What stands between two colons after an item or a host name; empty for the item itself."""

    text: str


Token = Word | Call | ColonPath


def read_path(raw_path: str) -> list[Token]:
    """The tokens of a raw (still percent-encoded) path below the version; double slashes count as one.

    Everything is decoded before it is taken apart: clients encode the colons and slashes of path addressing or not.
    """
    text, tokens, position = unquote(raw_path), list[Token](), 0
    while position < len(text):
        if text[position] == "/":
            position += 1
            continue
        if text[position] == ":":
            end = text.find(":", position + 1)
            end = len(text) if end < 0 else end
            tokens.append(ColonPath("/".join(part for part in text[position + 1 : end].split("/") if part)))
            position = end + 1
            continue
        end = _segment_end(text, position)
        tokens.extend(_segment(text[position:end]))
        position = end
    return _normalised(tokens)


def _segment_end(text: str, start: int) -> int:
    """Where a segment ends: at a slash outside parentheses, or at a colon that opens a path."""
    depth, quoted = 0, False
    for index in range(start, len(text)):
        sign = text[index]
        if sign == "'" and depth:
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and not quoted:
            depth = max(0, depth - 1)
        elif (sign == "/" and (depth == 0 or not quoted)) or (sign == ":" and not quoted and _opens_path(text, index)):
            return index
    return len(text)


def _opens_path(text: str, colon: int) -> bool:
    return colon + 1 == len(text) or text[colon + 1] == "/"


def _segment(text: str) -> list[Token]:
    call = _CALL.fullmatch(text)
    if call is None:
        return [Word(text)]
    name, inside = call.group(1), call.group(2).strip()
    if not inside:
        return [Call(name, {})]
    if "=" not in inside or (inside[0] == "'" and inside[-1] == "'" and "='" not in inside):
        return [Word(name), Word(_unquoted(inside))]
    arguments = {key.lstrip("@"): _unquoted(value) for key, value in _ARGUMENT.findall(_mended(inside))}
    return [Call(name, arguments)]


def _mended(inside: str) -> str:
    """A single argument whose apostrophes were not doubled (kiota sends them so) with them doubled.

    Several aliases are told apart without commas between them too: kiota's address templates lose the commas.
    """
    single = re.fullmatch(r"(\w+=')(.*)(')", inside, re.DOTALL)
    if single is None or re.search(r"'\s*,\s*\w+=|=\s*'@\w+'\w+='@", inside):
        return inside
    return single.group(1) + single.group(2).replace("''", "'").replace("'", "''") + "'"


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == "'" and text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def _normalised(tokens: list[Token]) -> list[Token]:
    """Short type names for casts, `/me` for the alias that SDKs put in its place, and functions of the root site
    without it."""
    named: list[Token] = [
        Word("graph." + token.text[len("microsoft.graph.") :])
        if isinstance(token, Word) and token.text.lower().startswith("microsoft.graph.")
        else token
        for token in tokens
    ]
    if len(named) > 1 and named[0] == Word("users") and named[1] == Word("me-token-to-replace"):
        named = [Word("me"), *named[2:]]
    if len(named) > 2 and named[0] == Word("sites") and named[1] == Word("root") and isinstance(named[2], Call):
        named = [named[0], *named[2:]]
    return _through_drives(_through_team(named))


def _through_team(tokens: list[Token]) -> list[Token]:
    """A team reached through its group, or through the teams somebody is in, as the team itself."""
    names = [token.text.lower() if isinstance(token, Word) else "" for token in tokens]
    if len(names) > 3 and names[0] == "groups" and names[2] == "team":
        return [Word("teams"), tokens[1], *tokens[3:]]
    start = 1 if names[:1] == ["me"] else 2
    if len(names) > start + 1 and names[0] in ("me", "users") and names[start] == "joinedteams":
        return tokens if names[start + 1] == "$count" else [Word("teams"), *tokens[start + 1 :]]
    return tokens


def _through_drives(tokens: list[Token]) -> list[Token]:
    """One of the libraries of a site, a group or a person as the library itself: its id says where it is."""
    names = [token.text.lower() if isinstance(token, Word) else "" for token in tokens]
    if names[:1] not in (["me"], ["users"], ["groups"], ["sites"]) or "drives" not in names[1:5]:
        return tokens
    start = names.index("drives", 1)
    return tokens[start:] if len(tokens) > start + 1 and names[start + 1] != "$count" else tokens
