/** The page where a person makes a team or joins a public one. */
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attempt, emptyState, skeleton, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { createTeamByDialog } from "./new-team.js";
import { joinTeam, listPublicTeams } from "./teamwork.js";

export function discoverPage(acts, joined) {
  const list = h("ul.team-cards", {}, skeleton(3));
  const create = h("button.button.primary", { type: "button" }, icon("add"), t("team.create"));
  create.addEventListener("click", async () => {
    const teamId = await createTeamByDialog();
    if (teamId) await acts.enter(teamId);
  });
  show(acts, joined, list);
  return h(
    "section.apps",
    {},
    h("a.icon-button.back", { href: "/teams/", "aria-label": t("back") }, icon("back")),
    h("h1", {}, t("discover.title")),
    h("div.commands", {}, create),
    h("h2", {}, t("discover.public")),
    list,
  );
}

async function show(acts, joined, list) {
  const mine = new Set(joined.map((team) => team.id));
  const teams = await attempt(listPublicTeams);
  const open = (teams ?? []).filter((team) => !mine.has(team.id));
  if (!open.length) fill(list, h("li.wide", {}, emptyState("teams", t("discover.none"), t("discover.none.text"))));
  else
    fill(
      list,
      open.map((team) => card(acts, team)),
    );
}

function card(acts, team) {
  const label = t("team.joinNamed", { team: team.displayName });
  const join = h("button.button", { type: "button", "aria-label": label }, t("team.join"));
  join.addEventListener("click", async () => {
    join.disabled = true;
    const done = await attempt(async () => {
      await joinTeam(team.id, acts.me.id);
      return true;
    });
    join.disabled = false;
    if (!done) return;
    toast(t("team.joined", { team: team.displayName }));
    await acts.enter(team.id);
  });
  return h(
    "li.team-card",
    {},
    avatar(team.displayName, "team"),
    h("h3", {}, team.displayName),
    h("p.quiet", {}, team.description || t("team.public")),
    join,
  );
}
