/** The tabs of one app in the channels that this client knows, as `pages.tabs` tells them. */
import { listTabs } from "./teamwork.js";

const MOST_CHANNELS = 60;
const viewed = new Map();

/** Remembers when a person last looked at a tab. */
export function noteViewed(tabId) {
  viewed.set(tabId, Date.now());
}

/** The app's tabs, in the order of the list or with those seen last first. */
export async function tabInstances(scene, definition, { recentFirst = false } = {}) {
  if (!definition) return [];
  const places = scene.places().slice(0, MOST_CHANNELS);
  const found = await Promise.all(places.map((place) => instancesIn(place, definition)));
  const instances = found.flat();
  if (recentFirst) instances.sort((one, other) => other.lastViewUnixEpochTime - one.lastViewUnixEpochTime);
  return instances;
}

async function instancesIn({ team, channel }, definition) {
  const tabs = await listTabs(team.id, channel.id);
  return tabs
    .filter((tab) => tab.teamsApp?.externalId === definition.externalId)
    .map((tab) => ({
      tabName: tab.displayName,
      internalTabInstanceId: tab.id,
      lastViewUnixEpochTime: viewed.get(tab.id) ?? 0,
      entityId: tab.configuration?.entityId ?? "",
      channelId: channel.id,
      channelName: channel.displayName,
      channelIsFavorite: true,
      teamId: team.internalId ?? channel.id,
      teamName: team.displayName,
      teamIsFavorite: true,
      groupId: team.id,
      url: tab.configuration?.contentUrl ?? "",
      websiteUrl: tab.configuration?.websiteUrl ?? "",
    }));
}
