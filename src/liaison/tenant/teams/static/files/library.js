/** One folder as a list: open, upload, download, new folder, rename, delete. Used by Teams and by the site pages. */
import { copyText } from "../core/clipboard.js";
import { askChoice, askText } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { menuButton } from "../core/menu.js";
import { announce, attempt, bar, emptyState, reasonOf, skeleton, toast } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";
import { fileSize, fullTime, shortTime } from "../core/values.js";
import { createFolder, deleteItem, downloadAddress, listChildren, moveItem, renameItem, searchItems } from "./drive.js";
import { askFolder } from "./move.js";
import { acceptDrops, uploadAll } from "./upload.js";

const SEARCH_WAIT_MS = 300;

/**
 * `trail` is the way from the top: [{name, driveId, id, href}], the last one is the folder shown. `folderHref(item)`
 * gives the address of a folder below; what is not `writable` is only for reading. Returns the element.
 */
export function libraryView({ trail, folderHref, siteAddress = null, writable = true }) {
  const folder = trail.at(-1);
  const list = h("div.files-list", {}, skeleton(5));
  const view = { trail, folder, folderHref, list, writable, wanted: "", refresh: () => draw(view) };
  const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": t("files.upload") });
  picker.addEventListener("change", () => {
    uploadAll(folder, [...picker.files], view.refresh);
    picker.value = "";
  });
  const element = h(
    "section.files",
    { "aria-label": t("files.of", { folder: folder.name }) },
    commands(view, picker, siteAddress),
    crumbs(trail),
    list,
  );
  if (writable) acceptDrops(element, (files) => uploadAll(folder, files, view.refresh));
  draw(view);
  return element;
}

async function draw(view) {
  let items;
  try {
    const { driveId, id } = view.folder;
    const wanted = view.wanted;
    items = await (wanted ? searchItems(driveId, id, wanted) : listChildren(driveId, id));
    if (wanted !== view.wanted) return;
  } catch (refused) {
    fill(view.list, bar("failure", reasonOf(refused)));
    return;
  }
  items.sort(
    (one, other) => Number(Boolean(other.folder)) - Number(Boolean(one.folder)) || one.name.localeCompare(other.name),
  );
  if (view.wanted) announce(tCount("files.found", items.length));
  if (items.length) fill(view.list, table(view, items));
  else if (view.wanted)
    fill(view.list, emptyState("search", t("files.nothingFound"), t("files.nothingFound.text", { text: view.wanted })));
  else fill(view.list, emptyState("folder", t("files.none"), t("files.none.text")));
}

function commands(view, picker, siteAddress) {
  const command = (drawing, label, run, kind = "") =>
    h(`button.button${kind}`, { type: "button", on: { click: run } }, icon(drawing), label);
  const site = siteAddress
    ? h("a.button.quiet", { href: siteAddress, target: "_blank", rel: "noopener" }, icon("open"), t("files.openSite"))
    : null;
  return h(
    "div.commands",
    { role: "toolbar", "aria-label": t("files.commands") },
    view.writable ? command("upload", t("files.upload"), () => picker.click(), ".primary") : null,
    view.writable ? command("add", t("files.newFolder"), () => newFolder(view)) : null,
    command("refresh", t("files.refresh"), view.refresh, ".quiet"),
    site,
    searchBox(view),
    picker,
  );
}

function searchBox(view) {
  const input = h("input", {
    type: "search",
    "aria-label": t("files.search", { folder: view.folder.name }),
    placeholder: t("files.searchHere"),
  });
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      view.wanted = input.value.trim();
      view.refresh();
    }, SEARCH_WAIT_MS);
  });
  return h("span.search-box", { role: "search" }, icon("search"), input);
}

function crumbs(trail) {
  const steps = trail.map((step, number) =>
    number === trail.length - 1
      ? h("li", {}, h("span", { "aria-current": "page" }, step.name))
      : h("li", {}, h("a", { href: step.href }, step.name), icon("chevronRight")),
  );
  return h("nav.crumbs", { "aria-label": t("files.path") }, h("ol", {}, steps));
}

function table(view, items) {
  const head = ["name", "modified", "modifiedBy", "size"].map((key) => h("th", { scope: "col" }, t(`files.${key}`)));
  return h(
    "table.files-table",
    {},
    h("thead", {}, h("tr", {}, head, h("th", { scope: "col" }, h("span.spoken", {}, t("files.actions"))))),
    h(
      "tbody",
      {},
      items.map((item) => row(view, item)),
    ),
  );
}

function row(view, item) {
  const more = h(
    "button.icon-button",
    { type: "button", "aria-label": t("files.moreFor", { name: item.name }) },
    icon("more"),
  );
  const name = item.folder
    ? h("a", { href: view.folderHref(item) }, item.name)
    : h("a", { href: item.webUrl, target: "_blank", rel: "noopener" }, item.name);
  return h(
    "tr",
    {},
    h("td.files-name", {}, icon(item.folder ? "folder" : "file"), name),
    h(
      "td",
      { "data-label": t("files.modified"), title: fullTime(item.lastModifiedDateTime) },
      shortTime(item.lastModifiedDateTime),
    ),
    h("td", { "data-label": t("files.modifiedBy") }, authorOf(item)),
    h("td", { "data-label": t("files.size") }, item.folder ? "" : fileSize(item.size ?? 0)),
    h(
      "td.files-more",
      {},
      menuButton(more, () => actionsOn(view, item)),
    ),
  );
}

function authorOf(item) {
  const by = item.lastModifiedBy ?? {};
  return by.user?.displayName ?? by.application?.displayName ?? "";
}

function actionsOn(view, item) {
  const place = [view.folder.driveId, item.id];
  const open = item.folder
    ? null
    : { label: t("files.download"), drawing: "download", run: () => download(...place, item.name) };
  return [
    open,
    { label: t("copyLink"), drawing: "link", run: () => copyText(item.webUrl) },
    ...(view.writable
      ? [
          { label: t("files.rename"), drawing: "edit", run: () => rename(view, item) },
          { label: t("files.move"), drawing: "move", run: () => move(view, item) },
          { label: t("files.delete"), drawing: "trash", danger: true, run: () => erase(view, item) },
        ]
      : []),
  ].filter(Boolean);
}

/** Lets the browser save a file under its own name. */
export async function download(driveId, itemId, name) {
  const address = await attempt(() => downloadAddress(driveId, itemId));
  if (!address) return;
  const anchor = h("a", { href: address, download: name, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

async function newFolder(view) {
  const name = await askText({ title: t("files.newFolder"), label: t("files.folderName"), action: t("create") });
  if (name && (await attempt(() => createFolder(view.folder.driveId, view.folder.id, name)))) await view.refresh();
}

async function rename(view, item) {
  const name = await askText({
    title: t("files.rename"),
    label: t("files.newName"),
    value: item.name,
    action: t("save"),
  });
  if (!name || name === item.name) return;
  if (await attempt(() => renameItem(view.folder.driveId, item.id, name))) await view.refresh();
}

async function move(view, item) {
  const folder = await askFolder(view.trail, item);
  if (!folder) return;
  if (!(await attempt(() => moveItem(view.folder.driveId, item.id, folder.id)))) return;
  toast(t("files.moved", { name: item.name, folder: folder.name }));
  await view.refresh();
}

async function erase(view, item) {
  const sure = await askChoice({
    title: t("files.delete"),
    text: t(item.folder ? "files.deleteFolder.text" : "files.delete.text", { name: item.name }),
    choices: [{ label: t("files.delete"), value: "yes", danger: true }],
  });
  if (!sure) return;
  const done = await attempt(async () => {
    await deleteItem(view.folder.driveId, item.id);
    return true;
  });
  if (done) {
    toast(t("files.deleted", { name: item.name }));
    await view.refresh();
  }
}
