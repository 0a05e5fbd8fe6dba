/** The Apps page: what each team has installed. */
import { avatar } from "../core/avatar.js";
import { fill, freshId, h } from "../core/dom.js";
import { bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { listInstalledApps } from "./teamwork.js";

export function appsPage(teams, currentTeamId) {
  const list = h("div.app-list");
  const choice = h(
    "select",
    { id: freshId("field") },
    teams.map((team) => h("option", { value: team.id, selected: team.id === currentTeamId }, team.displayName)),
  );
  const show = () => showApps(list, choice.value);
  choice.addEventListener("change", show);
  if (teams.length) show();
  return h(
    "section.apps",
    {},
    h("h1", {}, t("apps.title")),
    teams.length
      ? h("div.field", {}, h("label", { for: choice.id }, t("apps.team")), choice)
      : emptyState("teams", t("teams.none"), t("teams.none.text")),
    list,
  );
}

async function showApps(list, teamId) {
  fill(list, skeleton(3));
  try {
    const installed = await listInstalledApps(teamId);
    fill(list, installed.length ? installed.map(tile) : emptyState("apps", t("apps.none"), t("apps.none.text")));
  } catch (refused) {
    fill(list, bar("failure", reasonOf(refused)));
  }
}

function tile({ teamsApp, teamsAppDefinition }) {
  const version = teamsAppDefinition?.version ? t("apps.version", { version: teamsAppDefinition.version }) : "";
  return h(
    "div.app-tile",
    {},
    avatar(teamsApp.displayName, "app"),
    h(
      "span.app-tile-main",
      {},
      h("span.app-name", {}, teamsApp.displayName),
      h("span.quiet", {}, teamsAppDefinition?.shortDescription || version),
    ),
  );
}
