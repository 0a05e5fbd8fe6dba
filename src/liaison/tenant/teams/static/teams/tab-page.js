/** A pinned tab in the main pane: an app's page in a frame, a web site, a library, or a file. */
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { GraphRefused } from "../core/graph.js";
import { t } from "../core/texts.js";
import { readItemAt } from "../files/drive.js";
import { filePage } from "../files/file-page.js";
import { libraryView } from "../files/library.js";
import { appPage } from "./app-page.js";
import { opener, openElsewhere } from "./tab-opener.js";
import { kindOfTab } from "./teamwork.js";
import { mayFrame } from "./valid-domains.js";

/** Returns {element, stop(), reload()}. `scene` is what the client knows of the place: {team, channel, context(…), …}. */
export function tabPage(scene, tab, subEntityId = "") {
  const address = tab.configuration?.contentUrl ?? "";
  const kind = kindOfTab(tab);
  if (kind === "library" || kind === "viewer")
    return still(() => documentPage(address || tab.configuration?.websiteUrl));
  if (!address)
    return still(() => emptyState("apps", t("tab.notSetUp"), t("tab.notSetUp.text", { name: tab.displayName })));
  if (kind === "website") return still(() => websitePage(tab, tab.configuration.websiteUrl || address));
  return appPage(scene, tab, subEntityId);
}

/** A page without a host: to load it again is to draw it again. */
function still(draw) {
  const element = h("div.tab-holder", {}, draw());
  return { element, stop: () => undefined, reload: () => fill(element, draw()) };
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
