"""Entra's answers, tamed."""

from __future__ import annotations

from dataclasses import dataclass, field

from liaison.wire.wild import Wild


@dataclass(frozen=True)
class Grant:
    """A successful answer of the token endpoint; what was not given is empty.

    `scopes` are bare names, whatever resource they were written with.
    """

    access_token: str = field(repr=False)
    expires_in_s: int
    scopes: frozenset[str]
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)


def read_grant(wild: Wild) -> Grant:
    """Source: identity.md section 5, success JSON."""
    return Grant(
        access_token=wild.text("access_token"),
        expires_in_s=_seconds(wild),
        scopes=frozenset(bare_scope(scope) for scope in wild.opt_text("scope").split()) - {".default"},
        refresh_token=wild.opt_text("refresh_token"),
        id_token=wild.opt_text("id_token"),
    )


def bare_scope(scope: str) -> str:
    """`User.Read` for `https://graph.microsoft.com/User.Read`."""
    return scope.rsplit("/", 1)[-1]


def _seconds(wild: Wild) -> int:
    text = wild.member("expires_in").as_shown()
    # Some older paths answer with a text.
    if not text.isdigit():
        raise wild.surprise("expires_in")
    return int(text)


@dataclass(frozen=True)
class PublishedKey:
    """A signing key as JSON, and the issuer it signs for; `{tenantid}` stands for any tenant."""

    kid: str
    issuer: str
    jwk: dict[str, str] = field(hash=False)


def read_keys(wild: Wild) -> tuple[PublishedKey, ...]:
    """The RSA signing keys; keys of other kinds or uses are passed over.

    Source: identity.md section 3; RFC 7517 section 5 (unknown keys are ignored).
    """
    found = []
    for key in wild.list("keys"):
        if key.opt_text("kty") != "RSA" or key.opt_text("use", "sig") != "sig" or not key.has("kid"):
            continue
        jwk = {"kty": "RSA", "kid": key.text("kid"), "n": key.text("n"), "e": key.text("e")}
        found.append(PublishedKey(jwk["kid"], key.opt_text("issuer"), jwk))
    return tuple(found)
