import { askChoice } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { GraphRefused } from "../core/graph.js";
import { attempt, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { uploadFile } from "./drive.js";

/** Uploads one after the other; a taken name is asked about. `done()` is called after each file. */
export async function uploadAll(folder, files, done) {
  for (const file of files) {
    const item = await uploadOne(folder, file);
    if (item) {
      toast(t("files.uploaded", { name: item.name }));
      await done();
    }
  }
}

/** Lets files be dropped on an element. */
export function acceptDrops(element, take) {
  let depth = 0;
  const mark = (on) => element.classList.toggle("dropping", on);
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  element.dataset.dropText = t("files.drop");
  element.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    mark(true);
  });
  element.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  element.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    mark(depth > 0);
  });
  element.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark(false);
    take([...event.dataTransfer.files]);
  });
}

async function uploadOne(folder, file) {
  const progress = h("progress", { max: "1", value: 0, "aria-label": t("files.uploading", { name: file.name }) });
  const card = h(
    "div.uploading",
    { role: "status" },
    h("span", {}, t("files.uploading", { name: file.name })),
    progress,
  );
  const send = (conflict) =>
    uploadFile(folder.driveId, folder.id, file, conflict, (share) => {
      progress.value = share;
    });
  document.querySelector(".toasts").append(card);
  try {
    return await attempt(() => sendOrAsk(file, send));
  } finally {
    card.remove();
  }
}

async function sendOrAsk(file, send) {
  try {
    return await send("fail");
  } catch (refused) {
    if (!(refused instanceof GraphRefused) || refused.code !== "nameAlreadyExists") throw refused;
    const answer = await askChoice({
      title: t("files.taken"),
      text: t("files.taken.text", { name: file.name }),
      choices: [
        { label: t("files.keepBoth"), value: "rename" },
        { label: t("files.replace"), value: "replace", primary: true },
      ],
    });
    return answer ? send(answer) : null;
  }
}
