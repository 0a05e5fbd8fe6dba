/** The page where a team is managed: its people, channels, settings and apps. */
import { manageAddress, channelAddress } from "../core/addresses.js";
import { avatar } from "../core/avatar.js";
import { askChoice } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { menuButton } from "../core/menu.js";
import { attempt, bar, emptyState, reasonOf, skeleton, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { installedApps } from "./apps.js";
import { membersView, roleOf } from "./members.js";
import { editTeamByDialog } from "./new-team.js";
import { addChannel, channelMenu, teamMenu } from "./team-acts.js";
import { archiveTeam, listChannels, listMembers, readTeam, unarchiveTeam } from "./teamwork.js";

const SECTIONS = ["members", "channels", "settings", "apps"];

/** The page of one team; `acts` is what the client can do, `section` which part is shown. */
export function managePage(acts, team, section) {
  const shown = SECTIONS.includes(section) ? section : "members";
  const more = h("button.icon-button", { type: "button", "aria-label": t("team.more") }, icon("more"));
  const body = h("div.manage-body", {}, skeleton(5));
  const draw = { members, channels, settings, apps }[shown];
  draw(acts, team, body);
  return h(
    "main.manage",
    {},
    h(
      "header.manage-head",
      {},
      h("a.icon-button.back", { href: "/teams/", "aria-label": t("back") }, icon("back")),
      avatar(team.displayName, "team"),
      h(
        "div.channel-title",
        {},
        h("h1", {}, team.displayName),
        team.description ? h("span.quiet", {}, team.description) : null,
      ),
      menuButton(more, () => teamMenu(acts, team)),
    ),
    team.isArchived ? h("div.tab-notes", {}, bar("info", t("team.archived"))) : null,
    h(
      "nav.sections",
      { "aria-label": t("manage.sections") },
      SECTIONS.map((one) =>
        h(
          "a.tab",
          { href: manageAddress(team.id, one), "aria-current": one === shown ? "page" : null },
          t(`manage.${one}`),
        ),
      ),
    ),
    body,
  );
}

function members(acts, team, body) {
  fill(body, h("section.narrow", { "aria-label": t("manage.members") }, membersView(team, null, acts.me)));
}

async function channels(acts, team, body) {
  const found = await attempt(() => listChannels(team.id));
  if (!found) return;
  const add = h("button.button", { type: "button", disabled: team.isArchived }, icon("add"), t("channel.add"));
  add.addEventListener("click", () => addChannel(acts, team));
  fill(
    body,
    h("div.commands", {}, add),
    h(
      "table.files-table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["channel.name", "channel.description", "channel.kind.short"].map((key) => h("th", { scope: "col" }, t(key))),
          h("th", { scope: "col" }, h("span.spoken", {}, t("files.actions"))),
        ),
      ),
      h(
        "tbody",
        {},
        found.map((channel) => channelRow(acts, team, channel)),
      ),
    ),
  );
}

function channelRow(acts, team, channel) {
  const label = t("channel.moreFor", { channel: channel.displayName });
  const more = h("button.icon-button", { type: "button", "aria-label": label }, icon("more"));
  const kind = channel.membershipType ?? "standard";
  return h(
    "tr",
    {},
    h("td.files-name", {}, h("a", { href: channelAddress(team.id, channel) }, channel.displayName)),
    h("td", { "data-label": t("channel.description") }, channel.description ?? ""),
    h("td", { "data-label": t("channel.kind.short") }, t(`channel.kind.${kind}`)),
    h(
      "td.files-more",
      {},
      menuButton(more, () => channelMenu(acts, team, channel)),
    ),
  );
}

async function settings(acts, team, body) {
  const [known, people] = await Promise.all([
    attempt(() => readTeam(team.id)),
    attempt(() => listMembers(team.id, null)),
  ]);
  if (!known || !people) return;
  const mine = people.find((member) => member.userId === acts.me.id);
  const owner = mine !== undefined && roleOf(mine) === "owner";
  const edit = h("button.button", { type: "button" }, icon("edit"), t("team.edit"));
  edit.addEventListener("click", async () => (await editTeamByDialog(known)) && acts.reload(team));
  const archive = h("button.button", { type: "button" }, icon("archive"), t(archiveKey(known)));
  archive.addEventListener("click", () => turnArchive(acts, known));
  const facts = [
    ["team.name", known.displayName],
    ["team.description", known.description || t("none")],
    ["team.privacy", t(`team.${known.visibility === "public" ? "public" : "private"}`)],
    ["team.state", t(known.isArchived ? "team.state.archived" : "team.state.active")],
  ];
  fill(
    body,
    h(
      "section.narrow",
      { "aria-label": t("manage.settings") },
      h(
        "dl.facts",
        {},
        facts.map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]),
      ),
      owner ? h("div.commands", {}, known.isArchived ? null : edit, archive) : h("p.quiet", {}, t("manage.ownersOnly")),
    ),
  );
}

const archiveKey = (team) => (team.isArchived ? "team.restore" : "team.archive");

async function turnArchive(acts, team) {
  if (!team.isArchived) {
    const sure = await askChoice({
      title: t("team.archive"),
      text: t("team.archive.text", { team: team.displayName }),
      choices: [{ label: t("team.archive"), value: "yes", primary: true }],
    });
    if (!sure) return;
  }
  const done = await attempt(async () => {
    await (team.isArchived ? unarchiveTeam : archiveTeam)(team.id);
    return true;
  });
  if (!done) return;
  toast(t(team.isArchived ? "team.restored" : "team.nowArchived", { team: team.displayName }));
  await acts.reload(team);
}

async function apps(acts, team, body) {
  try {
    fill(body, h("section.narrow", { "aria-label": t("manage.apps") }, await installedApps(team, acts)));
  } catch (refused) {
    fill(body, bar("failure", reasonOf(refused)), emptyState("apps", t("apps.none"), t("apps.none.text")));
  }
}
