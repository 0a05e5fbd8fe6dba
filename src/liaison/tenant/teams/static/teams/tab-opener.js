/** The way out of a tab: its address in a window of the browser. */
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { emptyState } from "../core/notices.js";
import { t } from "../core/texts.js";

/** What stands where a page cannot be shown here. */
export function openElsewhere(tab, address, text) {
  return emptyState("web", tab.displayName, text, opener(address, ".primary"));
}

/** A link that opens an address in the browser; null when it is no web address. */
export function opener(address, kind = "") {
  if (!/^https?:/i.test(address ?? "")) return null;
  return h(
    `a.button${kind}`,
    { href: address, target: "_blank", rel: "noopener noreferrer" },
    icon("open"),
    t("tab.openInBrowser"),
  );
}
