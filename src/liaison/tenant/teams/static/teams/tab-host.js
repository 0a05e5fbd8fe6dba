/** What this client answers to the pages of tab apps: context, tokens, links, settings, people, the clipboard. */
import { onThemeChange, themeForTabs } from "../core/appearance.js";
import { channelAddress } from "../core/addresses.js";
import { readClipboard, writeClipboard } from "./app-clipboard.js";
import { pickPeople } from "./app-people.js";
import { hostFrame } from "./host.js";
import { followLink, navigateToApp, navigateToPage, shareLink } from "./tab-links.js";
import { tabInstances } from "./tab-instances.js";
import { ssoToken } from "./tab-token.js";
import { inValidDomains } from "./valid-domains.js";

const FOREIGN_PAGE =
  "Cross-origin navigation is only supported for URLs matching the pattern registered in the manifest.";
const UNKNOWN_TAB = "Invalid internalTabInstanceId and/or channelId were/was provided";

/**
 * Hosts an app's page. `place` is {frameContext, definition, entityId, subEntityId}, `settings()` gives the tab's
 * settings, and `more` holds the answers of one kind of page. Returns {frame, heard, fire, stop}.
 */
export function appFrame({ scene, place, address, title, settings, more = {} }) {
  const { definition } = place;
  const own = new URL(address).origin;
  const context = () => scene.context(place);
  const host = hostFrame({
    address,
    title,
    frameContext: place.frameContext,
    // An app without a package here may speak from its own address, but gets no token.
    trusts: (origin) => inValidDomains(definition, origin) || (!definition && origin === own),
    answers: {
      getContext: async () => [await context()],
      "authentication.getAuthToken": (resources, claims, silent, tenantId) => ssoToken(definition, claims, tenantId),
      "settings.getSettings": () => [settings()],
      ...links(scene, place, context, () => host),
      ...tabs(scene, definition),
      "clipboard.writeToClipboard": writeClipboard,
      "clipboard.readFromClipboard": readClipboard,
      "people.selectPeople": (asked) => pickPeople(scene, asked),
      ...said(),
      ...more,
    },
  });
  const stopTheme = onThemeChange(async () => {
    host.fire("themeChange", themeForTabs());
    if (host.heard.has("contextChange")) host.fire("contextChange", await context());
  });
  return {
    ...host,
    stop: () => {
      stopTheme();
      host.stop();
    },
  };
}

function links(scene, place, context, host) {
  return {
    executeDeepLink: (link) => followLink(link, scene.navigate),
    "pages.navigateToApp": (asked) => navigateToApp(asked, scene.navigate),
    "pages.currentApp.navigateTo": (page) => navigateToPage(scene, place, page),
    "pages.currentApp.navigateToDefaultPage": () => navigateToPage(scene, place, null),
    shareDeepLink: (subPageId, label, webUrl) => shareLink(context, place.definition, subPageId, label, webUrl),
    navigateCrossDomain: (address) => {
      if (!inValidDomains(place.definition, address)) return [false, FOREIGN_PAGE];
      host().frame.src = address;
      return [true];
    },
    navigateBack: () => {
      history.back();
      return [true];
    },
  };
}

function tabs(scene, definition) {
  return {
    getTabInstances: async () => [{ teamTabs: await tabInstances(scene, definition) }],
    getMruTabInstances: async () => [{ teamTabs: await tabInstances(scene, definition, { recentFirst: true }) }],
    navigateToTab: (tab) => {
      if (!tab?.internalTabInstanceId || !tab.channelId || !tab.groupId) return [false, UNKNOWN_TAB];
      const channel = { id: tab.channelId, displayName: tab.channelName ?? "" };
      scene.navigate(channelAddress(tab.groupId, channel, tab.internalTabInstanceId));
      return [true];
    },
  };
}

/** What a page only tells; nothing is answered. */
function said() {
  const nothing = () => undefined;
  return {
    "appInitialization.appLoaded": nothing,
    "appInitialization.success": nothing,
    "appInitialization.failure": nothing,
    "appInitialization.expectedFailure": nothing,
    "settings.setValidityState": nothing,
    readyToUnload: nothing,
    returnFocus: nothing,
    setFrameContext: nothing,
  };
}
