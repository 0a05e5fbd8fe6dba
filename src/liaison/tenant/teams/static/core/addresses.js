/** The addresses of this client: the forms of Teams' own deep links, below /teams. */

// Deep links to what this client does not have.
const ELSEWHERE = new Set(["chat", "meeting", "meetup-join", "call", "task", "schedulingpoll"]);
// The tenant's own address in what Graph answers; this page may be at another of its addresses.
const TEAMS_ORIGIN = document.querySelector('meta[name="liaison-teams"]')?.content ?? location.origin;
const CLOUD_HOSTS = new Set(["teams.microsoft.com", "teams.cloud.microsoft"]);

/** Where an address leads: {kind, …}; "home" for anything unknown. */
export function readPlace(url) {
  const parts = url.pathname
    .replace(/^\/teams/, "")
    .split("/")
    .filter(Boolean)
    .map(decode);
  const query = url.searchParams;
  if (parts[0] === "apps") return { kind: "apps", appId: null };
  if (parts[0] === "discover") return { kind: "discover" };
  if (parts[0] === "manage") return { kind: "manage", teamId: parts[1] ?? "", section: parts[2] ?? "members" };
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
  if (what === "app") return { kind: "apps", appId: first ?? null };
  return ELSEWHERE.has(what) ? { kind: "elsewhere" } : { kind: "home" };
}

/** The page where a team is managed; `section` is "members", "channels", "settings" or "apps". */
export function manageAddress(teamId, section = "members") {
  return `/teams/manage/${encode(teamId)}/${section}`;
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

/** A post, or a reply to one. */
export function messageAddress(teamId, channel, { id, replyToId }) {
  const query = new URLSearchParams({ groupId: teamId, parentMessageId: replyToId ?? id });
  return `/teams/l/message/${encode(channel.id)}/${encode(id)}?${query}`;
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
  const ours =
    [location.origin, TEAMS_ORIGIN].includes(url.origin) &&
    /^\/teams(\/(l|apps|discover|manage)\b|\/?$)/.test(url.pathname);
  return ours ? url.pathname + url.search : null;
}

function channelPlace(channelId, second, teamId, query) {
  const tabId = second.startsWith("tab::") ? second.slice(5) : null;
  const view =
    tabId ?? (query.get("view") === "files" || /^(files|fichiers)$/i.test(query.get("tab") ?? "") ? "files" : "posts");
  const subEntityId = query.get("subEntityId") ?? "";
  return { kind: "channel", channelId, teamId, view, folder: query.get("folder"), subEntityId };
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
