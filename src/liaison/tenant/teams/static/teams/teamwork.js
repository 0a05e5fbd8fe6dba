/** What this client asks of Graph about teams, channels, tabs, posts and people. */
import { GraphRefused, nextPage, patch, path, post, read, readAll, remove, send } from "../core/graph.js";

const INCLUDE_SHARED = { headers: { Prefer: "include-unknown-enum-members" } };
export const WEBSITE_APP = "com.microsoft.teamspace.tab.web";
export const LIBRARY_APP = "com.microsoft.teamspace.tab.files.sharepoint";
const VIEWER_APPS = "com.microsoft.teamspace.tab.file.staticviewer.";

export const readMe = () =>
  read("/me?$select=id,displayName,mail,userPrincipalName,preferredLanguage,jobTitle,userType");
export const listTeams = () => readAll("/me/joinedTeams");
export const readTeam = (teamId) => read(path`/teams/${teamId}`);

/** The channels of a team that the person may see, General first, then by name. */
export async function listChannels(teamId) {
  const page = await send("GET", path`/teams/${teamId}/allChannels`, INCLUDE_SHARED);
  const channels = [...page.value];
  for (let next = nextPage(page); next;) {
    const more = await send("GET", next, INCLUDE_SHARED);
    channels.push(...more.value);
    next = nextPage(more);
  }
  const [first, ...rest] = channels;
  return first ? [first, ...rest.sort((one, other) => one.displayName.localeCompare(other.displayName))] : [];
}

export const createChannel = (teamId, channel) => post(path`/teams/${teamId}/channels`, channel);

export const listTabs = (teamId, channelId) =>
  readAll(`${path`/teams/${teamId}/channels/${channelId}/tabs`}?$expand=teamsApp`);

export const addTab = (teamId, channelId, appId, displayName, configuration) =>
  post(path`/teams/${teamId}/channels/${channelId}/tabs`, {
    displayName,
    "teamsApp@odata.bind": `${location.origin}/v1.0/appCatalogs/teamsApps/${encodeURIComponent(appId)}`,
    configuration,
  });

export const changeTab = (teamId, channelId, tabId, changes) =>
  patch(path`/teams/${teamId}/channels/${channelId}/tabs/${tabId}`, changes);

export const removeTab = (teamId, channelId, tabId) =>
  remove(path`/teams/${teamId}/channels/${channelId}/tabs/${tabId}`);

/** The channel's folder; null while it is being prepared. */
export async function readFilesFolder(teamId, channelId) {
  try {
    return await read(path`/teams/${teamId}/channels/${channelId}/filesFolder`);
  } catch (refused) {
    if (refused instanceof GraphRefused && refused.status === 404) return null;
    throw refused;
  }
}

/** One page of posts with their replies, the newest first: {posts, next}. */
export async function listPosts(teamId, channelId, next) {
  const page = await read(next ?? `${path`/teams/${teamId}/channels/${channelId}/messages`}?$top=20&$expand=replies`);
  return { posts: page.value, next: nextPage(page) };
}

export const writePost = (teamId, channelId, message) =>
  post(path`/teams/${teamId}/channels/${channelId}/messages`, message);

export const writeReply = (teamId, channelId, postId, message) =>
  post(path`/teams/${teamId}/channels/${channelId}/messages/${postId}/replies`, message);

/** The people of a channel: its own list where it has one, else the team's. */
export const listMembers = (teamId, channel) =>
  readAll(
    channel.membershipType === "standard"
      ? path`/teams/${teamId}/members`
      : path`/teams/${teamId}/channels/${channel.id}/members`,
  );

/** What a person is in a team: "owner", "guest" or "member". */
export async function readRole(teamId, userId) {
  const filter = `(microsoft.graph.aadUserConversationMember/userId eq '${userId}')`;
  const [member] = (await read(`${path`/teams/${teamId}/members`}?$filter=${encodeURIComponent(filter)}`)).value;
  return ["owner", "guest"].find((role) => member?.roles?.includes(role)) ?? "member";
}

export const listInstalledApps = (teamId) =>
  readAll(`${path`/teams/${teamId}/installedApps`}?$expand=teamsApp,teamsAppDefinition`);

export const listCatalogue = () => readAll("/appCatalogs/teamsApps");

/** Adds an app to a team; one that is there already is fine. */
export async function ensureAppInstalled(teamId, appId) {
  const bind = `${location.origin}/v1.0/appCatalogs/teamsApps/${encodeURIComponent(appId)}`;
  try {
    await post(path`/teams/${teamId}/installedApps`, { "teamsApp@odata.bind": bind });
  } catch (refused) {
    if (!(refused instanceof GraphRefused) || refused.status !== 409) throw refused;
  }
}

/** What the apps' packages say about their tabs, by manifest id. */
export async function listDefinitions() {
  const answer = await fetch("/teams/_client/apps");
  if (!answer.ok) throw new GraphRefused(answer.status, `HTTP ${answer.status}`, "", null);
  return new Map((await answer.json()).value.map((definition) => [definition.externalId, definition]));
}

/** How a tab is shown: "website", "library", "viewer", or "app" for a page that speaks with its host. */
export function kindOfTab(tab) {
  const appId = tab.teamsApp?.id ?? "";
  if (appId === WEBSITE_APP) return "website";
  if (appId === LIBRARY_APP) return "library";
  return appId.startsWith(VIEWER_APPS) ? "viewer" : "app";
}
