/** The small Markdown that Teams reads in cards, as nodes: bold, italic, links, escapes and line breaks. */
import { h } from "../core/dom.js";
import { link } from "./message-body.js";

const PATTERNS = [
  [/^\\([\\`*_{}[\]()#+\-.!>~|])/, (found) => found[1]],
  [/^\*\*(?=\S)([\s\S]+?)\*\*/, (found) => h("strong", {}, markdown(found[1]))],
  [/^([*_])(?=\S)([\s\S]*?\S)\1/, (found) => h("em", {}, markdown(found[2]))],
  [/^\[((?:\\.|[^\]\\])*)\]\(([^\s)]+)\)/, (found) => link(found[2], markdown(found[1]))],
  [/^(?:\r\n|\n|\r)/, () => h("br")],
];

/** The nodes of a text block; anything that is not one of the five forms stays as it is written. */
export function markdown(text) {
  const nodes = [];
  let plain = "";
  let rest = String(text ?? "");
  while (rest) {
    const hit = firstHit(rest, plain.at(-1));
    if (hit) {
      const made = hit.make(hit.found);
      rest = rest.slice(hit.found[0].length);
      if (typeof made === "string") plain += made;
      else {
        if (plain) nodes.push(plain);
        nodes.push(made);
        plain = "";
      }
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  return plain ? [...nodes, plain] : nodes;
}

function firstHit(rest, before) {
  for (const [pattern, make] of PATTERNS) {
    const found = pattern.exec(rest);
    // An underscore inside a word (`lnk_4711`) is no emphasis.
    const insideWord = found?.[1] === "_" && /[\p{L}\p{N}]/u.test(before ?? "");
    if (found && !insideWord) return { found, make };
  }
  return null;
}
