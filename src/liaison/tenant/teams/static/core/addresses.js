/** The addresses of this client: the forms of Teams' own deep links, below /teams. */

const CLOUD_HOSTS = new Set(["teams.microsoft.com", "teams.cloud.microsoft"]);

/** Where an address leads: {kind, …}; "home" for anything unknown. */
export function readPlace(url) {
  const parts = url.pathname
    .replace(/^\/teams/, "")
    .split("/")
    .filter(Boolean)
    .map(decode);
  const query = url.searchParams;
  if (parts[0] === "apps") return { kind: "apps" };
  if (parts[0] !== "l") return { kind: "home" };
  const groupId = query.get("groupId");
  const [, what, first, second] = parts;
  if (what === "team") return { kind: "team", teamId: groupId, threadId: first };
  if (what === "channel") return channelPlace(first, second ?? "", groupId, query);
  if (what === "message") {
    return { kind: "message", channelId: first, teamId: groupId, messageId: query.get("parentMessageId") || second };
  }
  if (what === "entity") return entityPlace(first, second ?? "", query);
  if (what === "file") return { kind: "file", address: query.get("objectUrl") };
  return what === "app" ? { kind: "apps" } : { kind: "home" };
}

export function teamAddress(team) {
  return `/teams/l/team/${encode(team.internalId ?? team.id)}/conversations?${new URLSearchParams({ groupId: team.id })}`;
}

/** A channel, one of its own views ("posts", "files") or one of its tabs. */
export function channelAddress(teamId, channel, view = "posts", more = {}) {
  const query = new URLSearchParams({ groupId: teamId, ...(channel.tenantId ? { tenantId: channel.tenantId } : {}) });
  if (view === "files") query.set("view", "files");
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const second = ["posts", "files"].includes(view) ? channel.displayName : `tab::${view}`;
  return `/teams/l/channel/${encode(channel.id)}/${encode(second)}?${query}`;
}

/** Whether a link stays inside this client: ours, or a deep link of Teams in the cloud. Returns our path or null. */
export function ownPath(address) {
  let url;
  try {
    url = new URL(address, location.origin);
  } catch (refused) {
    if (refused instanceof TypeError) return null;
    throw refused;
  }
  if (CLOUD_HOSTS.has(url.hostname) && url.pathname.startsWith("/l/")) return `/teams${url.pathname}${url.search}`;
  const ours = url.origin === location.origin && /^\/teams(\/(l|apps)\b|\/?$)/.test(url.pathname);
  return ours ? url.pathname + url.search : null;
}

function channelPlace(channelId, second, teamId, query) {
  const tabId = second.startsWith("tab::") ? second.slice(5) : null;
  const view =
    tabId ?? (query.get("view") === "files" || /^(files|fichiers)$/i.test(query.get("tab") ?? "") ? "files" : "posts");
  return { kind: "channel", channelId, teamId, view, folder: query.get("folder") };
}

function entityPlace(appId, entityId, query) {
  const context = readContext(query.get("context"));
  return {
    kind: "entity",
    appId,
    entityId,
    webUrl: query.get("webUrl"),
    teamId: query.get("groupId"),
    channelId: context.channelId ?? null,
    subEntityId: context.subEntityId ?? context.subPageId ?? "",
  };
}

function readContext(text) {
  if (!text) return {};
  try {
    const context = JSON.parse(text);
    return context !== null && typeof context === "object" ? context : {};
  } catch (broken) {
    if (broken instanceof SyntaxError) return {};
    throw broken;
  }
}

function encode(text) {
  return encodeURIComponent(text);
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch (broken) {
    if (broken instanceof URIError) return part;
    throw broken;
  }
}
