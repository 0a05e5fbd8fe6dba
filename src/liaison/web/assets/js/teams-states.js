// Which part of a page in Teams is shown, what a refusal looks like, and consent that is given in another window.

const { ask, pause, Refusal } = window.liaison;
const main = document.querySelector("main");

const LOOK_EVERY_MS = 2000;
const LOOK_FOR_MS = 5 * 60 * 1000;
// A grant takes seconds to be in force everywhere. Source: contracts, teams-app 12.3.
const SETTLES_MS = [0, 1000, 2000, 4000];
const BY_CODE = {
  "consent.not_granted": "consent",
  "licence.missing": "no-licence",
  "tab.not_open": "no-rights",
  "record.not_allowed": "no-rights",
  "link.unknown": "not-found",
};
const TELLS_NOTHING = new Set(["no-rights", "no-licence", "not-found", "sign-in"]);

let again = () => undefined;
let attempt = "";

function show(state, detail = "") {
  for (const section of main.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== state;
  const shared = main.querySelector("[data-shared]");
  if (shared) shared.hidden = !["record", "view"].includes(state);
  const line = main.querySelector(`[data-state="${state}"] [data-detail]`);
  if (line) line.textContent = detail;
}

function showRefusal(refusal) {
  if (!(refusal instanceof Refusal)) throw refusal;
  const state = BY_CODE[refusal.code] ?? (refusal.status === 401 ? "sign-in" : "failed");
  if (state === "consent") prepareConsent();
  // Whoever has not signed in yet accepts for themselves: the page says so, and no administrator is needed.
  const isOwn = state === "consent" && refusal.problem.facts?.rung === "sign_in";
  show(state, TELLS_NOTHING.has(state) || isOwn ? "" : refusal.sentence);
}

/** Runs `load` now and whenever a person asks to try again; refusals are shown. */
async function load(work) {
  again = work;
  show("loading");
  try {
    await work();
  } catch (refusal) {
    showRefusal(refusal);
  }
}

// The window is opened by a link, which no browser blocks; that it has ended is learnt from our server, because the
// window may be another browser's. Source: contracts, teams-app 12.3, plan B.
function prepareConsent() {
  const link = main.querySelector("[data-consents]");
  attempt = crypto.randomUUID();
  const address = new URL(link.dataset.begins, window.location.origin);
  address.searchParams.set("attempt", attempt);
  link.href = address.href;
}

async function waitForConsent() {
  const mine = attempt;
  const waits = main.querySelector("[data-waits]");
  waits.hidden = false;
  try {
    const until = Date.now() + LOOK_FOR_MS;
    while (Date.now() < until && mine === attempt) {
      await pause(LOOK_EVERY_MS);
      const seen = await ask("GET", `/tabs/attempts/${mine}`).catch(() => ({}));
      if (seen.is_done) return await settle();
    }
  } finally {
    waits.hidden = true;
  }
  return undefined;
}

async function settle() {
  for (const wait of SETTLES_MS) {
    await pause(wait);
    try {
      return await again();
    } catch (refusal) {
      if (refusal.code !== "consent.not_granted") return showRefusal(refusal);
    }
  }
  return load(again);
}

main.querySelector("[data-consents]")?.addEventListener("click", () => void waitForConsent());
for (const button of main.querySelectorAll("[data-retry]")) button.addEventListener("click", () => void load(again));

Object.assign(window.liaison, { load, show, showRefusal });
