/** An app's page in a tab: its frame, and what stands before, over or instead of it while it starts, is silent or fails. */
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bar, emptyState, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { fillPlaceholders } from "./context.js";
import { park, revive } from "./parked.js";
import { appFrame } from "./tab-host.js";
import { noteViewed } from "./tab-instances.js";
import { opener, openElsewhere } from "./tab-opener.js";
import { keepSettings, settingsOf } from "./tab-settings.js";
import { openTask } from "./task-dialog.js";
import { mayFrame } from "./valid-domains.js";

// TeamsJS pages say hello at once; later than this a person deserves a word.
const SILENCE_MS = 10_000;
// A page with a loading indicator has this long to say that it works. Source: T:tabs/how-to/create-tab-pages/content-page
const LOADING_MS = 30_000;

/** Returns {element, stop(), reload()}. */
export function appPage(scene, tab, subEntityId) {
  const holder = h("div.tab-holder");
  const key = `${tab.id} ${tab.configuration.contentUrl}`;
  let page = null;
  let stopped = false;
  const begin = () => {
    if (stopped) return;
    noteViewed(tab.id);
    page = revive(key, holder, { ...settingsOf(tab), contentUrl: tab.configuration.contentUrl });
    if (page) return;
    page = freshPage(scene, tab, subEntityId);
    fill(holder, page.element);
  };
  // A page that was kept can only be moved to where it is on the screen, which this is in a moment.
  queueMicrotask(begin);
  return {
    element: holder,
    stop: () => {
      stopped = true;
      page?.stop();
      if (page?.host) park(key, page);
    },
    reload: () => page?.reload(),
  };
}

function freshPage(scene, tab, subEntityId) {
  const definition = scene.definitionOf(tab.teamsApp);
  const place = { frameContext: "content", definition, entityId: tab.configuration.entityId ?? "", subEntityId };
  const page = {
    scene,
    tab,
    place,
    notes: h("div.tab-notes"),
    element: h("div.tab-page", {}, skeleton(6)),
    host: null,
    stopped: false,
    timers: [],
    ready: () => undefined,
    stop: () => {
      page.stopped = true;
      page.timers.forEach(clearTimeout);
    },
    reload: () => {
      page.host?.stop();
      page.timers.forEach(clearTimeout);
      fill(page.notes);
      start(page);
    },
  };
  start(page);
  return page;
}

async function start(page) {
  const { scene, tab, place } = page;
  const address = fillPlaceholders(tab.configuration.contentUrl, await scene.context(place));
  if (page.stopped) return;
  if (!mayFrame(address)) {
    fill(page.element, openElsewhere(tab, tab.configuration.websiteUrl || address, t("tab.cannotFrame")));
    return;
  }
  const loading = place.definition?.showLoadingIndicator ? loadingOver(tab) : null;
  page.timers = [setTimeout(() => warnOfSilence(page), SILENCE_MS)];
  if (loading) page.timers.push(setTimeout(() => fail(page, t("tab.noAnswer")), LOADING_MS));
  page.host = appFrame({
    scene,
    place,
    address,
    title: tab.displayName,
    settings: () => settingsOf(tab),
    more: answers(page, loading),
  });
  fill(page.element, page.notes, loading, page.host.frame);
}

function answers(page, loading) {
  const { scene, tab, place } = page;
  const calm = () => {
    page.timers.forEach(clearTimeout);
    loading?.remove();
    return undefined;
  };
  return {
    initialized: () => {
      clearTimeout(page.timers[0]);
      fill(page.notes);
    },
    "appInitialization.appLoaded": calm,
    "appInitialization.success": calm,
    "appInitialization.expectedFailure": calm,
    "appInitialization.failure": (reason, message) => void fail(page, message || reason),
    "settings.setSettings": (settings) => keepSettings(scene, tab, place.definition, settings),
    "tasks.startTask": (asked) => openTask({ scene, place, tab, parent: page.host, asked }),
    messageForChild: (message) => void page.host.forChild?.(message),
    readyToUnload: () => void page.ready(),
    returnFocus: (forward) => void giveFocusBack(forward),
  };
}

function loadingOver(tab) {
  return h(
    "div.tab-loading",
    { role: "status" },
    h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    h("p", {}, t("tab.loading", { name: tab.displayName })),
  );
}

function warnOfSilence(page) {
  const { tab } = page;
  const text = t("tab.silent", { name: tab.displayName });
  fill(page.notes, bar("info", text, opener(tab.configuration.websiteUrl || page.host?.frame.src), reloader(page)));
}

/** The page itself says that it cannot start: a calm page in its place. */
function fail(page, reason) {
  const { tab } = page;
  page.timers.forEach(clearTimeout);
  page.host?.stop();
  const title = t("tab.problem", { name: tab.displayName });
  const way = opener(tab.configuration.websiteUrl || page.host?.frame.src);
  fill(page.element, emptyState("error", title, reason, reloader(page, ".primary"), way));
}

function reloader(page, kind = "") {
  return h(
    `button.button${kind}`,
    { type: "button", on: { click: () => page.reload() } },
    icon("refresh"),
    t("tab.reload"),
  );
}

/** Where the focus goes when a page lets it go: on to what follows the page, or back to its tab. */
function giveFocusBack(forward) {
  const target = forward ? document.querySelector(".avatar-button") : document.getElementById("tab-chosen");
  target?.focus();
}
