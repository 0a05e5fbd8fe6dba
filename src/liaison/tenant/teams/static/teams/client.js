/** The client as a whole: what it knows, where the person is, and what changes when they go elsewhere. */
import { adoptLanguage } from "../core/appearance.js";
import { channelAddress, ownPath, readPlace, teamAddress } from "../core/addresses.js";
import { fill, h } from "../core/dom.js";
import { topBar } from "../core/frame.js";
import { GraphRefused } from "../core/graph.js";
import { icon } from "../core/icons.js";
import { attempt, emptyPage, reasonOf } from "../core/notices.js";
import { t } from "../core/texts.js";
import { appsPage } from "./apps.js";
import { channelView } from "./channel.js";
import { discoverPage } from "./discover.js";
import { managePage } from "./manage.js";
import { makeScene } from "./scene.js";
import { LAST_PLACE, lastPlace, resolve } from "./target.js";
import { addChannel, channelMenu, teamMenu } from "./team-acts.js";
import { listChannels, listDefinitions, listTabs, listTeams, readMe } from "./teamwork.js";
import { teamTree } from "./tree.js";

const LOOK_AGAIN_MS = 30_000;
// Focus comes back from every frame; that is no reason to ask again each time.
const SOONEST_LOOK_MS = 2_000;

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
    go: (address) => go(client, address),
    load: (team) => loadChannels(client, team),
    reload: (team) => reload(client, team),
    forget: (team) => forget(client, team),
    enter: (teamId) => enter(client, teamId),
  };
  client.tree = teamTree({
    openChannel: (team, channel) => go(client, channelAddress(team.id, channel)),
    loadChannels: (team) => loadChannels(client, team).then(() => showTree(client)),
    menuOf: (team, channel) => (channel ? channelMenu(client, team, channel) : teamMenu(client, team)),
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
    h("footer.list-foot", {}, h("a.button.quiet", { href: "/teams/discover" }, icon("personAdd"), t("discover.link"))),
  );
}

function createChannelHere(client) {
  const active = client.teams.filter((team) => !team.isArchived);
  const team = active.find((one) => one.id === client.current?.teamId) ?? active[0];
  return team && addChannel(client, team);
}

async function loadChannels(client, team) {
  try {
    client.channels.set(team.id, await listChannels(team.id));
  } catch (refused) {
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
    client.channels.set(team.id, new Error(reasonOf(refused)));
  }
}

/** Reads a team again after a change, and draws what is shown of it. */
async function reload(client, team) {
  const teams = await attempt(listTeams);
  if (teams) client.teams = inOrder(teams);
  await loadChannels(client, team);
  await show(client);
}

function forget(client, team) {
  client.teams = client.teams.filter((one) => one.id !== team.id);
  client.channels.delete(team.id);
  if (client.current?.teamId === team.id) client.current = null;
  return go(client, "/teams/");
}

/** Goes to a team that is new to this client. */
async function enter(client, teamId) {
  const teams = await attempt(listTeams);
  if (teams) client.teams = inOrder(teams);
  const team = client.teams.find((one) => one.id === teamId);
  await go(client, team ? teamAddress(team) : "/teams/");
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
  markRail(place.kind === "apps");
  const team = client.teams.find((one) => one.id === place.teamId);
  const teamId = client.current?.teamId ?? lastPlace()?.teamId;
  if (place.kind === "apps") return showPage(client, t("apps.title"), () => appsPage(client, teamId, place.appId));
  if (place.kind === "discover") return showPage(client, t("discover.title"), () => discoverPage(client, client.teams));
  if (place.kind === "manage" && team) return showManaged(client, team, place.section);
  if (place.kind === "file") return showFile(client, place);
  const target = await resolve(client, place);
  if (target === null) return showNothing(client, place);
  return showChannel(client, target);
}

function markRail(atApps) {
  for (const entry of document.querySelectorAll(".rail-entry")) {
    if ((entry.pathname === "/teams/apps") === atApps) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
}

function showPage(client, title, draw) {
  leave(client);
  setPane("main");
  document.title = `${title} – ${t("product")}`;
  showTree(client);
  fill(client.main, h("main.page", {}, draw()));
}

function showManaged(client, team, section) {
  const amongSections = Boolean(document.activeElement?.closest(".sections"));
  leave(client);
  client.current = { teamId: team.id, channelId: null };
  setPane("main");
  document.title = `${t("team.manage")} – ${team.displayName} – ${t("product")}`;
  showTree(client);
  fill(client.main, managePage(client, team, section));
  if (amongSections) client.main.querySelector(".sections [aria-current]")?.focus();
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
  const key = atHome ? "home" : place.kind === "elsewhere" ? "place.elsewhere" : "place.unknown";
  const back = h("a.button.primary", { href: "/teams/" }, t("place.back"));
  const title = t(atHome ? "home.title" : key);
  const text = t(`${key}.text`);
  fill(client.main, h("main.page", {}, emptyPage("teams", title, text, atHome ? null : back)));
}

function leave(client) {
  client.view?.stop();
  client.view = null;
}

/** On a phone either the list or the main pane is on the screen. */
function setPane(name) {
  document.body.dataset.pane = name;
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
    menu: () => channelMenu(client, team, channel),
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
    if (scene && isGone(client, scene)) showGone(client, scene);
    else if (scene) keepTabs(client, scene, await listTabs(scene.team.id, scene.channel.id));
  } catch (refused) {
    // A look in the background that fails is repeated soon; what the person asks for speaks for itself.
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
  } finally {
    looking = false;
    lookedAt = Date.now();
  }
}

/** Whether the channel on the screen was deleted, or the person was taken out of it. */
function isGone(client, { team, channel }) {
  if (!client.teams.some((one) => one.id === team.id)) return true;
  const channels = client.channels.get(team.id);
  return Array.isArray(channels) && !channels.some((one) => one.id === channel.id);
}

function showGone(client, { channel }) {
  leave(client);
  client.current = null;
  showTree(client);
  const back = h("a.button.primary", { href: "/teams/" }, t("place.back"));
  const title = t("channel.gone", { channel: channel.displayName });
  fill(client.main, h("main.page", {}, emptyPage("teams", title, t("channel.gone.text"), back)));
}
