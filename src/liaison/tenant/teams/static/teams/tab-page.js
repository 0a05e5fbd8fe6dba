/** A pinned tab in the main pane: an app's page in a frame, a web site, a library, or a file. */
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { GraphRefused } from "../core/graph.js";
import { t } from "../core/texts.js";
import { readItemAt } from "../files/drive.js";
import { filePage } from "../files/file-page.js";
import { libraryView } from "../files/library.js";
import { fillPlaceholders } from "./context.js";
import { appFrame, mayFrame } from "./tab-host.js";
import { changeTab, kindOfTab } from "./teamwork.js";

// TeamsJS pages say hello at once; later than this a person deserves a word.
const SILENCE_MS = 10_000;

/** Returns {element, stop()}. `scene` is what the client knows of the place: {team, channel, context(…), …}. */
export function tabPage(scene, tab, subEntityId = "") {
  const address = tab.configuration?.contentUrl ?? "";
  const kind = kindOfTab(tab);
  if (kind === "library" || kind === "viewer") return still(documentPage(address || tab.configuration?.websiteUrl));
  if (!address) return still(emptyState("apps", t("tab.notSetUp"), t("tab.notSetUp.text", { name: tab.displayName })));
  if (kind === "website") return still(websitePage(tab, tab.configuration.websiteUrl || address));
  return appPage(scene, tab, subEntityId);
}

function still(element) {
  return { element, stop: () => undefined };
}

function appPage(scene, tab, subEntityId) {
  const definition = scene.definitionOf(tab.teamsApp);
  const place = { frameContext: "content", definition, entityId: tab.configuration.entityId ?? "", subEntityId };
  const notes = h("div.tab-notes");
  const element = h("div.tab-page", {}, notes, skeleton(6));
  let host = null;
  let stopped = false;
  const start = async () => {
    const context = await scene.context(place);
    const address = fillPlaceholders(tab.configuration.contentUrl, context);
    if (stopped) return;
    if (!mayFrame(address)) {
      fill(element, openElsewhere(tab, tab.configuration.websiteUrl || address, t("tab.cannotFrame")));
      return;
    }
    const warn = (text) => fill(notes, bar("info", text, opener(tab.configuration.websiteUrl || address), retry()));
    const silence = setTimeout(() => warn(t("tab.silent", { name: tab.displayName })), SILENCE_MS);
    const heard = () => {
      clearTimeout(silence);
      fill(notes);
    };
    host = appFrame({
      address,
      title: tab.displayName,
      frameContext: "content",
      definition,
      context: () => scene.context(place),
      settings: () => settingsOf(tab),
      navigate: scene.navigate,
      more: {
        initialized: heard,
        "appInitialization.failure": (reason, message) =>
          warn(t("tab.failed", { name: tab.displayName, reason: message || reason })),
        "settings.setSettings": (settings) => keepSettings(scene, tab, definition, settings),
      },
    });
    fill(element, notes, host.frame);
  };
  const retry = () =>
    h("button.button", { type: "button", on: { click: () => restart() } }, icon("refresh"), t("tab.reload"));
  const restart = () => {
    host?.stop();
    fill(notes);
    start();
  };
  start();
  return {
    element,
    stop: () => {
      stopped = true;
      host?.stop();
    },
  };
}

/** The settings of a tab as TeamsJS reads and writes them. */
export function settingsOf(tab) {
  const { entityId, contentUrl, websiteUrl, removeUrl } = tab.configuration ?? {};
  return { entityId: entityId ?? "", contentUrl, websiteUrl, removeUrl, suggestedDisplayName: tab.displayName };
}

async function keepSettings(scene, tab, definition, settings) {
  const refusal = scene.refusalOf(definition, settings);
  if (refusal) return [false, refusal];
  const { entityId, contentUrl, websiteUrl, removeUrl } = settings;
  try {
    await changeTab(scene.team.id, scene.channel.id, tab.id, {
      configuration: { entityId, contentUrl, websiteUrl, removeUrl },
    });
    return [true];
  } catch (refused) {
    if (!(refused instanceof GraphRefused)) throw refused;
    return [false, refused.message];
  }
}

function websitePage(tab, address) {
  const card = bar("info", t("tab.website"), opener(address));
  if (!mayFrame(address)) return h("div.tab-page", {}, openElsewhere(tab, address, t("tab.website")));
  const frame = h("iframe.tab-frame", {
    src: address,
    title: tab.displayName,
    sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
    referrerpolicy: "no-referrer",
  });
  return h("div.tab-page", {}, h("div.tab-notes", {}, card), frame);
}

function openElsewhere(tab, address, text) {
  return emptyState("web", tab.displayName, text, opener(address, ".primary"));
}

function opener(address, kind = "") {
  if (!/^https?:/i.test(address ?? "")) return null;
  return h(
    `a.button${kind}`,
    { href: address, target: "_blank", rel: "noopener noreferrer" },
    icon("open"),
    t("tab.openInBrowser"),
  );
}

function documentPage(address) {
  const element = h("div.tab-page", {}, skeleton(5));
  showDocument(element, address).catch((refused) => {
    if (!(refused instanceof GraphRefused)) throw refused;
    fill(element, bar("failure", reasonOf(refused), opener(address)));
  });
  return element;
}

async function showDocument(element, address) {
  const item = await readItemAt(address);
  if (item.file) {
    fill(element, filePage(item));
    return;
  }
  const folder = { name: item.name, driveId: item.parentReference.driveId, id: item.id };
  fill(element, libraryView({ trail: [folder], folderHref: (below) => below.webUrl, siteAddress: item.webUrl }));
}
