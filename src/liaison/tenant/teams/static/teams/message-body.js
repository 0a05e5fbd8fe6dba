/** A message's HTML as nodes of ours: known elements without their attributes, text as text, links checked. */
import { h, safeLink } from "../core/dom.js";
import { ownPath } from "../core/addresses.js";

const KEPT = new Set(
  "B STRONG I EM U S DEL P BR DIV SPAN UL OL LI CODE PRE BLOCKQUOTE H1 H2 H3 H4 TABLE TBODY THEAD TR TD TH HR SUB SUP".split(
    " ",
  ),
);
const DROPPED = new Set("SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED SVG MATH NOSCRIPT TITLE HEAD".split(" "));
// A document made this way runs nothing and fetches nothing.
const inert = globalThis.trustedTypes?.createPolicy("inert-html", { createHTML: (html) => html });

/** The nodes of a message; `card(id)` gives what stands for an attachment inside the text. */
export function messageNodes(body, card = () => null) {
  if (body.contentType !== "html") return plainText(body.content ?? "");
  const html = body.content ?? "";
  const page = new DOMParser().parseFromString(inert ? inert.createHTML(html) : html, "text/html");
  return [...page.body.childNodes].flatMap((node) => copy(node, card));
}

/** Text with its line breaks, addresses made into links. */
export function plainText(text) {
  return text.split("\n").flatMap((line, number) => (number ? [h("br"), ...linked(line)] : linked(line)));
}

/** A link that stays in this client when it leads to a team, channel or tab. */
export function link(address, ...children) {
  const inside = ownPath(address);
  if (inside) return h("a", { href: inside }, children);
  const outside = safeLink(address);
  return outside
    ? h("a", { href: outside, target: "_blank", rel: "noopener noreferrer" }, children)
    : h("span", {}, children);
}

function linked(line) {
  return line
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)
    .map((part, number) => (number % 2 ? link(part, part) : part))
    .filter((part) => part !== "");
}

function copy(node, card) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return [];
  const children = () => [...node.childNodes].flatMap((child) => copy(child, card));
  if (node.tagName === "A") return [link(node.getAttribute("href") ?? "", children())];
  if (node.tagName === "AT") return [h("span.mention", {}, children())];
  if (node.tagName === "IMG") return node.alt ? [h("span.quiet", {}, node.alt)] : [];
  if (node.tagName === "ATTACHMENT") return [card(node.id)].filter(Boolean);
  return KEPT.has(node.tagName) ? [h(node.tagName.toLowerCase(), {}, children())] : children();
}
