/** Choosing the folder that something moves to: a dialog that walks the library. */
import { openDialog } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attempt, skeleton } from "../core/notices.js";
import { t } from "../core/texts.js";
import { listChildren } from "./drive.js";

/** `trail` is the way to the folder that holds the item. Resolves to the chosen folder {id, name}, or to null. */
export function askFolder(trail, item) {
  return new Promise((answer) => {
    let chosen = null;
    const way = trail.map(({ driveId, id, name }) => ({ driveId, id, name }));
    const body = h("div.mover");
    const dialog = openDialog({
      title: t("files.moveNamed", { name: item.name }),
      body,
      actions: [
        { label: t("cancel"), close: true },
        {
          label: t("files.moveHere"),
          primary: true,
          run: () => {
            chosen = way.at(-1);
            return true;
          },
        },
      ],
      onClose: () => answer(chosen),
    });
    const go = (step) => {
      way.splice(0, way.length, ...step);
      show();
    };
    const show = async () => {
      const here = way.at(-1);
      dialog.button(1).disabled = here.id === trail.at(-1).id;
      const list = h("ul.folders", {}, skeleton(3));
      fill(body, crumbs(way, go), list);
      const children = await attempt(() => listChildren(here.driveId, here.id));
      const folders = (children ?? []).filter((one) => one.folder && one.id !== item.id);
      fill(
        list,
        folders.length
          ? folders.map((one) =>
              folderRow(one, () => go([...way, { driveId: here.driveId, id: one.id, name: one.name }])),
            )
          : h("li.quiet", {}, t("files.noFolders")),
      );
    };
    show();
  });
}

function crumbs(way, go) {
  const steps = way.map((step, number) => {
    if (number === way.length - 1) return h("li", {}, h("span", { "aria-current": "true" }, step.name));
    const back = h("button.link-button", { type: "button" }, step.name);
    back.addEventListener("click", () => go(way.slice(0, number + 1)));
    return h("li", {}, back, icon("chevronRight"));
  });
  return h("nav.crumbs", { "aria-label": t("files.path") }, h("ol", {}, steps));
}

function folderRow(folder, open) {
  const button = h("button.folder-row", { type: "button" }, icon("folder"), h("span", {}, folder.name));
  button.addEventListener("click", open);
  return h("li", {}, button);
}
