import { h } from "./dom.js";
import { GraphRefused } from "./graph.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const STAY_MS = 6000;

let spoken;
let toasts;

/** Puts the live region and the corner for short messages on the page. */
export function prepareNotices() {
  spoken = h("div.spoken", { role: "status", "aria-live": "polite" });
  toasts = h("div.toasts");
  document.body.append(spoken, toasts);
}

/** Tells people who listen instead of look. */
export function announce(text) {
  spoken.textContent = "";
  requestAnimationFrame(() => {
    spoken.textContent = text;
  });
}

/** A short message in the corner; `failure` stays until it is closed. */
export function toast(text, { failure = false } = {}) {
  const close = h("button.icon-button", { type: "button", "aria-label": t("close") }, icon("close"));
  const card = h(
    `div.toast.${failure ? "failure" : "success"}`,
    failure ? { role: "alert" } : {},
    icon(failure ? "error" : "check"),
    h("span", {}, text),
    close,
  );
  close.addEventListener("click", () => card.remove());
  toasts.append(card);
  if (!failure) {
    announce(text);
    setTimeout(() => card.remove(), STAY_MS);
  }
}

/** Runs what a click asked for; a refusal of the service becomes a message instead of a silent failure. */
export async function attempt(work) {
  try {
    return await work();
  } catch (refused) {
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
    toast(reasonOf(refused), { failure: true });
    return undefined;
  }
}

/** A refusal in the person's language, with the service's own words after it. */
export function reasonOf(refused) {
  if (!(refused instanceof GraphRefused)) return t("failure.offline");
  const known = { 401: "failure.signIn", 403: "failure.notAllowed", 404: "failure.notFound", 409: "failure.conflict" };
  const key =
    known[refused.status] ?? (refused.status >= 500 || refused.status === 429 ? "failure.later" : "failure.refused");
  return `${t(key)} (${refused.message})`;
}

/** A message bar inside a page; `actions` are buttons or links. */
export function bar(kind, text, ...actions) {
  return h(
    `div.bar.${kind}`,
    { role: kind === "failure" ? "alert" : "note" },
    icon(kind === "failure" ? "error" : "info"),
    h("span.bar-text", {}, text),
    h("span.bar-actions", {}, actions),
  );
}

/** What stands where nothing is yet: a heading, a sentence, and what can be done. */
export function emptyState(drawing, title, text, ...actions) {
  return h("div.empty", {}, icon(drawing), h("h2", {}, title), h("p", {}, text), actions);
}

/** The same where it is the whole page. */
export function emptyPage(drawing, title, text, ...actions) {
  return h("div.empty", {}, icon(drawing), h("h1", {}, title), h("p", {}, text), actions);
}

/** Grey lines while something is on its way. */
export function skeleton(lines = 4) {
  return h(
    "div.skeleton",
    { role: "status", "aria-label": t("loading") },
    Array.from({ length: lines }, () => h("span")),
  );
}
