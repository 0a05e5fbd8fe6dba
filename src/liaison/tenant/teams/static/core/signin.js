/**
 * Signs in at the tenant's own Entra face with authorization code and PKCE, and keeps the tokens of this window:
 * the refresh token in sessionStorage, access tokens in memory only.
 */

const GRAPH_SCOPE = "https://graph.microsoft.com/.default";
const OPENID_SCOPES = "openid profile offline_access";
const SESSION = "teams.session";
const ATTEMPT = "teams.attempt";
// A token is renewed this long before it ends, so that no request leaves with a dying one.
const SPARE_MS = 120_000;

const tenant = meta("tenant");
const clientId = meta("client");
const redirectUri = `${location.origin}/teams/auth`;
const accessTokens = new Map();
let turn = Promise.resolve();

/** Entra refused; `error` and `suberror` are its own words, `message` its description. */
export class SignInRefused extends Error {
  constructor(answer) {
    super(answer.error_description || answer.error || "unknown");
    this.error = answer.error || "unknown";
    this.suberror = answer.suberror || "";
    this.codes = answer.error_codes || [];
  }
}

/** Who is signed in here: {id, name, loginHint, tenantId}; null when nobody is. */
export function account() {
  return readJson(sessionStorage, SESSION)?.account ?? null;
}

/** Leaves the page for the sign-in page; comes back to `returnTo`. */
export async function startSignIn(returnTo = location.pathname + location.search, extra = {}) {
  const attempt = { verifier: randomText(48), state: randomText(24), nonce: randomText(24), returnTo };
  sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    response_mode: "query",
    redirect_uri: redirectUri,
    scope: `${OPENID_SCOPES} ${GRAPH_SCOPE}`,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await challengeOf(attempt.verifier),
    code_challenge_method: "S256",
    ...extra,
  });
  location.assign(`/${tenant}/oauth2/v2.0/authorize?${query}`);
}

/** Ends a sign-in at /teams/auth: trades the code for tokens and returns the address to go back to. */
export async function finishSignIn() {
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  const attempt = readJson(sessionStorage, ATTEMPT);
  sessionStorage.removeItem(ATTEMPT);
  if (answer.error) throw new SignInRefused(answer);
  if (!attempt || !answer.code || answer.state !== attempt.state) throw new SignInRefused({ error: "state_mismatch" });
  const tokens = await askForTokens({
    grant_type: "authorization_code",
    code: answer.code,
    redirect_uri: redirectUri,
    code_verifier: attempt.verifier,
    scope: `${OPENID_SCOPES} ${GRAPH_SCOPE}`,
  });
  const claims = payloadOf(tokens.id_token);
  if (claims.nonce !== attempt.nonce) throw new SignInRefused({ error: "nonce_mismatch" });
  keep(GRAPH_SCOPE, tokens, {
    id: claims.oid,
    name: claims.name,
    loginHint: claims.preferred_username,
    tenantId: claims.tid,
  });
  return ownAddress(attempt.returnTo);
}

/** A token for Graph. */
export function graphToken(claims) {
  return tokenFor(GRAPH_SCOPE, claims);
}

/** A token for any scope this client may have; raises SignInRefused when Entra wants the person, or says no. */
export async function tokenFor(scope, claims) {
  const kept = accessTokens.get(scope);
  if (kept && !claims && kept.ends > Date.now() + SPARE_MS) return kept.text;
  // One refresh at a time: a strict tenant accepts each refresh token once.
  const mine = turn.then(() => refresh(scope, claims));
  turn = mine.catch(() => undefined);
  return mine;
}

/** Drops what is kept for Graph, so that the next call asks for a new token. */
export function forgetGraphToken() {
  accessTokens.delete(GRAPH_SCOPE);
}

export function signOut() {
  sessionStorage.removeItem(SESSION);
  accessTokens.clear();
  const query = new URLSearchParams({ post_logout_redirect_uri: `${location.origin}/teams/` });
  location.assign(`/${tenant}/oauth2/v2.0/logout?${query}`);
}

async function refresh(scope, claims) {
  const kept = accessTokens.get(scope);
  if (kept && !claims && kept.ends > Date.now() + SPARE_MS) return kept.text;
  const session = readJson(sessionStorage, SESSION);
  if (!session) throw new SignInRefused({ error: "login_required" });
  const asked = { grant_type: "refresh_token", refresh_token: session.refreshToken, scope };
  if (claims) asked.claims = claims;
  const tokens = await askForTokens(asked);
  keep(scope, tokens, session.account);
  return tokens.access_token;
}

async function askForTokens(form) {
  const answer = await fetch(`/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: clientId, client_info: "1", ...form }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new SignInRefused(body);
  return body;
}

function keep(scope, tokens, whose) {
  accessTokens.set(scope, { text: tokens.access_token, ends: Date.now() + tokens.expires_in * 1000 });
  const before = readJson(sessionStorage, SESSION);
  const refreshToken = tokens.refresh_token ?? before?.refreshToken;
  sessionStorage.setItem(SESSION, JSON.stringify({ refreshToken, account: whose }));
}

function ownAddress(address) {
  const url = new URL(address || "/teams/", location.origin);
  // The organisation's own site has its library at the top.
  const ours = url.origin === location.origin && /^\/(teams|sites|Shared%20Documents)(\/|$)/i.test(url.pathname);
  return ours && url.pathname !== "/teams/auth" ? url.pathname + url.search : "/teams/";
}

function meta(name) {
  return document.querySelector(`meta[name="liaison-${name}"]`).content;
}

function payloadOf(token) {
  const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
}

function randomText(bytes) {
  return base64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

async function challengeOf(verifier) {
  return base64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

function base64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function readJson(storage, key) {
  const text = storage.getItem(key);
  return text === null ? null : JSON.parse(text);
}
