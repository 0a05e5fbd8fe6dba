/** An app's own pages in a dialog: where its tab is set up, and what it says before its tab is removed. */
import { openDialog } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { bar, skeleton, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { fillPlaceholders } from "./context.js";
import { appFrame } from "./tab-host.js";
import { settingsOf } from "./tab-settings.js";
import { mayFrame } from "./valid-domains.js";

const SAVE_LIMIT_MS = 30_000;
// The Remove button wakes after this, whatever the page says. Source: T:tabs/how-to/create-tab-pages/removal-page.
const REMOVE_WAKES_MS = 5_000;

/** Shows an app's configuration page; resolves to the settings it gave once it has saved, or to null. */
export function configure(scene, definition, title, before) {
  return new Promise((answer) => {
    let result = null;
    let pending = null;
    const notes = h("div.tab-notes");
    const body = h("div.tab-page.in-dialog", {}, notes, skeleton(5));
    const page = { host: null, saved: null };
    const dialog = openDialog({
      title,
      body,
      wide: true,
      actions: [
        { label: t("cancel"), close: true },
        { label: t("save"), primary: true, disabled: true, run: () => save() },
      ],
      onClose: () => {
        page.host?.stop();
        answer(result);
      },
    });
    const save = async () => {
      dialog.button(1).disabled = true;
      fill(notes);
      const failure = await fireAndWait(page, "settings.save", {});
      if (failure === null && pending) {
        result = pending;
        return true;
      }
      fill(notes, bar("failure", failure ?? t("tab.nothingSaved")));
      dialog.button(1).disabled = false;
      return false;
    };
    const more = {
      "settings.setValidityState": (valid) => {
        dialog.button(1).disabled = valid !== true;
      },
      "settings.setSettings": (settings) => {
        const refusal = scene.refusalOf(definition, settings);
        if (refusal) return [false, refusal];
        pending = settings;
        return [true];
      },
    };
    showPage(scene, body, notes, page, {
      definition,
      title,
      address: definition.configurationUrl,
      frameContext: "settings",
      settings: () => pending ?? before,
      more,
    });
  });
}

/** Shows a tab's removal page; resolves to whether the tab shall go. */
export function askRemovalPage(scene, tab, definition) {
  return new Promise((answer) => {
    let sure = false;
    const notes = h("div.tab-notes");
    const body = h("div.tab-page.in-dialog", {}, notes, skeleton(4));
    const page = { host: null, saved: null };
    const remove = async () => {
      dialog.button(1).disabled = true;
      // The tab goes even when its page says no; the person is told.
      const failure = await fireAndWait(page, "settings.remove");
      if (failure) toast(failure, { failure: true });
      sure = true;
      return true;
    };
    const wake = () => {
      dialog.button(1).disabled = false;
    };
    const dialog = openDialog({
      title: t("tab.removeNamed", { name: tab.displayName }),
      body,
      wide: true,
      actions: [
        { label: t("cancel"), close: true },
        { label: t("tab.remove"), danger: true, disabled: true, run: remove },
      ],
      onClose: () => {
        clearTimeout(timer);
        page.host?.stop();
        answer(sure);
      },
    });
    const timer = setTimeout(wake, REMOVE_WAKES_MS);
    const more = {
      "settings.setValidityState": (valid) => {
        if (valid === true) wake();
      },
    };
    showPage(scene, body, notes, page, {
      definition,
      title: tab.displayName,
      address: tab.configuration.removeUrl,
      frameContext: "remove",
      settings: () => settingsOf(tab),
      entityId: tab.configuration.entityId ?? "",
      more,
    });
  });
}

async function showPage(
  scene,
  body,
  notes,
  page,
  { definition, title, address, frameContext, settings, entityId, more },
) {
  const place = { frameContext, definition, entityId: entityId ?? settings().entityId ?? "" };
  const filled = fillPlaceholders(address, await scene.context(place));
  // The person may have closed the dialog meanwhile.
  if (!body.isConnected) return;
  if (!mayFrame(filled)) {
    fill(body, bar("failure", t("tab.cannotFrame")));
    return;
  }
  const report = (failure) => {
    page.saved?.(failure);
    return undefined;
  };
  page.host = appFrame({
    scene,
    place,
    address: filled,
    title,
    settings,
    more: {
      ...more,
      "settings.save.success": () => report(null),
      "settings.save.failure": (reason) => report(reason || t("tab.saveFailed")),
      "settings.remove.success": () => report(null),
      "settings.remove.failure": (reason) => report(reason || t("tab.saveFailed")),
      "appInitialization.failure": (reason, message) => void fill(notes, bar("failure", message || reason)),
    },
  });
  fill(body, notes, page.host.frame);
}

/** Tells the page and waits for its word; resolves to null or to the reason of its failure. */
function fireAndWait(page, name, ...args) {
  return new Promise((settle) => {
    const limit = setTimeout(() => settle(t("tab.noAnswer")), SAVE_LIMIT_MS);
    page.saved = (failure) => {
      clearTimeout(limit);
      settle(failure);
    };
    // A page that never said hello has nothing to say about this either.
    if (!page.host?.fire(name, ...args)) page.saved(null);
  });
}
