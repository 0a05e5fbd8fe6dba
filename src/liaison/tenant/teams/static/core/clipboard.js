import { askText } from "./dialog.js";
import { toast } from "./notices.js";
import { t } from "./texts.js";

/** Copies a text; where the browser refuses, shows it to be copied by hand. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch (refused) {
    if (!(refused instanceof DOMException) && !(refused instanceof TypeError)) throw refused;
    await askText({ title: t("copyLink"), label: t("copy.byHand"), value: text, action: t("close"), limit: 4000 });
  }
}
