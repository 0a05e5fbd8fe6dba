/** What this client answers to the pages of tab apps: context, tokens, links, settings. */
import { onThemeChange, themeForTabs } from "../core/appearance.js";
import { ownPath } from "../core/addresses.js";
import { copyText } from "../core/clipboard.js";
import { safeLink } from "../core/dom.js";
import { account, SignInRefused, tokenFor } from "../core/signin.js";
import { hostFrame } from "./host.js";

/** Whether an app's package lists an origin's host among its valid domains; `*.` stands for one label. */
export function inValidDomains(definition, origin) {
  if (!URL.canParse(origin)) return false;
  const { host, hostname } = new URL(origin);
  return (definition?.validDomains ?? []).some((domain) => {
    const pattern = domain.toLowerCase();
    if (pattern.startsWith("*.")) return host.split(".").slice(1).join(".") === pattern.slice(2);
    return pattern === host || pattern === hostname;
  });
}

/** Whether an address may stand in a frame here: web pages, but never this client's own origin. */
export function mayFrame(address) {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return ["http:", "https:"].includes(url.protocol) && url.origin !== location.origin;
}

/**
 * Hosts an app's page. `context()` gives the flat context, `settings()` the tab's settings; `more` holds the answers
 * of one kind of page, and `navigate(path)` follows a link inside this client. Returns {frame, fire, stop}.
 */
export function appFrame({ address, title, frameContext, definition, context, settings, navigate, more = {} }) {
  const own = new URL(address).origin;
  const host = hostFrame({
    address,
    title,
    frameContext,
    // An app without a package here may speak from its own address, but gets no token.
    trusts: (origin) => inValidDomains(definition, origin) || (!definition && origin === own),
    answers: {
      getContext: async () => [await context()],
      "authentication.getAuthToken": (resources, claims, silent, tenantId) => ssoToken(definition, claims, tenantId),
      "settings.getSettings": () => [settings()],
      executeDeepLink: (link) => followLink(link, navigate),
      shareDeepLink: (subPageId, label, webUrl) => shareLink(context, definition, subPageId, label, webUrl),
      getTabInstances: () => [{ teamTabs: [] }],
      getMruTabInstances: () => [{ teamTabs: [] }],
      "appInitialization.appLoaded": () => undefined,
      "appInitialization.success": () => undefined,
      "appInitialization.failure": () => undefined,
      "appInitialization.expectedFailure": () => undefined,
      readyToUnload: () => undefined,
      returnFocus: () => undefined,
      setFrameContext: () => undefined,
      ...more,
    },
  });
  const stopTheme = onThemeChange(() => host.fire("themeChange", themeForTabs()));
  return {
    ...host,
    stop: () => {
      stopTheme();
      host.stop();
    },
  };
}

async function ssoToken(definition, claims, tenantId) {
  const registered = definition?.webApplicationInfo;
  if (!registered?.resource) return [false, "resourceDisabled"];
  if (tenantId && tenantId !== account().tenantId) return [false, "resourceRequiresConsent"];
  try {
    return [
      true,
      await tokenFor(`${registered.resource}/access_as_user`, claims?.length ? claims.join("") : undefined),
    ];
  } catch (refused) {
    if (!(refused instanceof SignInRefused)) throw refused;
    return [false, wordFor(refused)];
  }
}

/** Teams' own word for what Entra said. */
function wordFor({ error, suberror, codes }) {
  const has = (...numbers) => numbers.some((number) => codes.includes(number));
  if (suberror === "consent_required" || error === "consent_required" || has(65001)) return "resourceRequiresConsent";
  if (has(50076, 50079, 50072, 50074)) return "resourceRequiresMfa";
  if (error === "invalid_resource" || error === "invalid_scope" || has(500011, 650057, 65005, 70011))
    return "resourceDisabled";
  if (has(50173, 700082, 70008, 70043)) return "tokenRevoked";
  return error === "interaction_required" ? "resourceRequiresMfa" : error;
}

function followLink(link, navigate) {
  const inside = ownPath(link);
  const outside = safeLink(link);
  if (inside) navigate(inside);
  else if (outside) window.open(outside, "_blank", "noopener");
  else return [false, "InvalidArguments"];
  return [true];
}

async function shareLink(context, definition, subPageId, label, webUrl) {
  const { channelId, entityId } = await context();
  const place = JSON.stringify({ channelId, subEntityId: subPageId ?? "" });
  const query = new URLSearchParams({ label: label ?? "", context: place, ...(webUrl ? { webUrl } : {}) });
  const app = encodeURIComponent(definition?.externalId ?? "");
  await copyText(`${location.origin}/teams/l/entity/${app}/${encodeURIComponent(entityId)}?${query}`);
  return undefined;
}
