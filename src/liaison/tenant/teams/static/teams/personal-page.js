/** An app's own page, which belongs to no channel: its first personal tab, as the Apps page opens it. */
import { h } from "../core/dom.js";
import { bar } from "../core/notices.js";
import { t } from "../core/texts.js";
import { fillPlaceholders, personalContext } from "./context.js";
import { appFrame } from "./tab-host.js";
import { mayFrame } from "./valid-domains.js";

/** The element that holds the page. */
export function personalPage(client, definition) {
  const [tab] = definition.personalTabs;
  const place = { frameContext: "content", definition, entityId: tab.entityId };
  const scene = {
    me: client.me,
    navigate: client.go,
    places: () => [],
    context: async (facts) => personalContext({ me: client.me, ...facts }),
  };
  const address = fillPlaceholders(tab.contentUrl, personalContext({ me: client.me, ...place }));
  if (!mayFrame(address)) return bar("failure", t("tab.cannotFrame"));
  const settings = () => ({ entityId: tab.entityId, contentUrl: tab.contentUrl, suggestedDisplayName: tab.name });
  return h("div.tab-page.personal", {}, appFrame({ scene, place, address, title: tab.name, settings }).frame);
}
