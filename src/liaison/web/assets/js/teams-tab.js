// A record in a Teams tab: who looks comes from Teams' own token, what is shown from our API; no cookie is used.

const WAIT_MS = 8000;
const THEMES = { default: "light", dark: "dark", contrast: "contrast" };
const LANGUAGES = ["en", "fr"];

const teams = window.microsoftTeams;
const tab = document.getElementById("tab");
const hosts = document.querySelector('meta[name="liaison-hosts"]').content.split(" ").filter(Boolean);

function show(state, detail = "") {
  for (const section of tab.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== state;
  const line = tab.querySelector(`[data-state="${state}"] [data-detail]`);
  if (line) line.textContent = detail;
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

async function begin() {
  if (window.parent === window) return show("outside");
  try {
    await within(hosts.length ? teams.app.initialize(hosts) : teams.app.initialize(), WAIT_MS);
  } catch {
    return show("outside");
  }
  teams.app.registerOnThemeChangeHandler(applyTheme);
  const context = await teams.app.getContext();
  applyTheme(context.app.theme);
  if (changeLanguage(context.app.locale)) return undefined;
  teams.app.notifyAppLoaded();
  await load();
  return teams.app.notifySuccess();
}

async function load() {
  show("loading");
  let token;
  try {
    token = await within(teams.authentication.getAuthToken(), WAIT_MS);
  } catch {
    return show("sign-in");
  }
  try {
    const headers = { Authorization: `Bearer ${token}`, "Accept-Language": document.documentElement.lang };
    const answer = await fetch(tab.dataset.address, { headers, credentials: "omit" });
    return answer.ok ? showRecord(await answer.json()) : showRefusal(answer);
  } catch {
    return show("failed");
  }
}

async function showRefusal(answer) {
  const states = { 401: "sign-in", 403: "no-rights", 404: "not-found" };
  const said = await answer.json().catch(() => ({}));
  show(states[answer.status] ?? "failed", said.detail ?? "");
}

function fill(name, text) {
  const place = tab.querySelector(`[data-field="${name}"]`);
  place.textContent = text ?? "";
  const optional = tab.querySelector(`[data-optional="${name}"]`);
  if (optional) optional.hidden = !text;
}

function showRecord({ record, link: connection }) {
  for (const name of ["title", "stage", "owner"]) fill(name, record[name]);
  fill("state", connection.state_text);
  const words = (record.title ?? "").split(/\s+/).filter(Boolean);
  tab.querySelector("[data-initials]").dataset.initials = [...new Set([words.at(0), words.at(-1)])]
    .map((word) => word?.[0] ?? "")
    .join("")
    .toUpperCase();
  const link = tab.querySelector("[data-record-link]");
  const address = new URL(record.address ?? tab.dataset.browser, window.location.origin);
  link.href = /^https?:$/.test(address.protocol) ? address.href : tab.dataset.browser;
  tab.querySelector("[data-fields]").replaceChildren(...(record.fields ?? []).map(fieldOf));
  document.title = record.title;
  show("record");
}

function fieldOf({ label, text }) {
  const line = document.createElement("div");
  const name = document.createElement("dt");
  const value = document.createElement("dd");
  name.textContent = label;
  value.textContent = text || "---";
  line.append(name, value);
  return line;
}

for (const button of tab.querySelectorAll("[data-retry]")) button.addEventListener("click", load);
begin();
