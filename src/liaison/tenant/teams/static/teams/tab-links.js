/** Where a tab's page may lead: links, deep links into this client, pages of its own app, and links to share. */
import { channelAddress, ownPath } from "../core/addresses.js";
import { copyText } from "../core/clipboard.js";
import { openDialog } from "../core/dialog.js";
import { freshId, h, safeLink } from "../core/dom.js";
import { t } from "../core/texts.js";
import { listTabs } from "./teamwork.js";

const NOT_FOUND = 404;

/** Follows a link inside this client or in a new window: the reply [true] or [false, reason]. */
export function followLink(link, navigate) {
  const inside = ownPath(link);
  const outside = safeLink(link);
  if (inside) navigate(inside);
  else if (outside) window.open(outside, "_blank", "noopener");
  else return [false, "InvalidArguments"];
  return [true];
}

/** Goes to a page of an app by its ids: the reply [true] or [false, reason]. */
export function navigateToApp({ appId, pageId, webUrl, channelId, subPageId } = {}, navigate) {
  if (!appId || !pageId) return [false, "InvalidArguments"];
  const context = JSON.stringify({ channelId, subEntityId: subPageId ?? "" });
  const query = new URLSearchParams({ context, ...(webUrl ? { webUrl } : {}) });
  navigate(`/teams/l/entity/${encodeURIComponent(appId)}/${encodeURIComponent(pageId)}?${query}`);
  return [true];
}

/** Goes to another tab of the same app in this channel, or to its first one: the reply [error]. */
export async function navigateToPage(scene, { definition }, page) {
  const tabs = await listTabs(scene.team.id, scene.channel.id);
  const own = tabs.filter((tab) => tab.teamsApp?.externalId === definition?.externalId);
  const tab = page === null ? own[0] : own.find((one) => one.configuration?.entityId === page?.pageId);
  if (!tab) return [{ errorCode: NOT_FOUND, message: "The app has no such page here." }];
  const more = page?.subPageId ? { subEntityId: page.subPageId } : {};
  scene.navigate(channelAddress(scene.team.id, scene.channel, tab.id, more));
  return [undefined];
}

/** Shows a link to a place within the tab, to be copied. */
export async function shareLink(context, definition, subPageId, label, webUrl) {
  const { channelId, entityId } = await context();
  const place = JSON.stringify({ channelId, subEntityId: subPageId ?? "" });
  const query = new URLSearchParams({ label: label ?? "", context: place, ...(webUrl ? { webUrl } : {}) });
  const app = encodeURIComponent(definition?.externalId ?? "");
  showLink(`${location.origin}/teams/l/entity/${app}/${encodeURIComponent(entityId)}?${query}`);
  return undefined;
}

/** A dialog with a link in it and a button that copies it. */
export function showLink(address) {
  const field = h("input", { type: "text", id: freshId("link"), value: address, readonly: true });
  openDialog({
    title: t("copyLink"),
    body: h("div.field", {}, h("label", { for: field.id }, t("link.label")), field),
    actions: [
      { label: t("close"), close: true },
      { label: t("copy"), primary: true, run: () => copyText(address) },
    ],
  });
  field.select();
}
