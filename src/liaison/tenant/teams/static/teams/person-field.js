/** A field in which one finds people by name and chooses them: a combobox with a list below it. */
import { avatar } from "../core/avatar.js";
import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { announce, attempt } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";

const WAIT_MS = 200;
const MOST = 8;

/**
 * `find(text)` gives people as {id, displayName, mail}. Returns {element, chosen(), choose(person), focus()}.
 */
export function personField({ label, find, single = false, without = new Set() }) {
  const id = freshId("people");
  const input = h("input", {
    type: "text",
    id,
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
  });
  const list = h("div.options", { role: "listbox", id: `${id}-list`, "aria-label": label, popover: "manual" });
  const chips = h("ul.chips", { "aria-label": t("people.chosen") });
  const field = { input, list, chips, find, single, without, chosen: new Map(), found: [], at: -1 };
  const element = h("div.field.people-field", {}, h("label", { for: id }, label), chips, input, list);
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(field), WAIT_MS);
  });
  input.addEventListener("blur", () => shut(field));
  input.addEventListener("keydown", (event) => walk(field, event));
  return {
    element,
    chosen: () => [...field.chosen.values()],
    choose: (person) => choose(field, person),
    focus: () => {
      input.focus();
      return false;
    },
  };
}

async function search(field) {
  const text = field.input.value;
  const people = await attempt(() => field.find(text));
  if (!people || text !== field.input.value || document.activeElement !== field.input) return;
  field.found = people.filter((one) => !field.chosen.has(one.id) && !field.without.has(one.id)).slice(0, MOST);
  field.at = text && field.found.length ? 0 : -1;
  draw(field);
  if (text) announce(tCount("people.found", field.found.length));
}

function draw(field) {
  const { list, input } = field;
  const options = field.found.map((person, number) => option(field, person, number));
  fill(list, options.length ? options : h("p.quiet", {}, t("people.none")));
  show(field);
  input.setAttribute("aria-expanded", String(options.length > 0));
  list.setAttribute("role", options.length ? "listbox" : "status");
  mark(field);
}

/** Over the page instead of in it: what lies below must not move away under a click. */
function show({ list, input }) {
  if (!list.matches(":popover-open")) list.showPopover();
  const below = input.getBoundingClientRect();
  list.style.setProperty("left", `${below.left}px`);
  list.style.setProperty("top", `${below.bottom + 4}px`);
  list.style.setProperty("width", `${below.width}px`);
}

function isOpen({ list }) {
  return list.matches(":popover-open");
}

function option(field, person, number) {
  const element = h(
    "div.option",
    { role: "option", id: `${field.list.id}-${number}`, "aria-selected": "false" },
    avatar(person.displayName),
    h("span.person-text", {}, h("span", {}, person.displayName), h("span.quiet", {}, person.mail ?? "")),
  );
  // The field must not lose its focus before the click counts.
  element.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("click", () => choose(field, person));
  return element;
}

function mark(field) {
  const options = [...field.list.querySelectorAll("[role=option]")];
  options.forEach((one, number) => one.setAttribute("aria-selected", String(number === field.at)));
  const current = options[field.at];
  if (current) field.input.setAttribute("aria-activedescendant", current.id);
  else field.input.removeAttribute("aria-activedescendant");
  current?.scrollIntoView({ block: "nearest" });
}

function choose(field, person) {
  if (field.single) field.chosen.clear();
  field.chosen.set(person.id, person);
  field.input.value = "";
  drawChips(field);
  shut(field);
}

function drawChips(field) {
  fill(
    field.chips,
    [...field.chosen.values()].map((person) => {
      const label = t("people.remove", { name: person.displayName });
      const remove = h("button.icon-button", { type: "button", "aria-label": label }, icon("close"));
      remove.addEventListener("click", () => {
        field.chosen.delete(person.id);
        drawChips(field);
        field.input.focus();
      });
      return h("li.chip", {}, avatar(person.displayName), h("span", {}, person.displayName), remove);
    }),
  );
}

function shut(field) {
  if (isOpen(field)) field.list.hidePopover();
  field.found = [];
  field.at = -1;
  field.input.setAttribute("aria-expanded", "false");
  field.input.removeAttribute("aria-activedescendant");
}

function walk(field, event) {
  const open = isOpen(field) && field.found.length > 0;
  if (event.key === "Backspace" && !field.input.value && field.chosen.size) {
    field.chosen.delete([...field.chosen.keys()].at(-1));
    drawChips(field);
    return;
  }
  if (!open && event.key === "ArrowDown") search(field);
  if (!open) return;
  const last = field.found.length - 1;
  if (event.key === "ArrowDown") field.at = field.at < last ? field.at + 1 : 0;
  else if (event.key === "ArrowUp") field.at = field.at > 0 ? field.at - 1 : last;
  else if (event.key === "Enter" && field.at >= 0) choose(field, field.found[field.at]);
  else if (event.key === "Escape") shut(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
  if (isOpen(field)) mark(field);
}
