/** The main pane: a channel's header with its tabs, and below it what the chosen tab shows. */
import { channelAddress } from "../core/addresses.js";
import { avatar } from "../core/avatar.js";
import { copyText } from "../core/clipboard.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { menuButton } from "../core/menu.js";
import { bar as noteBar, emptyState, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { channelFiles } from "./channel-files.js";
import { showMembers } from "./members.js";
import { postsView } from "./posts.js";
import { addTabByDialog, removeTabByDialog, renameTab, setUpTab } from "./tab-dialogs.js";
import { tabPage } from "./tab-page.js";
import { kindOfTab } from "./teamwork.js";

/**
 * Returns {element, showTabs(tabs), stop()}. `scene` is the place: team, channel, view, the tabs known so far, and
 * what the client can do; `changed()` asks the client to read the tabs again and to draw everything anew.
 */
export function channelView(scene, changed) {
  const bar = h("div.tab-bar", { role: "tablist", "aria-label": t("tabs.of", { channel: scene.channel.displayName }) });
  const options = h("span.tab-options");
  const panel = h("div.panel", { role: "tabpanel", id: "panel", "aria-labelledby": "tab-chosen" });
  const view = { scene, changed, bar, options, panel, shown: null, tabs: scene.tabs, fresh: false };
  const archived = scene.team.isArchived ? "team.archived" : scene.channel.isArchived ? "channel.archived" : null;
  const note = archived ? h("div.tab-notes", {}, noteBar("info", t(archived))) : null;
  const element = h("main.channel", {}, header(view), note, panel);
  bar.addEventListener("keydown", (event) => walkTabs(event, bar));
  drawTabs(view);
  drawPanel(view);
  return {
    element,
    showTabs: (tabs) => {
      const before = chosenTab(view);
      const waited = !before && !view.fresh;
      view.fresh = true;
      view.tabs = tabs;
      drawTabs(view);
      if (isPinned(scene.view) && (waited || Boolean(before) !== Boolean(chosenTab(view)))) drawPanel(view);
    },
    stop: () => view.shown?.stop?.(),
  };
}

function isPinned(view) {
  return view !== "posts" && view !== "files";
}

function chosenTab(view) {
  return view.tabs?.find((tab) => tab.id === view.scene.view) ?? null;
}

function header(view) {
  const { scene } = view;
  const add = h("button.icon-button", { type: "button", "aria-label": t("tab.add"), title: t("tab.add") }, icon("add"));
  add.addEventListener("click", () => addAndOpen(view));
  const people = h(
    "button.icon-button",
    { type: "button", "aria-label": t("members.show"), title: t("members.show") },
    icon("people"),
  );
  people.addEventListener("click", () => showMembers(scene.team, scene.channel, scene.me));
  const more = h("button.icon-button", { type: "button", "aria-label": t("channel.more") }, icon("more"));
  return h(
    "header.channel-head",
    {},
    h("a.icon-button.back", { href: "/teams/", "aria-label": t("back") }, icon("back")),
    avatar(scene.team.displayName, "team"),
    h(
      "div.channel-title",
      {},
      h("h1", {}, scene.channel.displayName, kindMark(scene.channel)),
      h("span.quiet", {}, scene.team.displayName),
    ),
    h("div.tab-strip", {}, view.bar, view.options, scene.writable ? add : null),
    h("div.channel-tools", {}, people, menuButton(more, scene.menu)),
  );
}

function kindMark(channel) {
  const kind = channel.membershipType ?? "standard";
  if (kind === "standard") return null;
  return h(
    "span.kind",
    { title: t(`channel.${kind}`) },
    icon(kind === "private" ? "lock" : "share"),
    h("span.spoken", {}, t(`channel.${kind}`)),
  );
}

function drawTabs(view) {
  const { scene } = view;
  const entries = [
    { id: "posts", name: t("tab.posts") },
    { id: "files", name: t("tab.files") },
    ...(view.tabs ?? []).map((tab) => ({ id: tab.id, name: tab.displayName })),
  ];
  const focused = view.bar.contains(document.activeElement);
  fill(
    view.bar,
    entries.map((entry) => tabLink(scene, entry)),
  );
  const stop = view.bar.querySelector("[aria-selected=true]") ?? view.bar.firstChild;
  stop.tabIndex = 0;
  stop.id = "tab-chosen";
  if (focused) stop.focus();
  stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  fill(view.options, chosenTab(view) ? optionsButton(view, chosenTab(view)) : null);
}

function tabLink(scene, { id, name }) {
  const chosen = scene.view === id;
  return h(
    "a.tab",
    {
      role: "tab",
      href: channelAddress(scene.team.id, scene.channel, id),
      "aria-selected": String(chosen),
      "aria-controls": chosen ? "panel" : null,
      tabindex: "-1",
      title: name,
    },
    name,
  );
}

function optionsButton(view, tab) {
  const label = t("tab.options", { name: tab.displayName });
  const button = h("button.icon-button", { type: "button", "aria-label": label, title: label }, icon("chevronDown"));
  return menuButton(button, () => tabMenu(view, tab));
}

function tabMenu(view, tab) {
  const { scene } = view;
  const definition = scene.definitionOf(tab.teamsApp);
  const mayChange = kindOfTab(tab) === "app" && definition?.configurationUrl && definition.canUpdateConfiguration;
  const then = (done) => async () => (await done()) && view.changed();
  const outside = tab.configuration?.websiteUrl || tab.configuration?.contentUrl;
  const calm = [
    { label: t("tab.reload"), drawing: "refresh", run: () => view.shown?.reload?.() },
    /^https?:/i.test(outside ?? "")
      ? { label: t("tab.openInBrowser"), drawing: "open", run: () => window.open(outside, "_blank", "noopener") }
      : undefined,
    { label: t("copyLink"), drawing: "link", run: () => copyText(location.href) },
  ];
  if (!scene.writable) return calm.filter((entry) => entry !== undefined);
  return [
    ...calm,
    null,
    { label: t("tab.rename"), drawing: "edit", run: then(() => renameTab(scene, tab)) },
    mayChange ? { label: t("tab.settings"), drawing: "settings", run: then(() => setUpTab(scene, tab)) } : undefined,
    null,
    {
      label: t("tab.remove"),
      drawing: "trash",
      danger: true,
      run: async () => {
        if (await removeTabByDialog(scene, tab)) scene.navigate(channelAddress(scene.team.id, scene.channel));
      },
    },
  ].filter((entry) => entry !== undefined);
}

async function addAndOpen(view) {
  const tab = await addTabByDialog(view.scene);
  if (tab) view.scene.navigate(channelAddress(view.scene.team.id, view.scene.channel, tab.id));
}

function drawPanel(view) {
  view.shown?.stop?.();
  view.shown = shownBy(view);
  fill(view.panel, view.shown?.element);
}

function shownBy(view) {
  const { scene } = view;
  if (scene.view === "posts") return postsView(scene);
  if (scene.view === "files") return { element: channelFiles(scene) };
  const tab = chosenTab(view);
  if (tab) return tabPage(scene, tab, scene.subEntityId);
  return { element: view.fresh ? emptyState("apps", t("tab.gone"), t("tab.gone.text")) : skeleton(6) };
}

function walkTabs(event, bar) {
  const tabs = [...bar.children];
  const at = tabs.indexOf(document.activeElement);
  const targets = {
    ArrowRight: tabs[(at + 1) % tabs.length],
    ArrowLeft: tabs[(at - 1 + tabs.length) % tabs.length],
    Home: tabs[0],
    End: tabs.at(-1),
  };
  if (event.key === " ") document.activeElement.click();
  else if (event.key in targets) targets[event.key].focus();
  else return;
  event.preventDefault();
}
