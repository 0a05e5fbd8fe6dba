/** Which channel, view or tab a place means for this person. */
import { ownPath, readPlace } from "../core/addresses.js";
import { toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { listTabs } from "./teamwork.js";

export const LAST_PLACE = "teams.last";
const phone = matchMedia("(max-width: 700px)");

/** Where the person was last; null on the first visit. */
export function lastPlace() {
  const last = localStorage.getItem(LAST_PLACE);
  return last ? readPlace(new URL(last, location.origin)) : null;
}

/** The channel and view that a place means: {team, channel, view, …}; null when the person cannot go there. */
export async function resolve(client, place) {
  if (place.kind === "home") return phone.matches ? null : homeTarget(client);
  if (place.kind === "entity") return entityTarget(client, place);
  const team = teamOf(client, place.teamId) ?? (await teamOfChannel(client, place.channelId ?? place.threadId));
  if (!team) return null;
  if (place.kind === "team") return targetIn(client, team, (channel) => channel.id === place.threadId, true);
  const more =
    place.kind === "message"
      ? { focusId: place.messageId }
      : { view: place.view, folderId: place.folder, subEntityId: place.subEntityId };
  return targetIn(client, team, (channel) => channel.id === place.channelId, false, more);
}

function teamOf(client, teamId) {
  return client.teams.find((team) => team.id === teamId) ?? null;
}

function channelsOf(client, teamId) {
  const found = client.channels.get(teamId);
  return Array.isArray(found) ? found : [];
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
    await client.load(team);
    channels = channelsOf(client, team.id);
  }
  const channel = channels.find(wanted) ?? (orFirst ? channels[0] : null);
  return channel ? { team, channel, view: "posts", ...more } : null;
}

async function teamOfChannel(client, channelId) {
  for (const team of client.teams) {
    if (!client.channels.has(team.id)) await client.load(team);
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
