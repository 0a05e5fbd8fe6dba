"""Pure parts of the Entra room."""

from __future__ import annotations

import pytest

from liaison.domain.consent import enhanced_scopes
from liaison.entra.claims import read_language
from liaison.entra.endpoint import wanted_scopes
from liaison.entra.errors import read_number, read_reason, redirect_error, token_error
from liaison.entra.payloads import read_grant, read_keys
from liaison.errors import (
    ConsentNotGranted,
    LiaisonError,
    SignInExpired,
    SignInRefused,
    UpstreamRefused,
    UpstreamSurprise,
    UpstreamUnavailable,
)
from liaison.wire.bearer import read_claims
from liaison.wire.messages import Answer
from liaison.wire.wild import Wild

TRACE = "Trace ID: 1 Correlation ID: 2 Timestamp: 3"


def refused(error: str, number: int = 0, suberror: str = "", status: int = 400) -> Answer:
    text = f"AADSTS{number}: What went wrong. {TRACE}" if number else ""
    content = {"error": error, "error_description": text, "suberror": suberror, "trace_id": "t-1"}
    return Answer("entra", status, {}, b"x", content, "r-1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("invalid_grant", 65001, "consent_required"), ConsentNotGranted("connect", ("Channel.Create",))),
        (refused("invalid_grant", 65001), ConsentNotGranted("connect", ("Channel.Create",))),
        (refused("invalid_grant", 0, "consent_required"), ConsentNotGranted("connect", ("Channel.Create",))),
        (refused("consent_required", 65004), ConsentNotGranted("connect", ("Channel.Create",))),
        (refused("invalid_grant", 50173, "bad_token"), SignInExpired("AADSTS50173")),
        (refused("invalid_grant", 700082), SignInExpired("AADSTS700082")),
        (refused("invalid_grant"), SignInExpired("invalid_grant")),
        (refused("interaction_required", 50076, "basic_action"), SignInExpired("AADSTS50076")),
        (refused("interaction_required", 53000), SignInExpired("AADSTS53000")),
        (refused("login_required", 50058), SignInExpired("AADSTS50058")),
        (refused("temporarily_unavailable", 90033), UpstreamUnavailable("entra", "AADSTS90033", "t-1")),
        (
            refused("invalid_client", 7000215, status=401),
            UpstreamRefused("entra", "AADSTS7000215", "t-1", "What went wrong.", 401),
        ),
        (refused("something_new"), UpstreamRefused("entra", "something_new", "t-1", "", 400)),
    ],
)
def test_the_token_services_errors_become_ours(answer: Answer, error: LiaisonError) -> None:
    assert token_error(answer, ("Channel.Create",)) == error


def test_missing_consent_for_signing_in_is_its_own_rung() -> None:
    for scopes in (("User.Read",), ("user_impersonation",)):
        assert token_error(refused("invalid_grant", 65001), scopes) == ConsentNotGranted("sign_in", scopes)


def test_a_refusal_of_everything_names_a_permission() -> None:
    """`.default` stands for all that was granted, and means nothing to whoever is to allow it."""
    assert token_error(refused("invalid_grant", 65001), (".default",)) == ConsentNotGranted("sign_in", ("User.Read",))


def test_a_refusal_without_json_keeps_its_status() -> None:
    answer = Answer("entra", 403, {}, b"<html>", None, "r-1")
    assert token_error(answer, ()) == UpstreamRefused("entra", "403", "r-1", http_status=403)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            {"error": "access_denied", "error_description": f"AADSTS65004: User declined. {TRACE}\r\nmore"},
            SignInRefused("AADSTS65004", "User declined."),
        ),
        ({"error": "server_error"}, SignInRefused("server_error", "server_error")),
    ],
)
def test_the_browser_comes_back_with_an_error(answer: dict[str, str], error: SignInRefused) -> None:
    assert redirect_error(answer) == error


def test_a_description_is_cut_before_its_trace() -> None:
    assert read_reason(f"AADSTS50011: The address is wrong.\r\n{TRACE}") == "The address is wrong."
    assert read_reason("") == ""
    assert len(read_reason("x" * 10_000)) == 300
    assert (read_number("AADSTS50011: x"), read_number("nothing")) == (50011, 0)


def test_a_grants_scopes_are_bare_names() -> None:
    scope = "openid https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default Files.ReadWrite.All"
    grant = read_grant(Wild({"access_token": "a", "expires_in": "3600", "scope": scope}))
    assert grant.scopes == {"openid", "User.Read", "Files.ReadWrite.All"}
    assert (grant.expires_in_s, grant.refresh_token, grant.id_token) == (3600, "", "")
    assert "access_token='a'" not in repr(grant)


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": ""}, {"access_token": "a"}, {"access_token": "a", "expires_in": "x"}]
)
def test_a_grant_without_token_or_lifetime_is_a_surprise(answer: dict[str, str]) -> None:
    with pytest.raises(UpstreamSurprise):
        read_grant(Wild(answer))


def test_keys_of_other_kinds_are_passed_over() -> None:
    rsa = {"kty": "RSA", "use": "sig", "kid": "1", "n": "n", "e": "e", "issuer": "i"}
    keys = read_keys(Wild({"keys": [rsa, {"kty": "EC", "kid": "2"}, {**rsa, "use": "enc"}, {**rsa, "kid": None}]}))
    assert [(key.kid, key.issuer) for key in keys] == [("1", "i")]
    with pytest.raises(UpstreamSurprise):
        read_keys(Wild({"keys": [{"kty": "RSA", "kid": "1"}]}))


def test_every_scope_that_is_asked_for_is_named_in_a_refusal() -> None:
    scope = "openid offline_access " + " ".join(f"https://graph.microsoft.com/{one}" for one in enhanced_scopes())
    assert wanted_scopes(scope) == enhanced_scopes()


@pytest.mark.parametrize(
    ("text", "language"), [("fr-FR", "fr"), ("FR", "fr"), ("en-GB", "en"), ("de", "en"), ("fry", "en"), ("", "??")]
)
def test_languages_we_do_not_speak_become_english(text: str, language: str) -> None:
    assert read_language(text, "??") == language


@pytest.mark.parametrize(
    ("challenge", "claims"),
    [
        ('Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="', '{"a":1}'),
        ('Bearer error="insufficient_claims", claims="eyJhIjoxfQ"', '{"a":1}'),
        ('Bearer realm="", claims="eyJhIjoxfQ==", authorization_uri="x,y", error="insufficient_claims"', '{"a":1}'),
        ('Bearer error="invalid_token"', ""),
        ('Bearer error="insufficient_claims", claims="%%%"', ""),
        ('Bearer error="insufficient_claims", claims="/w=="', ""),
        ("", ""),
    ],
)
def test_a_claims_challenge_is_read(challenge: str, claims: str) -> None:
    assert read_claims(challenge) == claims
