/** What a tab learns about where it is: the flat object that TeamsJS asks for, and the placeholders of its address. */
import { language, themeForTabs } from "../core/appearance.js";
import { account } from "../core/signin.js";

// Numbers of TeamsJS's UserTeamRole.
const ROLES = { owner: 0, member: 1, guest: 2 };
const KINDS = { standard: "Regular", private: "Private", shared: "Shared" };

// Placeholder names, old style and new, against the keys of the flat object.
const PLACEHOLDERS = {
  locale: "locale",
  theme: "theme",
  entityId: "entityId",
  subEntityId: "subEntityId",
  groupId: "groupId",
  teamId: "teamId",
  teamName: "teamName",
  channelId: "channelId",
  channelName: "channelName",
  channelType: "channelType",
  tid: "tid",
  upn: "userPrincipalName",
  userPrincipalName: "userPrincipalName",
  userObjectId: "userObjectId",
  loginHint: "loginHint",
  hostClientType: "hostClientType",
  hostName: "hostName",
  ringId: "ringId",
  sessionId: "sessionId",
  "app.locale": "locale",
  "app.theme": "theme",
  "app.host.clientType": "hostClientType",
  "app.host.name": "hostName",
  "app.sessionId": "appSessionId",
  "page.id": "entityId",
  "page.subPageId": "subEntityId",
  "page.frameContext": "frameContext",
  "team.groupId": "groupId",
  "team.internalId": "teamId",
  "team.displayName": "teamName",
  "channel.id": "channelId",
  "channel.displayName": "channelName",
  "channel.membershipType": "channelType",
  "user.id": "userObjectId",
  "user.loginHint": "loginHint",
  "user.userPrincipalName": "userPrincipalName",
  "user.tenant.id": "tid",
};

const sessionId = crypto.randomUUID();

/**
 * The flat context of a tab. `folder` is the channel's folder and `role` the person's role, null while unknown. Without the manifest permission `identity`
 * the ids of group and person are left out, as Teams does; in private and shared channels the group id is empty.
 */
export function tabContext({
  team,
  channel,
  me,
  folder,
  role,
  definition,
  frameContext,
  entityId = "",
  subEntityId = "",
}) {
  const identity = Boolean(definition?.permissions?.includes("identity"));
  const kind = channel.membershipType ?? "standard";
  return {
    locale: localeOf(me),
    theme: themeForTabs(),
    entityId,
    subEntityId,
    frameContext,
    hostName: "Teams",
    hostClientType: "web",
    ringId: "general",
    sessionId,
    appSessionId: sessionId,
    isFullScreen: false,
    isMultiWindow: false,
    tid: account().tenantId,
    loginHint: account().loginHint,
    userPrincipalName: me.userPrincipalName,
    userObjectId: identity ? me.id : undefined,
    teamId: team.internalId ?? channel.id,
    teamName: team.displayName,
    groupId: !identity ? undefined : kind === "standard" ? team.id : "",
    userTeamRole: ROLES[role],
    isTeamArchived: Boolean(team.isArchived),
    channelId: channel.id,
    channelName: channel.displayName,
    channelType: KINDS[kind] ?? "Regular",
    ...(kind === "shared"
      ? { hostTeamGroupId: team.id, hostTeamTenantId: channel.tenantId ?? account().tenantId }
      : {}),
    ...siteOf(folder),
    appId: definition?.externalId,
    manifestVersion: definition?.manifestVersion,
  };
}

/** The flat context of an app's own page: no team and no channel. */
export function personalContext(facts) {
  const context = tabContext({ team: {}, channel: {}, folder: null, role: null, ...facts });
  return { ...context, channelType: undefined, isTeamArchived: undefined };
}

/** Fills {theme}, {locale} and the other placeholders of a tab's address; unknown ones stay. */
export function fillPlaceholders(address, context) {
  return address.replace(/\{([A-Za-z.]+)\}/g, (whole, name) =>
    name in PLACEHOLDERS ? encodeURIComponent(context[PLACEHOLDERS[name]] ?? "") : whole,
  );
}

function localeOf(me) {
  const preferred = (me.preferredLanguage ?? "").toLowerCase();
  if (preferred.startsWith(language())) return preferred;
  return language() === "fr" ? "fr-fr" : "en-us";
}

function siteOf(folder) {
  if (!folder) return {};
  const url = new URL(folder.webUrl);
  const sitePath = url.pathname.split("/").slice(0, 3).join("/");
  return {
    teamSiteUrl: url.origin + sitePath,
    teamSiteDomain: url.host,
    teamSitePath: sitePath,
    channelRelativeUrl: decodeURIComponent(url.pathname),
  };
}
