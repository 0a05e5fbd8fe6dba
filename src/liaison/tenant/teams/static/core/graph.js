import { forgetGraphToken, graphToken, SignInRefused, startSignIn } from "./signin.js";

const ROOT = "/v1.0";
const PATIENCE = 4;
const LONGEST_WAIT_S = 20;

/** Graph refused; `code` and `message` are its own words. */
export class GraphRefused extends Error {
  constructor(status, code, message, requestId) {
    super(message || code);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** A path below /v1.0 from literal parts and encoded values: path`/teams/${id}/channels`. */
export function path(parts, ...values) {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}

export const read = (address) => send("GET", address);
export const post = (address, body) => send("POST", address, { body });
export const patch = (address, body) => send("PATCH", address, { body });
export const remove = (address) => send("DELETE", address);

/** Sends one request and returns its JSON, or null for an empty answer. Raises GraphRefused. */
export async function send(method, address, options = {}) {
  return jsonOf(await answerTo(method, address, options));
}

/** Sends a request that the service will carry out in a while; returns the path of its operation. */
export async function sendForOperation(method, address, body) {
  const { headers } = await answerTo(method, address, { body });
  // A shared channel is told about by the second header alone.
  const told = [headers.get("Location"), headers.get("Content-Location")];
  return told.find((one) => one?.startsWith("/") && one.includes("/operations")) ?? null;
}

/**
 * The answer to one request. Waits as told by Retry-After; answers a claims challenge with a new token once, then
 * with a new sign-in.
 */
async function answerTo(method, address, { body, content, headers = {} }) {
  for (let attempt = 0, claims; ; attempt += 1) {
    const answer = await fetch(ROOT + address, {
      method,
      headers: {
        Accept: "application/json",
        Authorization: `Bearer ${await signedIn(claims)}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? content : JSON.stringify(body),
    });
    if (answer.ok) return answer;
    if (answer.status === 401 && attempt === 0) {
      claims = challengeIn(answer);
      forgetGraphToken();
    } else if (attempt < PATIENCE && mayRepeat(answer.status, method)) {
      await wait(answer.headers.get("Retry-After"), attempt);
    } else {
      throw await refusal(answer);
    }
  }
}

/** Every item of a collection, page after page. */
export async function readAll(address) {
  const items = [];
  for (let next = address; next;) {
    const page = await read(next);
    items.push(...page.value);
    next = nextPage(page);
  }
  return items;
}

/** The path of the following page of ours; null at the end. */
export function nextPage(page) {
  const link = page["@odata.nextLink"];
  if (!link) return null;
  const url = new URL(link, location.origin);
  if (url.origin !== location.origin || !url.pathname.startsWith(`${ROOT}/`)) throw new Error(`Foreign page: ${link}`);
  return url.pathname.slice(ROOT.length) + url.search;
}

async function signedIn(claims) {
  try {
    return await graphToken(claims);
  } catch (refused) {
    if (!(refused instanceof SignInRefused)) throw refused;
    await startSignIn(undefined, claims ? { claims } : {});
    // The page is being left; nothing may go on meanwhile.
    return new Promise(() => undefined);
  }
}

async function jsonOf(answer) {
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

function challengeIn(answer) {
  const found = /claims="([^"]+)"/.exec(answer.headers.get("WWW-Authenticate") ?? "");
  return found ? atob(found[1]) : undefined;
}

function mayRepeat(status, method) {
  // 429 was refused before anything happened; after 503 only reading again is harmless.
  return status === 429 || (status === 503 && method === "GET");
}

function wait(retryAfter, attempt) {
  const seconds = Math.min(Number(retryAfter) || 2 ** attempt, LONGEST_WAIT_S);
  return new Promise((done) => setTimeout(done, seconds * 1000));
}

async function refusal(answer) {
  const text = await answer.text();
  const requestId = answer.headers.get("request-id");
  try {
    const { code, message } = JSON.parse(text).error;
    return new GraphRefused(answer.status, code, message, requestId);
  } catch (odd) {
    if (!(odd instanceof SyntaxError || odd instanceof TypeError)) throw odd;
    return new GraphRefused(answer.status, `HTTP ${answer.status}`, "", requestId);
  }
}
