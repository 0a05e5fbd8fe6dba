/** What this client asks of Graph about teams, channels, tabs, posts and people. */
import {
  GraphRefused,
  nextPage,
  patch,
  path,
  post,
  read,
  readAll,
  remove,
  send,
  sendForOperation,
} from "../core/graph.js";

const INCLUDE_SHARED = { headers: { Prefer: "include-unknown-enum-members" } };
export const WEBSITE_APP = "com.microsoft.teamspace.tab.web";
export const LIBRARY_APP = "com.microsoft.teamspace.tab.files.sharepoint";
const MEMBER_TYPE = "#microsoft.graph.aadUserConversationMember";
const LOOK_MS = 1_000;
const MOST_LOOKS = 120;
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

/** Makes a channel; a shared one comes when its operation is done, and null is returned for it until then. */
export async function createChannel(teamId, channel) {
  if (channel.membershipType !== "shared") return post(path`/teams/${teamId}/channels`, channel);
  await waitFor(await sendForOperation("POST", path`/teams/${teamId}/channels`, channel));
  return (await listChannels(teamId)).find((one) => one.displayName === channel.displayName) ?? null;
}

export const changeChannel = (teamId, channelId, changes) =>
  patch(path`/teams/${teamId}/channels/${channelId}`, changes);
export const deleteChannel = (teamId, channelId) => remove(path`/teams/${teamId}/channels/${channelId}`);

/** Makes a team from scratch; resolves to its id when it is there. */
export async function createTeam({ displayName, description, visibility }) {
  const operation = await sendForOperation("POST", "/teams", {
    "template@odata.bind": `${location.origin}/v1.0/teamsTemplates('standard')`,
    displayName,
    description,
    visibility,
  });
  return (await waitFor(operation)).targetResourceId;
}

export const changeTeam = (teamId, changes) => patch(path`/teams/${teamId}`, changes);
export const archiveTeam = async (teamId) =>
  waitFor(await sendForOperation("POST", path`/teams/${teamId}/archive`, {}));
export const unarchiveTeam = async (teamId) =>
  waitFor(await sendForOperation("POST", path`/teams/${teamId}/unarchive`, {}));
export const deleteTeam = (teamId) => remove(path`/groups/${teamId}`);

/** The organisation's public teams. */
export const listPublicTeams = async () =>
  (await readAll("/teams?$select=id,displayName,description,visibility")).filter(
    (team) => team.visibility === "public",
  );

export const joinTeam = (teamId, userId) =>
  post(path`/groups/${teamId}/members/$ref`, {
    "@odata.id": `${location.origin}/v1.0/directoryObjects/${encodeURIComponent(userId)}`,
  });

async function waitFor(operation) {
  for (let turn = 0; operation && turn < MOST_LOOKS; turn += 1) {
    const found = await read(operation);
    if (found.status === "succeeded") return found;
    if (found.status === "failed") throw new GraphRefused(400, found.error?.code ?? "failed", found.error?.message);
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  throw new GraphRefused(503, "operationPending", operation ?? "", null);
}

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

const messagePath = (teamId, channelId, { id, replyToId }) =>
  replyToId
    ? path`/teams/${teamId}/channels/${channelId}/messages/${replyToId}/replies/${id}`
    : path`/teams/${teamId}/channels/${channelId}/messages/${id}`;

export const changeMessage = (teamId, channelId, message, changes) =>
  patch(messagePath(teamId, channelId, message), changes);
export const deleteMessage = (teamId, channelId, message) =>
  post(`${messagePath(teamId, channelId, message)}/softDelete`, {});
export const restoreMessage = (teamId, channelId, message) =>
  post(`${messagePath(teamId, channelId, message)}/undoSoftDelete`, {});
export const react = (teamId, channelId, message, reactionType, on) =>
  post(`${messagePath(teamId, channelId, message)}/${on ? "setReaction" : "unsetReaction"}`, { reactionType });

// Private and shared channels have a list of people of their own.
const placeOf = (teamId, channel) =>
  (channel?.membershipType ?? "standard") !== "standard"
    ? path`/teams/${teamId}/channels/${channel.id}/members`
    : path`/teams/${teamId}/members`;

/** The people of a private or shared channel, or of the team. */
export const listMembers = (teamId, channel) => readAll(placeOf(teamId, channel));

/** Adds a person to a team, or to a private or shared channel. */
export const addMember = (teamId, channel, userId, roles = []) =>
  post(placeOf(teamId, channel), {
    "@odata.type": MEMBER_TYPE,
    "user@odata.bind": `${location.origin}/v1.0/users('${encodeURIComponent(userId)}')`,
    roles,
  });

export const changeMember = (teamId, channel, memberId, roles) =>
  patch(`${placeOf(teamId, channel)}/${encodeURIComponent(memberId)}`, { "@odata.type": MEMBER_TYPE, roles });

export const removeMember = (teamId, channel, memberId) =>
  remove(`${placeOf(teamId, channel)}/${encodeURIComponent(memberId)}`);

/** People of the organisation whose name or address begins with a text: {id, displayName, mail}. */
export async function findPeople(text) {
  const wanted = text.trim().replaceAll('"', "");
  const query = new URLSearchParams({ $select: "id,displayName,mail,userPrincipalName", $top: "20", $count: "true" });
  if (wanted) query.set("$search", `"displayName:${wanted}" OR "mail:${wanted}"`);
  else query.set("$orderby", "displayName");
  const page = await send("GET", `/users?${query}`, { headers: { ConsistencyLevel: "eventual" } });
  return page.value.map((user) => ({ ...user, mail: user.mail ?? user.userPrincipalName }));
}

/** What a person is in a team: "owner", "guest" or "member". */
export async function readRole(teamId, userId) {
  const filter = `(microsoft.graph.aadUserConversationMember/userId eq '${userId}')`;
  const [member] = (await read(`${path`/teams/${teamId}/members`}?$filter=${encodeURIComponent(filter)}`)).value;
  return ["owner", "guest"].find((role) => member?.roles?.includes(role)) ?? "member";
}

export const listInstalledApps = (teamId) =>
  readAll(`${path`/teams/${teamId}/installedApps`}?$expand=teamsApp,teamsAppDefinition`);

export const uninstallApp = (teamId, installationId) =>
  remove(`${path`/teams/${teamId}/installedApps`}/${encodeURIComponent(installationId)}`);

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
