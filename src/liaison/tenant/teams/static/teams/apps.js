/** The Apps page: the organisation's catalogue, one app in full, and what each team has installed. */
import { avatar } from "../core/avatar.js";
import { askChoice } from "../core/dialog.js";
import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attempt, bar, emptyState, reasonOf, skeleton, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { personalPage } from "./personal-page.js";
import { ensureAppInstalled, listCatalogue, listInstalledApps, uninstallApp } from "./teamwork.js";

/** The page; `appId` (catalogue or manifest id) shows one app, for the address of an app leads here. */
export function appsPage(client, teamId, appId) {
  const list = h("div.app-list", {}, skeleton(3));
  const page = h(
    "section.apps",
    {},
    h("a.icon-button.back", { href: "/teams/", "aria-label": t("back") }, icon("back")),
    h("h1", {}, t("apps.title")),
    list,
  );
  show(client, list, teamId, appId);
  return page;
}

async function show(client, list, teamId, appId) {
  const apps = await attempt(() => listCatalogue());
  if (!apps) return fill(list, emptyState("apps", t("apps.none"), t("apps.none.text")));
  if (!appId)
    return fill(
      list,
      gallery(
        client,
        apps.filter((app) => client.definitions.get(app.externalId)),
      ),
    );
  const app = apps.find((one) => [one.id, one.externalId].includes(appId));
  if (!app) return fill(list, emptyState("apps", t("app.missing"), t("app.missing.text")));
  return fill(list, details(client, app, teamId, (page) => fill(list, page)));
}

function gallery(client, apps) {
  if (!apps.length) return emptyState("apps", t("apps.none"), t("apps.catalogueEmpty"));
  return [
    h("h2", {}, t("apps.ofOrganisation")),
    apps.map((app) =>
      h(
        "a.app-tile",
        { href: `/teams/l/app/${encodeURIComponent(app.id)}` },
        avatar(app.displayName, "app"),
        words(app.displayName, client.definitions.get(app.externalId)?.description),
      ),
    ),
  ];
}

function words(name, text) {
  return h("span.app-tile-main", {}, h("span.app-name", {}, name), h("span.quiet", {}, text || ""));
}

function details(client, app, teamId, showPage) {
  const definition = client.definitions.get(app.externalId);
  const teams = client.teams.filter((team) => !team.isArchived);
  const choice = h(
    "select",
    { id: freshId("field") },
    teams.map((team) => h("option", { value: team.id, selected: team.id === teamId }, team.displayName)),
  );
  const add = h("button.button.primary", { type: "button" }, icon("add"), t("app.addToTeam"));
  add.addEventListener("click", async () => {
    const done = await attempt(async () => {
      await ensureAppInstalled(choice.value, app.id);
      return true;
    });
    if (done) toast(t("app.added", { name: app.displayName, team: choice.selectedOptions[0].textContent }));
  });
  const facts = [
    ["app.version", definition?.version],
    ["app.publisher", definition?.developer],
    ["app.domains", definition?.validDomains?.join(", ")],
  ].filter(([, value]) => value);
  return h(
    "article.app-details",
    {},
    h("a.button.quiet", { href: "/teams/apps" }, icon("back"), t("apps.all")),
    h(
      "header",
      {},
      avatar(app.displayName, "app"),
      h("div", {}, h("h2", {}, app.displayName), h("p.quiet", {}, definition?.description ?? "")),
    ),
    definition?.fullDescription ? h("p", {}, definition.fullDescription) : null,
    h(
      "dl.facts",
      {},
      facts.map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]),
    ),
    teams.length
      ? h("div.field", {}, h("label", { for: choice.id }, t("apps.team")), choice)
      : h("p.quiet", {}, t("teams.none.text")),
    h("div.commands", {}, teams.length ? add : null, definition?.personalTabs?.length ? opener(client, definition, showPage) : null),
  );
}

function opener(client, definition, showPage) {
  const open = h("button.button", { type: "button" }, icon("open"), t("app.open"));
  open.addEventListener("click", () => showPage(personalPage(client, definition)));
  return open;
}

/** What a team has installed, with a button to take it out. */
export async function installedApps(team, acts) {
  const holder = h("div.app-list");
  await showInstalled(holder, team, acts);
  return holder;
}

async function showInstalled(holder, team, acts) {
  let installed;
  try {
    installed = await listInstalledApps(team.id);
  } catch (refused) {
    fill(holder, bar("failure", reasonOf(refused)));
    return;
  }
  const more = h("a.button", { href: "/teams/apps" }, icon("apps"), t("apps.more"));
  const tiles = installed.map((one) => tile(holder, team, acts, one));
  fill(
    holder,
    h("div.commands", {}, more),
    tiles.length ? tiles : emptyState("apps", t("apps.none"), t("apps.none.text")),
  );
}

function tile(holder, team, acts, { id, teamsApp, teamsAppDefinition }) {
  const version = teamsAppDefinition?.version ? t("apps.version", { version: teamsAppDefinition.version }) : "";
  const label = t("app.removeNamed", { name: teamsApp.displayName });
  const remove = h("button.icon-button", { type: "button", "aria-label": label, title: label }, icon("trash"));
  remove.addEventListener("click", async () => {
    const sure = await askChoice({
      title: label,
      text: t("app.remove.text", { name: teamsApp.displayName, team: team.displayName }),
      choices: [{ label: t("app.remove"), value: "yes", danger: true }],
    });
    if (!sure) return;
    const done = await attempt(async () => {
      await uninstallApp(team.id, id);
      return true;
    });
    if (done) await showInstalled(holder, team, acts);
  });
  return h(
    "div.app-tile",
    {},
    avatar(teamsApp.displayName, "app"),
    words(teamsApp.displayName, teamsAppDefinition?.shortDescription || version),
    remove,
  );
}
