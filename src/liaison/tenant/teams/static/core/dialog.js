import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

/**
 * A modal dialog. `actions` are {label, primary, danger, close, run}: `run` may return false to keep the dialog
 * open; `close` buttons only close. A `bare` dialog has no buttons below its body. The focus goes back to where it was.
 * Returns {element, button(index), close()}.
 */
export function openDialog({ title, body, actions = [], wide = false, bare = false, onClose = () => undefined }) {
  const before = document.activeElement;
  const titleId = freshId("dialog");
  const close = h("button.icon-button", { type: "button", "aria-label": t("close") }, icon("close"));
  const buttons = actions.map((action) => actionButton(action, () => dialog.close()));
  const dialog = h(
    `dialog.dialog${wide ? ".wide" : ""}${bare ? ".bare" : ""}`,
    { "aria-labelledby": titleId },
    h("header", {}, h("h2", { id: titleId }, title), close),
    h("div.dialog-body", {}, body),
    bare ? null : h("footer", {}, buttons),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    onClose();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { element: dialog, button: (index) => buttons[index], close: () => dialog.close() };
}

/** Asks for one line of text; resolves to it, or to null when the person changes their mind. */
export function askText({ title, label, value = "", action, limit = 255 }) {
  return new Promise((answer) => {
    let given = null;
    const input = h("input", { type: "text", value, maxlength: limit, required: true, id: freshId("field") });
    const finish = () => {
      if (!input.value.trim()) {
        input.focus();
        return false;
      }
      given = input.value.trim();
      return true;
    };
    const form = h("form.field", {}, h("label", { for: input.id }, label), input);
    const dialog = openDialog({
      title,
      body: form,
      actions: [
        { label: t("cancel"), close: true },
        { label: action, primary: true, run: finish },
      ],
      onClose: () => answer(given),
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (finish()) dialog.close();
    });
    input.select();
  });
}

/** Asks one question; resolves to the `value` of the action chosen, or to null. */
export function askChoice({ title, text, choices }) {
  return new Promise((answer) => {
    let chosen = null;
    const actions = choices.map((choice) => ({
      ...choice,
      run: () => {
        chosen = choice.value;
        return true;
      },
    }));
    openDialog({
      title,
      body: h("p", {}, text),
      actions: [{ label: t("cancel"), close: true }, ...actions],
      onClose: () => answer(chosen),
    });
  });
}

function actionButton({ label, primary = false, danger = false, close = false, disabled = false, run }, shut) {
  const kind = danger ? ".danger" : primary ? ".primary" : "";
  const button = h(`button.button${kind}`, { type: "button", disabled }, label);
  button.addEventListener("click", async () => {
    if (close || (await run()) !== false) shut();
  });
  return button;
}
