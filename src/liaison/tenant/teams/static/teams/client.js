/** The client as a whole: what it knows, where the person is, and what changes when they go elsewhere. */
import { adoptLanguage } from "../core/appearance.js";
import { channelAddress, ownPath, readPlace } from "../core/addresses.js";
import { fill, h } from "../core/dom.js";
import { topBar } from "../core/frame.js";
import { GraphRefused } from "../core/graph.js";
import { icon } from "../core/icons.js";
import { attempt, emptyState, reasonOf, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { appsPage } from "./apps.js";
import { channelView } from "./channel.js";
import { makeScene } from "./scene.js";
import { createChannelByDialog } from "./new-channel.js";
import { listChannels, listDefinitions, listTabs, listTeams, readMe } from "./teamwork.js";
import { teamTree } from "./tree.js";

const LAST_PLACE = "teams.last";
const LOOK_AGAIN_MS = 30_000;
// Focus comes back from every frame; that is no reason to ask again each time.
const SOONEST_LOOK_MS = 2_000;
const phone = matchMedia("(max-width: 700px)");

/** Draws the client into `root` and keeps it alive. */
export async function runClient(root) {
  const [me, teams, definitions] = await Promise.all([readMe(), listTeams(), listDefinitions()]);
  adoptLanguage(me.preferredLanguage);
  const client = {
    me,
    teams: inOrder(teams),
    definitions,
    channels: new Map(),
    tabs: new Map(),
    current: null,
    view: null,
  };
  client.tree = teamTree({
    openChannel: (team, channel) => go(client, channelAddress(team.id, channel)),
    loadChannels: (team) => loadChannels(client, team).then(() => showTree(client)),
  });
  client.main = h("div.stage");
  fill(root, topBar(me, t("product"), "teams"), h("div.body", {}, rail(), listPane(client), client.main));
  document.addEventListener("click", (event) => followInside(client, event));
  addEventListener("popstate", () => show(client));
  addEventListener("focus", () => lookAgain(client));
  setInterval(() => document.visibilityState === "visible" && lookAgain(client), LOOK_AGAIN_MS);
  showTree(client);
  await show(client);
}

function inOrder(teams) {
  return [...teams].sort((one, other) => one.displayName.localeCompare(other.displayName));
}

function rail() {
  const entry = (href, drawing, name) => h("a.rail-entry", { href }, icon(drawing), h("span", {}, name));
  return h(
    "nav.rail",
    { "aria-label": t("rail") },
    entry("/teams/", "teams", t("rail.teams")),
    entry("/teams/apps", "apps", t("rail.apps")),
  );
}

function listPane(client) {
  const add = h(
    "button.icon-button",
    { type: "button", "aria-label": t("channel.create"), title: t("channel.create") },
    icon("add"),
  );
  add.addEventListener("click", () => createChannelHere(client));
  return h(
    "nav.list",
    { "aria-label": t("teams.list") },
    h("header", {}, h("h2", {}, t("rail.teams")), add),
    client.tree.element,
  );
}

async function createChannelHere(client) {
  const team = teamOf(client, client.current?.teamId) ?? client.teams[0];
  const channel = team && (await createChannelByDialog(team, client.me));
  if (!channel) return;
  await loadChannels(client, team);
  go(client, channelAddress(team.id, channel));
}

function teamOf(client, teamId) {
  return client.teams.find((team) => team.id === teamId) ?? null;
}

async function loadChannels(client, team) {
  try {
    client.channels.set(team.id, await listChannels(team.id));
  } catch (refused) {
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
    client.channels.set(team.id, new Error(reasonOf(refused)));
  }
}

function channelsOf(client, teamId) {
  const found = client.channels.get(teamId);
  return Array.isArray(found) ? found : [];
}

function showTree(client) {
  client.tree.show(client.teams, client.channels, client.current);
}

function go(client, address) {
  history.pushState(null, "", address);
  return show(client);
}

function followInside(client, event) {
  const anchor = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!anchor || !plain || anchor.target || anchor.hasAttribute("download") || event.defaultPrevented) return;
  const path = ownPath(anchor.href);
  if (!path) return;
  event.preventDefault();
  go(client, path);
}

/** Shows where the address leads. */
async function show(client) {
  const place = readPlace(new URL(location.href));
  for (const entry of document.querySelectorAll(".rail-entry")) {
    const here = entry.pathname === "/teams/apps" ? place.kind === "apps" : place.kind !== "apps";
    if (here) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
  if (place.kind === "apps") return showApps(client);
  if (place.kind === "file") return showFile(client, place);
  const target = await resolve(client, place);
  if (target === null) return showNothing(client, place);
  return showChannel(client, target);
}

function showApps(client) {
  leave(client);
  setPane("main");
  document.title = `${t("apps.title")} – ${t("product")}`;
  showTree(client);
  const teamId = client.current?.teamId ?? lastPlace()?.teamId;
  fill(client.main, h("main.page", {}, appsPage(client.teams, teamId)));
}

function showFile(client, place) {
  const url = URL.canParse(place.address ?? "") ? new URL(place.address) : null;
  if (url?.origin === location.origin) location.replace(url.href);
  else showNothing(client, place);
}

function showNothing(client, place) {
  leave(client);
  client.current = null;
  showTree(client);
  document.title = t("product");
  const atHome = place.kind === "home";
  setPane(atHome ? "list" : "main");
  const title = t(atHome ? "home.title" : "place.unknown");
  const text = t(atHome ? "home.text" : "place.unknown.text");
  fill(client.main, h("main.page", {}, emptyState("teams", title, text)));
}

function leave(client) {
  client.view?.stop();
  client.view = null;
}

/** On a phone either the list or the main pane is on the screen. */
function setPane(name) {
  document.body.dataset.pane = name;
}

/** The channel and view that a place means: {team, channel, view, …}; null when the person cannot go there. */
async function resolve(client, place) {
  if (place.kind === "home") return phone.matches ? null : homeTarget(client);
  if (place.kind === "entity") return entityTarget(client, place);
  const team = teamOf(client, place.teamId) ?? (await teamOfChannel(client, place.channelId ?? place.threadId));
  if (!team) return null;
  if (place.kind === "team") return targetIn(client, team, (channel) => channel.id === place.threadId, true);
  const more = place.kind === "message" ? { focusId: place.messageId } : { view: place.view, folderId: place.folder };
  return targetIn(client, team, (channel) => channel.id === place.channelId, false, more);
}

function lastPlace() {
  const last = localStorage.getItem(LAST_PLACE);
  return last ? readPlace(new URL(last, location.origin)) : null;
}

async function homeTarget(client) {
  const place = lastPlace();
  if (place?.kind === "channel" && teamOf(client, place.teamId)) {
    const again = await resolve(client, { ...place, view: "posts" });
    if (again) return again;
  }
  return client.teams.length ? targetIn(client, client.teams[0], () => false, true) : null;
}

async function targetIn(client, team, wanted, orFirst, more = {}) {
  let channels = channelsOf(client, team.id);
  if (!channels.some(wanted)) {
    await loadChannels(client, team);
    channels = channelsOf(client, team.id);
  }
  const channel = channels.find(wanted) ?? (orFirst ? channels[0] : null);
  return channel ? { team, channel, view: "posts", ...more } : null;
}

async function teamOfChannel(client, channelId) {
  for (const team of client.teams) {
    if (!client.channels.has(team.id)) await loadChannels(client, team);
    if (channelsOf(client, team.id).some((channel) => channel.id === channelId)) return team;
  }
  return null;
}

/** The tab that a deep link names by app and entity id. */
async function entityTarget(client, place) {
  const team = teamOf(client, place.teamId) ?? (await teamOfChannel(client, place.channelId));
  if (!team) return null;
  const target = await targetIn(client, team, (channel) => channel.id === place.channelId, false);
  if (!target) return null;
  const tabs = await listTabs(team.id, target.channel.id);
  const named = tabs.filter((tab) => tab.configuration?.entityId === place.entityId || tab.id === place.entityId);
  const tab = named[0] ?? tabs.find((one) => one.webUrl && samePath(one.webUrl));
  if (!tab) toast(t("tab.gone"), { failure: true });
  return { ...target, view: tab?.id ?? "posts", subEntityId: place.subEntityId };
}

function samePath(address) {
  const path = ownPath(address);
  return path !== null && new URL(path, location.origin).pathname === location.pathname;
}

async function showChannel(client, target) {
  const { team, channel } = target;
  const amongTabs = Boolean(document.activeElement?.closest(".tab-bar"));
  leave(client);
  client.current = { teamId: team.id, channelId: channel.id };
  localStorage.setItem(LAST_PLACE, channelAddress(team.id, channel));
  document.title = `${channel.displayName} – ${team.displayName} – ${t("product")}`;
  showTree(client);
  setPane("main");
  const scene = makeScene(client, target, {
    navigate: (path) => go(client, path),
    createChannel: () => createChannelHere(client),
  });
  const view = channelView(scene, () => drawAgain(client, scene));
  client.view = { ...view, scene };
  fill(client.main, view.element);
  if (amongTabs) document.getElementById("tab-chosen")?.focus();
  await readTabs(client, scene);
}

async function drawAgain(client, scene) {
  const { id } = scene.channel;
  const tabs = await attempt(() => listTabs(scene.team.id, id));
  if (!tabs || client.view?.scene !== scene) return;
  client.tabs.set(id, tabs);
  await showChannel(client, { ...scene.target, view: scene.view });
}

async function readTabs(client, scene) {
  const tabs = await attempt(() => listTabs(scene.team.id, scene.channel.id));
  if (tabs) keepTabs(client, scene, tabs);
}

function keepTabs(client, scene, tabs) {
  client.tabs.set(scene.channel.id, tabs);
  if (client.view?.scene === scene) client.view.showTabs(tabs);
}

let looking = false;
let lookedAt = 0;

/** Reads teams, channels and tabs again, for others work in them too; draws only what has changed. */
async function lookAgain(client) {
  if (looking || Date.now() - lookedAt < SOONEST_LOOK_MS) return;
  looking = true;
  try {
    client.teams = inOrder(await listTeams());
    const known = client.teams.filter((team) => client.channels.has(team.id));
    await Promise.all(known.map((team) => loadChannels(client, team)));
    showTree(client);
    const scene = client.view?.scene;
    if (scene) keepTabs(client, scene, await listTabs(scene.team.id, scene.channel.id));
  } catch (refused) {
    // A look in the background that fails is repeated soon; what the person asks for speaks for itself.
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
  } finally {
    looking = false;
    lookedAt = Date.now();
  }
}
