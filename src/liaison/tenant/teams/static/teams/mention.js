/** Choosing a person after `@` while one writes: a list at the field that arrows and Enter go through. */
import { avatar } from "../core/avatar.js";
import { fill, freshId, h } from "../core/dom.js";
import { announce } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";

const MOST = 6;
const ASKED = /(^|\s)@([\p{L}\p{N}' .-]{0,40})$/u;

/**
 * Watches a text field; `people()` resolves to {id, displayName, mail}. Returns {element, chosen(), keydown(event)};
 * `keydown` tells whether it used the key.
 */
export function mentions(text, people) {
  const list = h("div.options.mentions", {
    role: "listbox",
    id: freshId("mentions"),
    "aria-label": t("posts.mention"),
    hidden: true,
  });
  const state = { text, list, found: [], at: 0, chosen: new Map() };
  text.setAttribute("aria-autocomplete", "list");
  text.addEventListener("input", () => look(state, people));
  text.addEventListener("blur", () => shut(state));
  return {
    element: list,
    chosen: () => [...state.chosen.values()],
    add: (persons) => persons.forEach((person) => state.chosen.set(person.id, person)),
    keydown: (event) => walk(state, event),
  };
}

async function look(state, people) {
  const before = state.text.value.slice(0, state.text.selectionStart);
  const asked = ASKED.exec(before);
  if (!asked) return shut(state);
  const wanted = asked[2].trim().toLocaleLowerCase();
  const everyone = await people();
  if (before !== state.text.value.slice(0, state.text.selectionStart)) return undefined;
  state.found = everyone.filter((one) => one.displayName.toLocaleLowerCase().includes(wanted)).slice(0, MOST);
  state.at = 0;
  if (!state.found.length) return shut(state);
  fill(
    state.list,
    state.found.map((person, number) => option(state, person, number)),
  );
  state.list.hidden = false;
  announce(tCount("people.found", state.found.length));
  return mark(state);
}

function option(state, person, number) {
  const element = h(
    "div.option",
    { role: "option", id: `${state.list.id}-${number}`, "aria-selected": "false" },
    avatar(person.displayName),
    h("span", {}, person.displayName),
  );
  element.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("click", () => choose(state, person));
  return element;
}

function mark(state) {
  [...state.list.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === state.at)));
  state.text.setAttribute("aria-activedescendant", state.list.children[state.at].id);
  state.text.setAttribute("aria-controls", state.list.id);
}

function choose(state, person) {
  const { text } = state;
  const end = text.selectionStart;
  const start = text.value.slice(0, end).lastIndexOf("@");
  text.setRangeText(`@${person.displayName} `, start, end, "end");
  state.chosen.set(person.id, person);
  shut(state);
  text.focus();
}

function shut(state) {
  state.list.hidden = true;
  state.text.removeAttribute("aria-activedescendant");
}

function walk(state, event) {
  if (state.list.hidden) return false;
  const last = state.found.length - 1;
  if (event.key === "ArrowDown") state.at = state.at < last ? state.at + 1 : 0;
  else if (event.key === "ArrowUp") state.at = state.at > 0 ? state.at - 1 : last;
  else if (event.key === "Enter" || event.key === "Tab") choose(state, state.found[state.at]);
  else if (event.key === "Escape") shut(state);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  if (!state.list.hidden) mark(state);
  return true;
}
