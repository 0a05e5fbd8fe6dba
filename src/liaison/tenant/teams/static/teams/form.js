/** Dialogs that are a form: labelled fields, a button that sends, and refusals that keep what was written. */
import { openDialog } from "../core/dialog.js";
import { freshId, h } from "../core/dom.js";
import { attempt } from "../core/notices.js";
import { t } from "../core/texts.js";

/** One labelled field. `hint` is a sentence below it. */
export function field(label, input, hint = null) {
  input.id ||= freshId("field");
  if (hint) input.setAttribute("aria-describedby", `${input.id}-hint`);
  const below = hint ? h("span.hint", { id: `${input.id}-hint` }, hint) : null;
  return h("div.field", {}, h("label", { for: input.id }, label), input, below);
}

export const textField = (attributes) => h("input", { type: "text", ...attributes });

/** A choice of a few with a sentence each: {element, value()}. `choices` are [value, name, text]. */
export function radioGroup(label, choices, chosen = choices[0][0]) {
  const name = freshId("choice");
  const rows = choices.map(([value, title, text]) =>
    h(
      "label.radio",
      {},
      h("input", { type: "radio", name, value, checked: value === chosen }),
      h("span", {}, h("span.radio-title", {}, title), h("span.quiet", {}, text)),
    ),
  );
  const element = h("fieldset.radios", {}, h("legend", {}, label), rows);
  return { element, value: () => element.querySelector("input:checked").value };
}

/**
 * Asks with a form. `fields` are its parts, `act()` does what is asked and returns a result, or undefined when it was
 * refused. Resolves to the result, or to null when the person changes their mind.
 */
export function askForm({ title, fields, action, act, focus = null }) {
  return new Promise((answer) => {
    let result = null;
    const form = h("form.form", {}, fields, h("input", { type: "submit", hidden: true }));
    const finish = async () => {
      if (!form.reportValidity()) return false;
      dialog.button(1).disabled = true;
      const done = await attempt(act);
      dialog.button(1).disabled = false;
      if (done === undefined || done === null) return false;
      result = done;
      return true;
    };
    const dialog = openDialog({
      title,
      body: form,
      actions: [
        { label: t("cancel"), close: true },
        { label: action, primary: true, run: finish },
      ],
      onClose: () => answer(result),
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await finish()) dialog.close();
    });
    (focus ?? form.querySelector("input, textarea"))?.focus();
  });
}
