/** The pages below /sites: what stands at the address of a site, a library, a folder or a file. */
import { adoptLanguage } from "../core/appearance.js";
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { topBar } from "../core/frame.js";
import { GraphRefused, read } from "../core/graph.js";
import { icon } from "../core/icons.js";
import { bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { listLibraries, readItem, readItemAt, readRoot, readSiteAt } from "./drive.js";
import { filePage } from "./file-page.js";
import { libraryView } from "./library.js";

const DEEPEST = 60;

export async function runSite(root) {
  const me = await read("/me?$select=id,displayName,preferredLanguage");
  adoptLanguage(me.preferredLanguage);
  document.title = t("site.product");
  const head = h("div.site-head");
  const body = h("div.site-body", {}, skeleton(6));
  fill(root, topBar(me, t("site.product"), "folder"), h("main.site", {}, head, body));
  try {
    await showAddress(head, body);
  } catch (refused) {
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
    const missing = refused instanceof GraphRefused && [400, 403, 404].includes(refused.status);
    fill(
      body,
      missing ? emptyState("file", t("site.missing"), t("site.missing.text")) : bar("failure", reasonOf(refused)),
    );
  }
}

async function showAddress(head, body) {
  const parts = location.pathname.split("/").map(decodeURIComponent);
  const sitePath = parts[1] === "sites" ? parts.slice(0, 3).join("/") : "";
  const site = await readSiteAt(location.hostname, sitePath);
  const libraries = await listLibraries(site.id);
  fill(head, siteHead(site, libraries));
  const item = await itemHere(libraries);
  document.title = `${item.root ? site.displayName : item.name} – ${t("site.product")}`;
  if (item.file) {
    fill(body, h("nav.crumbs", {}, await parentLink(item)), filePage(item));
    return;
  }
  const trail = await trailOf(item, libraries);
  fill(body, libraryView({ trail, folderHref: (below) => below.webUrl }));
}

function siteHead(site, libraries) {
  const links = libraries.map((library) => h("li", {}, h("a", { href: library.webUrl }, icon("folder"), library.name)));
  return [
    avatar(site.displayName, "team"),
    h(
      "div",
      {},
      h("h1", {}, h("a", { href: site.webUrl }, site.displayName)),
      h("nav", { "aria-label": t("site.libraries") }, h("ul.libraries", {}, links)),
    ),
  ];
}

/** The item at this address; a site's own address is the root folder of its first library. */
async function itemHere(libraries) {
  const isSite = /^\/sites\/[^/]+\/?$/.test(location.pathname);
  if (isSite && libraries.length) return readRoot(libraries[0].id);
  return readItemAt(location.href.split("#")[0]);
}

/** The folders from the library down to a folder. */
async function trailOf(folder, libraries) {
  const driveId = folder.parentReference?.driveId;
  const found = [];
  for (let item = folder; found.length < DEEPEST; item = await readItem(driveId, item.parentReference.id)) {
    const isRoot = Boolean(item.root) || !item.parentReference?.id;
    const name = isRoot ? (libraries.find((library) => library.id === driveId)?.name ?? item.name) : item.name;
    found.unshift({ name, driveId, id: item.id, href: item.webUrl });
    if (isRoot) break;
  }
  return found;
}

async function parentLink(item) {
  const parent = await readItem(item.parentReference.driveId, item.parentReference.id);
  return h("a", { href: parent.webUrl }, icon("back"), t("site.folder"));
}
