"""What lies between a person's click and a token: browser sessions, sign-in flows, codes, refresh tokens.

Everything is durable. Secrets handed to clients are kept by their hash only.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from liaison.tenant.estate import Estate

CODE_LIFE_S = 600
DEVICE_CODE_LIFE_S = 900
REFRESH_LIFE_S = 90 * 86_400
FLOW_LIFE_S = 3600
_EXPIRED_KEPT_S = 30 * 86_400

_TABLES = """
CREATE TABLE IF NOT EXISTS browser_sessions (
  browser TEXT NOT NULL, user_id TEXT NOT NULL, sid TEXT NOT NULL, began REAL NOT NULL,
  methods TEXT NOT NULL, apps TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (browser, user_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sign_in_flows (
  id TEXT PRIMARY KEY, browser TEXT NOT NULL, document TEXT NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sign_in_flows_by_expiry ON sign_in_flows (expires);
CREATE TABLE IF NOT EXISTS authorization_codes (
  hash TEXT PRIMARY KEY, document TEXT NOT NULL, expires REAL NOT NULL, redeemed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS authorization_codes_by_expiry ON authorization_codes (expires);
CREATE TABLE IF NOT EXISTS refresh_tokens (
  hash TEXT PRIMARY KEY, document TEXT NOT NULL, expires REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refresh_tokens_by_expiry ON refresh_tokens (expires);
CREATE TABLE IF NOT EXISTS device_codes (
  hash TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, app_id TEXT NOT NULL, scope TEXT NOT NULL,
  expires REAL NOT NULL, status TEXT NOT NULL, user_id TEXT, methods TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class BrowserSession:
    """A person signed in in a browser; `apps` are the client ids that got tokens out of it."""

    browser: str
    user_id: str
    sid: str
    began: float
    methods: tuple[str, ...]
    apps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """What a code or refresh token stands for. `needs_secret` binds it to a client that authenticates itself,
    `redirect_kind` "spa" to web pages. `signed_in` is when the person last proved themselves, `ends` the fixed end of
    everything that follows from the proof, for single-page applications."""

    app_id: str
    user_id: str
    scope: str
    issued: float
    sid: str = ""
    methods: tuple[str, ...] = ("pwd",)
    needs_secret: bool = False
    managed_device: bool = False
    redirect_uri: str = ""
    code_challenge: str | None = None
    nonce: str | None = None
    claims: str | None = None
    client_info: bool = False
    lives_s: float = REFRESH_LIFE_S
    redirect_kind: str = "web"
    version: int = 2
    signed_in: float = 0.0
    ends: float | None = None


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token that was presented, with what it stands for."""

    proof: Proof
    expired: bool
    used: bool


@dataclass(frozen=True)
class DeviceCode:
    """A device waiting for its person; `status` is pending, approved, declined or redeemed."""

    user_code: str
    app_id: str
    scope: str
    expires: float
    status: str
    user_id: str | None
    methods: tuple[str, ...]


@dataclass(frozen=True)
class RedeemedCode:
    """An authorization code that was presented; `again` when it was not for the first time."""

    proof: Proof
    expired: bool
    again: bool


def create_tables(estate: Estate) -> None:
    """Create the tables of signing in; repeatable."""
    estate.db.run_script(_TABLES)


def begin_session(estate: Estate, browser: str, user_id: str, methods: tuple[str, ...]) -> BrowserSession:
    """Sign a person in in a browser; signing in again renews the session and keeps its id."""
    known = find_session(estate, browser, user_id)
    sid = estate.ids.guid() if known is None else known.sid
    apps = () if known is None else known.apps
    session = BrowserSession(browser, user_id, sid, estate.clock.seconds(), methods, apps)
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO browser_sessions VALUES (?, ?, ?, ?, ?, ?)",
            (browser, user_id, sid, session.began, json.dumps(methods), json.dumps(apps)),
        )
    return session


def find_session(estate: Estate, browser: str, user_id: str) -> BrowserSession | None:
    row = estate.db.row("SELECT * FROM browser_sessions WHERE browser = ? AND user_id = ?", (browser, user_id))
    return None if row is None else _session(row)


def list_sessions(estate: Estate, browser: str) -> list[BrowserSession]:
    """Who is signed in in a browser, the latest first."""
    found = estate.db.rows("SELECT * FROM browser_sessions WHERE browser = ? ORDER BY began DESC", (browser,))
    return [_session(row) for row in found]


def note_session_app(estate: Estate, session: BrowserSession, app_id: str) -> None:
    """Remember that an application took part in a session, so that signing out reaches it."""
    if app_id in session.apps:
        return
    apps = json.dumps(sorted({*session.apps, app_id}))
    with estate.db.change() as change:
        change.execute(
            "UPDATE browser_sessions SET apps = ? WHERE browser = ? AND user_id = ?",
            (apps, session.browser, session.user_id),
        )


def end_session(estate: Estate, browser: str, user_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM browser_sessions WHERE browser = ? AND user_id = ?", (browser, user_id))


def save_flow(estate: Estate, flow_id: str, browser: str, document: dict[str, Any]) -> None:
    """Keep a sign-in that waits for its person's next click."""
    now = estate.clock.seconds()
    with estate.db.change() as change:
        change.execute("DELETE FROM sign_in_flows WHERE expires < ?", (now,))
        change.execute(
            "INSERT OR REPLACE INTO sign_in_flows VALUES (?, ?, ?, ?)",
            (flow_id, browser, json.dumps(document), now + FLOW_LIFE_S),
        )


def find_flow(estate: Estate, flow_id: str, browser: str) -> dict[str, Any] | None:
    """A waiting sign-in of this very browser; None for unknown, expired and foreign ones."""
    text = estate.db.value(
        "SELECT document FROM sign_in_flows WHERE id = ? AND browser = ? AND expires >= ?",
        (flow_id, browser, estate.clock.seconds()),
    )
    return None if text is None else dict(json.loads(text))


def end_flow(estate: Estate, flow_id: str) -> None:
    with estate.db.change() as change:
        change.execute("DELETE FROM sign_in_flows WHERE id = ?", (flow_id,))


def issue_code(estate: Estate, proof: Proof) -> str:
    """A one-time authorization code for ten minutes."""
    code = f"1.{estate.ids.token(48)}"
    now = estate.clock.seconds()
    with estate.db.change() as change:
        change.execute("DELETE FROM authorization_codes WHERE expires < ?", (now - 86_400,))
        change.execute(
            "INSERT INTO authorization_codes (hash, document, expires) VALUES (?, ?, ?)",
            (_hash(code), json.dumps(asdict(proof)), now + CODE_LIFE_S),
        )
    return code


def redeem_code(estate: Estate, code: str) -> RedeemedCode | None:
    """Use up an authorization code; None when it was never issued."""
    with estate.db.change() as change:
        row = change.execute("SELECT * FROM authorization_codes WHERE hash = ?", (_hash(code),)).fetchone()
        if row is None:
            return None
        change.execute("UPDATE authorization_codes SET redeemed = 1 WHERE hash = ?", (row["hash"],))
    return RedeemedCode(_proof(row["document"]), row["expires"] < estate.clock.seconds(), bool(row["redeemed"]))


def issue_refresh_token(estate: Estate, proof: Proof) -> str:
    """A refresh token for as long as the proof says."""
    token = f"1.{estate.ids.token(64)}"
    now = estate.clock.seconds()
    with estate.db.change() as change:
        # Kept for a while, so that their clients learn why they no longer serve.
        change.execute("DELETE FROM refresh_tokens WHERE expires < ?", (now - _EXPIRED_KEPT_S,))
        change.execute(
            "INSERT INTO refresh_tokens (hash, document, expires) VALUES (?, ?, ?)",
            (_hash(token), json.dumps(asdict(proof)), min(now + proof.lives_s, proof.ends or math.inf)),
        )
    return token


def find_refresh_token(estate: Estate, token: str) -> RefreshToken | None:
    """What a refresh token stands for; None when it was never issued, or expired long ago."""
    row = estate.db.row("SELECT * FROM refresh_tokens WHERE hash = ?", (_hash(token),))
    if row is None:
        return None
    return RefreshToken(_proof(row["document"]), row["expires"] < estate.clock.seconds(), bool(row["used"]))


def revoke_refresh_tokens(estate: Estate, sid: str) -> None:
    """End every refresh token that came out of one sign-in: one of them was used twice."""
    with estate.db.change() as change:
        change.execute("DELETE FROM refresh_tokens WHERE json_extract(document, '$.sid') = ?", (sid,))


def mark_refresh_token_used(estate: Estate, token: str) -> None:
    with estate.db.change() as change:
        change.execute("UPDATE refresh_tokens SET used = 1 WHERE hash = ?", (_hash(token),))


def issue_device_code(estate: Estate, app_id: str, scope: str) -> tuple[str, str]:
    """A device code and the short code that its person types."""
    code, user_code = estate.ids.token(48), _user_code(estate)
    expires = estate.clock.seconds() + DEVICE_CODE_LIFE_S
    with estate.db.change() as change:
        change.execute("DELETE FROM device_codes WHERE expires < ?", (estate.clock.seconds() - 86_400,))
        change.execute(
            "INSERT INTO device_codes (hash, user_code, app_id, scope, expires, status)"
            " VALUES (?, ?, ?, ?, ?, 'pending')",
            (_hash(code), user_code, app_id, scope, expires),
        )
    return code, user_code


def find_device_code(estate: Estate, code: str) -> DeviceCode | None:
    row = estate.db.row("SELECT * FROM device_codes WHERE hash = ?", (_hash(code),))
    return None if row is None else _device_code(row)


def find_device_by_user_code(estate: Estate, user_code: str) -> DeviceCode | None:
    """A device that still waits, by the code its person typed (in any case, spaces and dashes ignored)."""
    typed = "".join(user_code.upper().replace("-", " ").split())
    row = estate.db.row(
        "SELECT * FROM device_codes WHERE user_code = ? AND status = 'pending' AND expires >= ?",
        (typed, estate.clock.seconds()),
    )
    return None if row is None else _device_code(row)


def settle_device_code(
    estate: Estate, user_code: str, status: str, user_id: str | None = None, methods: tuple[str, ...] = ()
) -> None:
    """Approve, decline or use up a device code."""
    with estate.db.change() as change:
        change.execute(
            "UPDATE device_codes SET status = ?, user_id = coalesce(?, user_id),"
            " methods = CASE WHEN ? = '[]' THEN methods ELSE ? END WHERE user_code = ?",
            (status, user_id, json.dumps(methods), json.dumps(methods), user_code),
        )


def _user_code(estate: Estate) -> str:
    # No vowels and no letters that look like digits, so that codes are neither words nor misread.
    letters = "BCDFGHJKLMNPQRSTVWXZ23456789"
    number = int(estate.ids.guid().replace("-", ""), 16)
    return "".join(letters[number // len(letters) ** place % len(letters)] for place in range(9))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _proof(text: str) -> Proof:
    values = json.loads(text)
    values["methods"] = tuple(values["methods"])
    return Proof(**values)


def _session(row: sqlite3.Row) -> BrowserSession:
    return BrowserSession(
        row["browser"],
        row["user_id"],
        row["sid"],
        row["began"],
        tuple(json.loads(row["methods"])),
        tuple(json.loads(row["apps"])),
    )


def _device_code(row: sqlite3.Row) -> DeviceCode:
    return DeviceCode(
        row["user_code"],
        row["app_id"],
        row["scope"],
        row["expires"],
        row["status"],
        row["user_id"],
        tuple(json.loads(row["methods"])),
    )
