/** One file: what it is, what is in it where a browser can tell, and the way to save it. */
import { copyText } from "../core/clipboard.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { GraphRefused } from "../core/graph.js";
import { bar, reasonOf, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { fileSize, fullTime } from "../core/values.js";
import { downloadAddress } from "./drive.js";
import { download } from "./library.js";

const SHOWN_TEXT_BYTES = 200_000;
const SHOWN_IMAGE_BYTES = 20_000_000;

export function filePage(item) {
  const driveId = item.parentReference.driveId;
  const preview = h("div.preview");
  const by = item.lastModifiedBy?.user?.displayName ?? item.lastModifiedBy?.application?.displayName ?? "";
  const facts = [fileSize(item.size ?? 0), fullTime(item.lastModifiedDateTime), by].filter(Boolean).join(" · ");
  showPreview(preview, item, driveId).catch((refused) => {
    if (!(refused instanceof GraphRefused) && !(refused instanceof TypeError)) throw refused;
    fill(preview, bar("failure", reasonOf(refused)));
  });
  const save = () => download(driveId, item.id, item.name);
  return h(
    "article.file-page",
    {},
    h("h1", {}, icon("file"), h("span", {}, item.name)),
    h("p.quiet", {}, facts),
    h(
      "div.commands",
      {},
      h("button.button.primary", { type: "button", on: { click: save } }, icon("download"), t("files.download")),
      h("button.button", { type: "button", on: { click: () => copyText(item.webUrl) } }, icon("copy"), t("copyLink")),
    ),
    preview,
  );
}

async function showPreview(preview, item, driveId) {
  const type = item.file?.mimeType ?? "";
  const isText = /^text\/|^application\/(json|xml)$/.test(type) && item.size <= SHOWN_TEXT_BYTES;
  const isImage = /^image\/(png|jpeg|gif|webp)$/.test(type) && item.size <= SHOWN_IMAGE_BYTES;
  if (!isText && !isImage) {
    fill(preview, h("p.quiet", {}, t("files.noPreview")));
    return;
  }
  fill(preview, skeleton(6));
  const answer = await fetch(await downloadAddress(driveId, item.id));
  if (!answer.ok) throw new GraphRefused(answer.status, `HTTP ${answer.status}`, item.name, null);
  if (isText) fill(preview, h("pre", { tabindex: "0" }, await answer.text()));
  else fill(preview, h("img", { src: URL.createObjectURL(new Blob([await answer.blob()], { type })), alt: item.name }));
}
