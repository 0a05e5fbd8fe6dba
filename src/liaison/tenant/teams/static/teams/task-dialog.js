/** A dialog that a tab's page opens with a page of its own in it (`dialog.url` of TeamsJS). */
import { openDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { fillPlaceholders } from "./context.js";
import { appFrame } from "./tab-host.js";
import { settingsOf } from "./tab-settings.js";
import { inValidDomains, mayFrame } from "./valid-domains.js";

const FOREIGN = "The address is not in the app's valid domains.";
const CLOSED = "User cancelled/closed the task module.";
// Shares of the window. Source: T:task-modules-and-cards/task-modules/invoking-task-modules
const WIDTHS = { small: "20vw", medium: "50vw", large: "60vw" };
const HEIGHTS = { small: "20vh", medium: "50vh", large: "66vh" };

/** Opens the dialog; resolves to the reply [error, result] once it is closed. `parent` is the tab's own host. */
export async function openTask({ scene, place, tab, parent, asked }) {
  const inner = { ...place, frameContext: "task" };
  const address = fillPlaceholders(String(asked?.url ?? ""), await scene.context(inner));
  if (!inValidDomains(place.definition, address) || !mayFrame(address)) return [FOREIGN];
  return new Promise((answer) => {
    let reply = [CLOSED];
    const body = h("div.tab-page.task");
    const dialog = openDialog({
      title: asked.title || place.definition.name,
      body,
      bare: true,
      onClose: () => {
        parent.forChild = null;
        host.stop();
        answer(reply);
      },
    });
    const host = appFrame({
      scene,
      place: inner,
      address,
      title: asked.title || place.definition.name,
      settings: () => settingsOf(tab),
      more: {
        "tasks.completeTask": (result) => {
          reply = [undefined, result];
          dialog.close();
        },
        "tasks.updateTask": (size) => void resize(dialog.element, size),
        messageForParent: (message) => void parent.fire("messageForParent", message),
      },
    });
    parent.forChild = (message) => host.fire("messageForChild", message);
    resize(dialog.element, asked);
    body.append(host.frame);
  });
}

function resize(element, { width, height } = {}) {
  element.style.setProperty("--task-width", length(width, WIDTHS));
  element.style.setProperty("--task-height", length(height, HEIGHTS));
}

function length(value, named) {
  const pixels = Number(value);
  return Number.isFinite(pixels) && pixels > 0 ? `${Math.min(pixels, 4000)}px` : (named[value] ?? named.medium);
}
