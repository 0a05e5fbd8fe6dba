// What every page of ours in Teams begins with: the host, its theme and language, Teams' own token, our API.
// No cookie is used. Scripts have addresses of their content, so they share one object instead of importing.

const WAIT_MS = 8000;
const THEMES = { default: "light", dark: "dark", contrast: "contrast" };
const LANGUAGES = ["en", "fr"];

const teams = window.microsoftTeams;
const metaOf = (name) => document.querySelector(`meta[name="liaison-${name}"]`).content;
const hosts = metaOf("hosts").split(" ").filter(Boolean);
const icons = metaOf("icons");
const words = Object.fromEntries(
  [...document.querySelectorAll("#words [data-word]")].map((line) => [line.dataset.word, line.textContent.trim()]),
);

/** What the API, or Teams in its place, would not do. `problem` is the API's own document, empty when there is none. */
class Refusal extends Error {
  constructor(status, problem = {}) {
    super(problem.code ?? String(status));
    this.status = status;
    this.code = problem.code ?? "";
    this.problem = problem;
  }

  /** What happened and what to do, in the language of the page. */
  get sentence() {
    return [this.problem.detail, this.problem.remedy].filter(Boolean).join(" ");
  }
}

/** A sentence of the page, its {facts} filled in. */
function say(name, facts = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, fact) => facts[fact] ?? whole);
}

/** The sentence for a count: French takes the singular for nought as well. */
function sayCount(name, count) {
  const one = document.documentElement.lang === "fr" ? count < 2 : count === 1;
  return say(`${name}_${one ? "one" : "many"}`, { count: count.toLocaleString(document.documentElement.lang) });
}

function within(promise, milliseconds) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("timeout")), milliseconds));
  return Promise.race([promise, late]);
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = THEMES[theme] ?? "light";
}

// The shell's sentences are the server's; another language is another address of it.
function changeLanguage(locale) {
  const language = (locale ?? "").slice(0, 2).toLowerCase();
  if (!LANGUAGES.includes(language) || language === document.documentElement.lang) return false;
  const address = new URL(window.location.href);
  if (address.searchParams.get("locale") === locale) return false;
  address.searchParams.set("locale", locale);
  window.location.replace(address);
  return true;
}

/** Meets the host; the context, or null when there is none to be met or the page is loaded anew in another language. */
async function meet() {
  if (window.parent === window) return outside();
  try {
    await within(hosts.length ? teams.app.initialize(hosts) : teams.app.initialize(), WAIT_MS);
  } catch {
    return outside();
  }
  teams.app.registerOnThemeChangeHandler(applyTheme);
  const context = await teams.app.getContext();
  applyTheme(context.app.theme);
  if (changeLanguage(context.app.locale)) return null;
  teams.app.notifyAppLoaded();
  return context;
}

function outside() {
  window.liaison.show?.("outside");
  return null;
}

/** Asks our API on behalf of whoever looks; the answer's document. Throws a Refusal. */
async function ask(method, path, { body, headers = {} } = {}) {
  let token;
  try {
    token = await within(teams.authentication.getAuthToken(), WAIT_MS);
  } catch {
    throw new Refusal(401, { code: "auth.sign_in" });
  }
  const sent = { Authorization: `Bearer ${token}`, "Accept-Language": document.documentElement.lang, ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    const content = body === undefined ? undefined : JSON.stringify(body);
    answer = await fetch(`/api/v1${path}`, { method, headers: sent, body: content, credentials: "omit" });
  } catch {
    throw new Refusal(0);
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, told);
  return told;
}

/** An element: `h("a.button", { href }, child, …)`. Texts stay texts. */
function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${icons}#${name}`);
  drawing.append(use);
  return drawing;
}

/** A message as the other pages draw it. */
function message(kind, title, text = "") {
  const drawings = { success: "done", danger: "error", warning: "warning", neutral: "information" };
  const body = h("div.message-text", {}, h("strong", {}, title), text ? h("span", {}, text) : null);
  return h(`div.message.${kind}`, {}, icon(drawings[kind]), body);
}

/** One or two letters for a picture of a record. */
function initials(title) {
  const found = (title ?? "").split(/[\s’'-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  return [...new Set([found.at(0), found.at(-1)])].map((word) => word?.[0] ?? "").join("").toUpperCase();
}

/** An address that may be a link's: web addresses only. */
function webAddress(text) {
  const address = new URL(text, window.location.origin);
  return /^https?:$/.test(address.protocol) ? address.href : null;
}

const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

window.liaison = { Refusal, ask, h, icon, initials, meet, message, pause, say, sayCount, teams, webAddress };
