// A record's main columns in the tab: changed by those who may, saved only from the version that was read. What
// somebody else changed meanwhile is shown beside it, and the person chooses.

const { ask, h, message, say } = window.liaison;
const form = document.getElementById("form");
const places = form.querySelector("[data-fields]");
const notes = form.querySelector("[data-form-notes]");
const bar = form.querySelector("[data-save]");
const locale = () => document.documentElement.lang;

let shown = null;
let onSaved = () => undefined;
const conflicts = new Map();

function showForm(read, saved) {
  shown = read;
  onSaved = saved;
  conflicts.clear();
  notes.replaceChildren();
  form.querySelector("[data-read-only]").hidden = read.may_write;
  places.replaceChildren(...read.fields.map(placeOf));
  noteChanges();
}

function placeOf(field) {
  const id = `field-${field.name}`;
  if (!field.is_editable) {
    const value = h("output.tab-value", { id }, field.text || say("none"));
    return h("div.tab-field", { "data-name": field.name }, h("label", { for: id }, field.label), value);
  }
  const input = inputOf(field, id);
  const star = field.is_required ? h("span.needed", { "aria-hidden": "true" }, " *") : null;
  const wrong = h("p.tab-wrong", { id: `${id}-wrong`, hidden: true });
  return h("div.tab-field", { "data-name": field.name }, h("label", { for: id }, field.label, star), input, wrong);
}

function inputOf(field, id) {
  const same = { id, name: field.name, "aria-describedby": `${id}-wrong`, "aria-required": field.is_required ? "true" : null };
  if (field.kind === "long_text") return h("textarea.input", { ...same, rows: "3" }, inputValue(field, field.value));
  if (field.kind === "choice" || field.kind === "yes_no") {
    const empty = field.is_required && field.value ? [] : [{ value: "", label: say("empty_choice") }];
    const options = [...empty, ...field.options].map(({ value, label }) =>
      h("option", { value, selected: value === field.value }, label),
    );
    return h("select.input", same, options);
  }
  const types = { date: "date", moment: "datetime-local" };
  const numeric = field.kind === "whole" || field.kind === "decimal";
  return h("input.input", {
    ...same,
    type: types[field.kind] ?? "text",
    inputmode: numeric ? (field.kind === "whole" ? "numeric" : "decimal") : null,
    autocomplete: "off",
    value: inputValue(field, field.value),
  });
}

// A moment is kept in UTC and shown in the person's own zone; everything else as it is.
function inputValue(field, value) {
  if (field.kind === "decimal" && value) return String(Number(value));
  if (field.kind !== "moment" || !value) return value;
  const at = new Date(value);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function givenValue(field) {
  const text = form.elements[field.name].value;
  if (field.kind === "moment" && text) return new Date(text).toISOString();
  return field.kind === "decimal" ? text.trim().replace(",", ".") : text;
}

const isChanged = (field) => form.elements[field.name].value !== inputValue(field, field.value);
const changedFields = () => shown.fields.filter((field) => field.is_editable && isChanged(field));

function noteChanges() {
  bar.hidden = !shown.may_write || changedFields().length + conflicts.size === 0;
}

function complain(field, text) {
  const place = places.querySelector(`[data-name="${CSS.escape(field.name)}"] .tab-wrong`);
  place.textContent = text;
  place.hidden = !text;
  form.elements[field.name].setAttribute("aria-invalid", text ? "true" : "false");
}

async function save() {
  const changed = changedFields();
  for (const field of shown.fields) if (field.is_editable) complain(field, "");
  if ([...conflicts.values()].some((choice) => choice === null)) return say("not_saved");
  notes.replaceChildren(message("neutral", say("saving")));
  const changes = Object.fromEntries(changed.map((field) => [field.name, givenValue(field)]));
  try {
    const read = await ask("PATCH", pathOf(shown), { body: { changes }, headers: { "If-Match": shown.version } });
    showForm(read, onSaved);
    notes.replaceChildren(message("success", say("saved")));
    onSaved(read);
  } catch (refusal) {
    await showTrouble(refusal, changed);
  }
  return undefined;
}

const pathOf = ({ environment, table, record }) =>
  `/environments/${encodeURIComponent(environment)}/tables/${table}/records/${record}/form`;

async function showTrouble(refusal, changed) {
  if (refusal.code === "input.fields") return showWrong(refusal.problem.rows);
  if (refusal.code === "record.changed") return showConflict(changed);
  return notes.replaceChildren(message("danger", refusal.problem?.title ?? say("not_saved"), refusal.sentence ?? ""));
}

function showWrong(rows) {
  notes.replaceChildren(message("danger", say("not_saved")));
  let first = null;
  for (const row of rows) {
    const field = shown.fields.find((one) => one.name === row.id);
    if (!field?.is_editable) continue;
    const limits = { too_long: field.longest, too_small: field.lowest, too_large: field.highest };
    const limit = limits[row.detail];
    complain(field, say(`wrong_${row.detail}`, { limit: limit?.toLocaleString(locale()) ?? "" }));
    first ??= form.elements[field.name];
  }
  first?.focus();
}

// Mine stays in the inputs; the version, and what only the others changed, are theirs now.
async function showConflict(changed) {
  const mine = new Map(changed.map((field) => [field.name, form.elements[field.name].value]));
  const before = new Map(shown.fields.map((field) => [field.name, field.value]));
  let theirs;
  try {
    theirs = await ask("GET", pathOf(shown));
  } catch (refusal) {
    return notes.replaceChildren(message("danger", say("not_saved"), refusal.sentence ?? ""));
  }
  showForm(theirs, onSaved);
  for (const field of theirs.fields) {
    if (!mine.has(field.name) || !field.is_editable) continue;
    form.elements[field.name].value = mine.get(field.name);
    if (field.value !== before.get(field.name)) offerBoth(field, mine.get(field.name));
  }
  noteChanges();
  const told = message("warning", say("conflict_title"), say("conflict_text"));
  notes.replaceChildren(told);
  (places.querySelector(".tab-both input") ?? bar.querySelector("button")).focus();
  return undefined;
}

function offerBoth(field, mine) {
  conflicts.set(field.name, null);
  const choose = (value, wins) => () => {
    form.elements[field.name].value = value;
    conflicts.set(field.name, wins);
    noteChanges();
  };
  const line = (label, text, act) =>
    h(
      "label.choice",
      {},
      h("input", { type: "radio", name: `both-${field.name}`, form: "nowhere", on: { change: act } }),
      h("span.choice-text", {}, h("strong", {}, label), h("span", {}, text || say("none"))),
    );
  const both = h(
    "fieldset.tab-both",
    {},
    h("legend", {}, field.label),
    line(say("conflict_mine"), wordsOf(field, mine), choose(mine, "mine")),
    line(say("conflict_theirs"), field.text, choose(inputValue(field, field.value), "theirs")),
  );
  places.querySelector(`[data-name="${CSS.escape(field.name)}"]`).append(both);
}

function wordsOf(field, value) {
  const option = field.options.find((one) => one.value === value);
  if (option) return option.label;
  if (field.kind === "date" && value) return new Date(`${value}T12:00`).toLocaleDateString(locale());
  if (field.kind === "moment" && value) return new Date(value).toLocaleString(locale());
  if (field.kind === "decimal" && Number(value)) return Number(value.replace(",", ".")).toLocaleString(locale());
  return value;
}

form.addEventListener("input", noteChanges);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const refused = await save();
  if (refused) notes.replaceChildren(message("warning", say("conflict_title"), say("conflict_text")));
});
form.querySelector("[data-discard]").addEventListener("click", async () => {
  const wasInConflict = conflicts.size > 0;
  showForm(shown, onSaved);
  if (wasInConflict) onSaved(shown);
});

window.liaison.showForm = showForm;
