/** The place a person is in, with what its views need to know and may ask of the client. */
import { t } from "../core/texts.js";
import { tabContext } from "./context.js";
import { inValidDomains } from "./valid-domains.js";
import { readFilesFolder, readRole } from "./teamwork.js";

const LONGEST_WAIT_MS = 3_000;

/** `target` is {team, channel, view, …}; `acts` are the client's own functions that a view may call. */
export function makeScene(client, target, acts) {
  let folder = null;
  let role = null;
  const readFolder = (fresh) => {
    if (!folder || fresh) folder = readFilesFolder(target.team.id, target.channel.id);
    return folder;
  };
  return {
    ...target,
    ...acts,
    target,
    me: client.me,
    /** Whether anything may be changed here at all: archived teams and channels are for reading. */
    writable: !target.team.isArchived && !target.channel.isArchived,
    tabs: client.tabs.get(target.channel.id) ?? null,
    /** Every channel that is known by now: [{team, channel}]. */
    places: () =>
      client.teams.flatMap((team) => {
        const channels = client.channels.get(team.id);
        return Array.isArray(channels) ? channels.map((channel) => ({ team, channel })) : [];
      }),
    /** The channel's folder, null while it is being prepared; `fresh` asks again. */
    folder: (fresh = false) => readFolder(fresh),
    /** What an app's package says, if it is known here. */
    definitionOf: (app) => client.definitions.get(app?.externalId ?? app?.id) ?? null,
    /** The flat context of a tab; a folder that is slow to come does not hold the tab up. */
    context: async (place) => {
      role ??= readRole(target.team.id, client.me.id);
      const facts = { folder: await soon(readFolder(false)), role: await soon(role) };
      return tabContext({ ...target, ...facts, me: client.me, ...place });
    },
    /** Why settings of a tab cannot be kept; null when they can. */
    refusalOf: (definition, settings) => {
      const addresses = [settings?.contentUrl, settings?.removeUrl].filter(Boolean);
      if (!settings?.contentUrl) return t("tab.nothingSaved");
      return addresses.every((address) => inValidDomains(definition, address)) ? null : t("tab.foreignDomain");
    },
  };
}

function soon(promise) {
  const late = new Promise((done) => setTimeout(() => done(null), LONGEST_WAIT_MS));
  return Promise.race([promise.catch(() => null), late]);
}
