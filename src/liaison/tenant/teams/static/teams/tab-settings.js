/** The settings of a tab as TeamsJS reads and writes them. */
import { GraphRefused } from "../core/graph.js";
import { changeTab } from "./teamwork.js";

export function settingsOf(tab) {
  const { entityId, contentUrl, websiteUrl, removeUrl } = tab.configuration ?? {};
  return { entityId: entityId ?? "", contentUrl, websiteUrl, removeUrl, suggestedDisplayName: tab.displayName };
}

/** Keeps what a page says about its own tab: the reply [true] or [false, reason]. */
export async function keepSettings(scene, tab, definition, settings) {
  const refusal = scene.refusalOf(definition, settings);
  if (refusal) return [false, refusal];
  const { entityId, contentUrl, websiteUrl, removeUrl } = settings;
  const configuration = { entityId, contentUrl, websiteUrl, removeUrl };
  try {
    await changeTab(scene.team.id, scene.channel.id, tab.id, { configuration });
    tab.configuration = configuration;
    return [true];
  } catch (refused) {
    if (!(refused instanceof GraphRefused)) throw refused;
    return [false, refused.message];
  }
}
