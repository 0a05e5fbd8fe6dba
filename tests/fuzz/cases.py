"""Requests made from the operations that the tenant lists: the n-th of a seed is always the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.fuzz import corpora

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD", "QUERY")
_PLACE = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True)
class Case:
    """One request, and who it belongs to."""

    number: int
    face: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def shown(self) -> str:
        """Enough of it to write a test from."""
        short = {name: value[:120] for name, value in self.headers.items() if name != "Authorization"}
        return f"#{self.number} {self.method} {self.target[:600]} {short} {self.body[:300]!r} ({len(self.body)} bytes)"


@dataclass(frozen=True)
class World:
    """What a caller knows of the tenant: its operations, things that exist, and tokens by what they are good for."""

    operations: Sequence[Mapping[str, Any]]
    known: Mapping[str, Sequence[str]]
    tokens: Mapping[str, str]
    sets: Sequence[str] = field(default=())
    names: Sequence[str] = field(default=())


def make_case(world: World, seed: int, number: int) -> Case:
    """The request of that number."""
    lot = random.Random(f"{seed}/{number}")
    # Faces in turn: the one with the most operations is not the one with the most to get wrong.
    face = ("entra", "dataverse", "graph", "dataverse", "graph", "teams")[number % 6]
    operation = lot.choice([one for one in world.operations if one["face"] == face])
    method = operation["method"] if lot.random() < 0.85 else lot.choice(METHODS)
    path = _path(world, lot, str(operation["pattern"]))
    query = _query(world, lot, face) if lot.random() < 0.7 else ""
    headers = {"Authorization": f"Bearer {_token(world, lot, face)}"}
    for _ in range(lot.choice((0, 0, 1, 1, 2))):
        name, value = lot.choice(corpora.HEADERS)
        headers[name] = value
    body = b""
    if method in ("POST", "PATCH", "PUT", "QUERY") or lot.random() < 0.05:
        body, kind = _body(world, lot, face, path)
        headers["Content-Type"] = kind if lot.random() < 0.85 else lot.choice(corpora.CONTENT_TYPES)
    if "token" not in headers and lot.random() < 0.05:
        del headers["Authorization"]
    printable = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in headers.items()}
    clean = {name: re.sub(r"[\x00-\x1f\x7f]", "?", value) for name, value in printable.items()}
    return Case(number, face, method, _target(path, query), clean, body)


def _target(path: str, query: str) -> str:
    target = quote(path, safe="/%:@!$&'()*+,;=~-._", errors="replace")[:12_000]
    return target + (f"?{query[:20_000]}" if query else "")


def _path(world: World, lot: random.Random, pattern: str) -> str:
    pattern, _, suffix = pattern.partition("?")
    pattern = pattern.partition(" (")[0]
    path = _PLACE.sub(lambda found: _key(world, lot, found[0].strip("{}")), pattern)
    if suffix:
        path += f"?{suffix}"
    if lot.random() < 0.04:
        cut = lot.randrange(len(path))
        path = path[:cut] + lot.choice(corpora.TEXTS[:40])[:200] + path[cut:]
    return path.replace("?", "%3F")


def _key(world: World, lot: random.Random, place: str) -> str:
    if place == "set":
        return lot.choice(world.sets)
    if place in ("collection", "lookup", "property"):
        return lot.choice(world.names)
    if lot.random() < 0.72:
        known = world.known.get(place) or world.known["any"]
        return lot.choice(known)
    if place == "alternate key":
        return f"accountnumber='{lot.choice(corpora.TEXTS)}'"
    return quote(lot.choice(corpora.TEXTS)[:1_500], safe="" if lot.random() < 0.7 else "/:'()%.")


def _token(world: World, lot: random.Random, face: str) -> str:
    good = [name for name in world.tokens if name.startswith(face)] or list(world.tokens)
    return world.tokens[lot.choice(good if lot.random() < 0.88 else list(world.tokens))]


def _query(world: World, lot: random.Random, face: str) -> str:
    if face == "entra":
        return _form(world, lot).decode("ascii", "replace")
    pairs = [(name := lot.choice(corpora.OPTIONS), _option(world, lot, name)) for _ in range(lot.choice((1, 1, 2, 3)))]
    return "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in pairs)


def _option(world: World, lot: random.Random, name: str) -> str:
    pools: dict[str, Sequence[str]] = {
        "$filter": corpora.FILTERS, "$expand": corpora.EXPANDS, "fetchXml": corpora.FETCHES, "sql": corpora.SQLS,
        "$apply": corpora.APPLIES, "$select": world.names, "$orderby": world.names,
        "$top": ("0", "1", "-1", "5", "999999999", "9" * 40, "1.5", "x"),
        "$skip": ("0", "1", "-1", "999999999", "9" * 40), "$count": ("true", "false", "x"),
    }  # fmt: skip
    pool = pools.get(name, corpora.TEXTS)
    if lot.random() < 0.12:
        pool = corpora.TEXTS
    if name == "$filter" and lot.random() < 0.4:
        words = [f"{lot.choice(world.names)} {lot.choice(('eq', 'ne', 'gt', 'in'))} {_literal(lot)}" for _ in range(3)]
        return lot.choice((" and ", " or ", " ")).join(words)
    if name in ("$select", "$orderby", "$expand") and lot.random() < 0.4:
        return ",".join(lot.choice(pool) for _ in range(lot.choice((2, 5, 60))))
    return lot.choice(pool)


def _literal(lot: random.Random) -> str:
    text = lot.choice(corpora.TEXTS)[:300]
    return lot.choice((f"'{text}'", "'" + text.replace("'", "''") + "'", "1", "null", "true", "2024-01-01", text))


def _body(world: World, lot: random.Random, face: str, path: str) -> tuple[bytes, str]:
    draw = lot.random()
    if draw < 0.15:
        return lot.choice(corpora.BROKEN_BODIES), "application/json"
    if face == "entra":
        return _form(world, lot), "application/x-www-form-urlencoded"
    if path.endswith("$batch"):
        return _batch(world, lot, face)
    return json.dumps(_value(world, lot, 3)).encode("utf-8", "replace"), "application/json"


def _value(world: World, lot: random.Random, depth: int) -> Any:
    pool = [*corpora.NAMES, *world.names]
    found: dict[str, Any] = {}
    for _ in range(lot.randrange(1, 6)):
        name = lot.choice(pool)
        draw = lot.random()
        if depth and draw < 0.2:
            found[name] = _value(world, lot, depth - 1)
        elif depth and draw < 0.3:
            found[name] = [_value(world, lot, depth - 1) for _ in range(lot.randrange(3))]
        elif draw < 0.5:
            found[name] = lot.choice(world.known["any"])
        else:
            found[name] = lot.choice(corpora.SCALARS)
    return found


def _form(world: World, lot: random.Random) -> bytes:
    names = (
        "client_id", "client_secret", "grant_type", "scope", "code", "redirect_uri", "response_type", "state", "nonce",
        "code_challenge", "code_challenge_method", "code_verifier", "refresh_token", "assertion", "device_code",
        "requested_token_use", "client_assertion", "client_assertion_type", "prompt", "login_hint", "claims",
        "response_mode", "user_code", "post_logout_redirect_uri", "id_token_hint", "flow", "upn", "decision", "q",
    )  # fmt: skip
    values = (
        *world.known["client_id"], "authorization_code", "refresh_token", "client_credentials", "code", "id_token",
        "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:device_code", "password",
        "openid profile offline_access", "https://graph.microsoft.com/.default", "query", "fragment", "form_post",
        "http://localhost", "S256", "plain", "none", "login", *world.tokens.values(), *corpora.TEXTS,
    )  # fmt: skip
    pairs = [(lot.choice(names), lot.choice(values)[:3_000]) for _ in range(lot.randrange(1, 9))]
    return "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in pairs).encode()


def _batch(world: World, lot: random.Random, face: str) -> tuple[bytes, str]:
    if face == "graph":
        parts: list[Any] = [
            {
                "id": lot.choice(("1", "2", "", None, 3)),
                "method": lot.choice((*METHODS, "", None)),
                "url": lot.choice(
                    ("/me", "/users?$top=1", "", "/$batch", "//", "http://x/v1.0/me", *corpora.TEXTS[:30])
                ),
                **({"dependsOn": lot.choice((["1"], ["9"], "1", None))} if lot.random() < 0.3 else {}),
                **({"body": lot.choice(corpora.SCALARS)} if lot.random() < 0.4 else {}),
                "headers": lot.choice(({}, None, "x", {"Content-Type": "application/json"})),
            }
            for _ in range(lot.randrange(0, 23))
        ]
        return json.dumps({"requests": parts}).encode("utf-8", "replace"), "application/json"
    lines: list[str] = []
    for _ in range(lot.randrange(0, 6)):
        url = f"{lot.choice(world.sets)}?$top={lot.choice(('1', 'x'))}" if lot.random() < 0.6 else lot.choice(
            corpora.TEXTS)  # fmt: skip
        lines += [lot.choice(("--x", "--x", "--x", "--y", "--x--")), "Content-Type: application/http", "",
                  f"{lot.choice(METHODS)} {url} HTTP/1.1", lot.choice(("", "Content-Type: application/json", "x")), "",
                  lot.choice(("", "{}", '{"name":"x"}', "x"))]  # fmt: skip
    return "\r\n".join([*lines, lot.choice(("--x--", "--x", ""))]).encode("utf-8", "replace"), (
        "multipart/mixed; boundary=x"
    )
