// Lists of records and views to choose from, as radio buttons: one may be chosen in all of the page.

const { h, icon, initials } = window.liaison;

/** A choice; `note` says what is known of it, `isTaken` that it cannot be chosen again. */
function choiceOf({ value, title, text, drawing, note = "", isTaken = false, isChosen = false, choose }) {
  const picture = drawing
    ? h("span.picture.square.plain", { "aria-hidden": "true" }, icon(drawing))
    : h("span.picture.square", { "data-initials": initials(title), "aria-hidden": "true" });
  const input = h("input", {
    type: "radio",
    name: "choice",
    value,
    checked: isChosen,
    "aria-disabled": isTaken ? "true" : null,
    disabled: isTaken,
    on: { change: choose },
  });
  const words = h(
    "span.choice-text",
    {},
    h("strong", {}, title),
    text ? h("span.quiet", {}, text) : null,
    note ? h("span.quiet", {}, note) : null,
  );
  return h(`label.choice${isTaken ? ".unavailable" : ""}`, {}, input, picture, words);
}

function fillSelect(select, options, chosen) {
  select.replaceChildren(
    ...options.map(({ value, label }) => h("option", { value, selected: value === chosen }, label)),
  );
}

Object.assign(window.liaison, { choiceOf, fillSelect });
