/** The list of teams and channels: an ARIA tree with one stop in the tab order. */
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { menuButton } from "../core/menu.js";
import { bar, emptyState, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";

const OPEN_TEAMS = "teams.open";
// With few teams all of them stand open, as Teams shows them to a newcomer.
const FEW_TEAMS = 8;

/**
 * `wanted` tells what to do: {openChannel(team, channel), loadChannels(team), menuOf(team, channel)}. Returns {element, show(teams,
 * channels, current)}, where `channels` maps team ids to lists or to an Error.
 */
export function teamTree(wanted) {
  const tree = h("div.tree", { role: "tree", "aria-label": t("teams.list") });
  const opened = new Set(JSON.parse(localStorage.getItem(OPEN_TEAMS) ?? "[]"));
  const closed = new Set();
  const asked = new Set();
  let drawn = null;
  let drawnAs = "";

  const isOpen = (team, teams, current) =>
    !closed.has(team.id) && (opened.has(team.id) || team.id === current?.teamId || teams.length <= FEW_TEAMS);

  const turn = (team, open) => {
    (open ? opened : closed).add(team.id);
    (open ? closed : opened).delete(team.id);
    localStorage.setItem(OPEN_TEAMS, JSON.stringify([...opened]));
    draw();
  };

  const branch = (team) => {
    const open = isOpen(team, drawn.teams, drawn.current);
    const channels = drawn.channels.get(team.id);
    if (open && channels === undefined && !asked.has(team.id)) {
      asked.add(team.id);
      wanted.loadChannels(team);
    }
    return teamBranch(team, open, channels, drawn.current, wanted.menuOf);
  };

  const draw = () => {
    const { teams } = drawn;
    // Redrawing would shut an open menu.
    const now = JSON.stringify([drawn.teams, [...drawn.channels], drawn.current, [...opened], [...closed]]);
    if (now === drawnAs) return tree;
    const focused = tree.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    if (!teams.length) return fill(tree, emptyState("teams", t("teams.none"), t("teams.none.text")));
    fill(tree, teams.map(branch));
    const items = visibleItems(tree);
    drawnAs = now;
    const stop = items.find((item) => item.getAttribute("aria-selected") === "true") ?? items[0];
    stop.tabIndex = 0;
    if (focused) items.find((item) => item.dataset.key === focused)?.focus();
    return tree;
  };

  const act = (item) => {
    const team = drawn.teams.find((one) => one.id === item.dataset.team);
    if (!item.dataset.channel) turn(team, item.getAttribute("aria-expanded") !== "true");
    else
      wanted.openChannel(
        team,
        drawn.channels.get(team.id).find((one) => one.id === item.dataset.channel),
      );
  };

  tree.addEventListener("click", (event) => {
    const item = event.target.closest("[role=treeitem]");
    if (item && !event.target.closest(".tree-more, .menu")) act(item);
  });
  tree.addEventListener("contextmenu", (event) => {
    const more = event.target.closest("[role=treeitem]")?.querySelector(".tree-more");
    if (!more) return;
    event.preventDefault();
    more.click();
  });
  tree.addEventListener("keydown", (event) => walk(event, tree, act));
  return {
    element: tree,
    show: (teams, channels, current) => {
      drawn = { teams, channels, current };
      draw();
    },
  };
}

function teamBranch(team, open, channels, current, menuOf) {
  const head = h(
    "div.tree-item.tree-team",
    {
      ...itemRole(1, team.id, `team:${team.id}`),
      "aria-expanded": String(open),
      "aria-label": team.displayName,
      title: team.displayName,
    },
    icon(open ? "chevronDown" : "chevronRight"),
    avatar(team.displayName, "team"),
    h("span.tree-name", {}, team.displayName),
    team.isArchived ? [icon("archive"), h("span.spoken", {}, t("team.state.archived"))] : null,
    more(t("team.moreFor", { team: team.displayName }), () => menuOf(team, null)),
  );
  return h("div.tree-branch", { role: "none" }, head, open ? channelGroup(team, channels, current, menuOf) : null);
}

/** The menu of a row: by its button, or with the menu key on the row. */
function more(label, entries) {
  const button = h(
    "button.icon-button.tree-more",
    { type: "button", tabindex: "-1", "aria-label": label },
    icon("more"),
  );
  return menuButton(button, entries);
}

function channelGroup(team, channels, current, menuOf) {
  const group = h("div", { role: "group", "aria-label": team.displayName });
  if (channels === undefined) return fill(group, skeleton(2));
  if (channels instanceof Error) return fill(group, bar("failure", channels.message));
  return fill(
    group,
    channels.map((channel) => channelItem(team, channel, current, menuOf)),
  );
}

function channelItem(team, channel, current, menuOf) {
  const kind = channel.membershipType ?? "standard";
  const selected = current?.channelId === channel.id && current?.teamId === team.id;
  return h(
    "div.tree-item.tree-channel",
    {
      ...itemRole(2, team.id, `channel:${team.id}:${channel.id}`),
      "data-channel": channel.id,
      "aria-label": kind === "standard" ? channel.displayName : `${channel.displayName} – ${t(`channel.${kind}`)}`,
      "aria-selected": String(selected),
      "aria-current": selected ? "page" : null,
      title: channel.displayName,
    },
    h("span.tree-name", {}, channel.displayName),
    kind === "standard"
      ? null
      : [icon(kind === "private" ? "lock" : "share"), h("span.spoken", {}, t(`channel.${kind}`))],
    more(t("channel.moreFor", { channel: channel.displayName }), () => menuOf(team, channel)),
  );
}

function itemRole(level, teamId, key) {
  return { role: "treeitem", "aria-level": level, "data-team": teamId, "data-key": key, tabindex: "-1" };
}

function visibleItems(tree) {
  return [...tree.querySelectorAll("[role=treeitem]")];
}

function walk(event, tree, act) {
  const items = visibleItems(tree);
  const at = items.indexOf(document.activeElement);
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const item = items[at];
  const expanded = item.getAttribute("aria-expanded");
  const parent = items.slice(0, at).findLast((one) => one.dataset.team === item.dataset.team && !one.dataset.channel);
  const moves = {
    ArrowDown: () => items[at + 1]?.focus(),
    ArrowUp: () => items[at - 1]?.focus(),
    Home: () => items[0].focus(),
    End: () => items.at(-1).focus(),
    ArrowRight: () => (expanded === "false" ? act(item) : expanded === "true" ? items[at + 1]?.focus() : null),
    ArrowLeft: () => (expanded === "true" ? act(item) : parent?.focus()),
    Enter: () => act(item),
    " ": () => act(item),
  };
  if (event.key in moves) moves[event.key]();
  else if (/^[\p{L}\p{N}]$/u.test(event.key)) typeAhead(items, at, event.key);
  else return;
  event.preventDefault();
  const now = document.activeElement;
  if (now?.getAttribute("role") === "treeitem")
    for (const one of visibleItems(tree)) one.tabIndex = one === now ? 0 : -1;
}

/** A letter goes to the next row whose name begins with it. */
function typeAhead(items, at, letter) {
  const wanted = letter.toLocaleLowerCase();
  const named = (item) => item.querySelector(".tree-name").textContent.toLocaleLowerCase().startsWith(wanted);
  [...items.slice(at + 1), ...items.slice(0, at)].find(named)?.focus();
}
