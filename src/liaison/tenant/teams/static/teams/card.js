/** Adaptive cards as people see them in a channel: the elements that show something, and links to open. */
import { h, safeLink } from "../core/dom.js";
import { ownPath } from "../core/addresses.js";
import { markdown } from "./card-text.js";

const DEEPEST = 12;
const SHOWN = {
  TextBlock: textBlock,
  RichTextBlock: richTextBlock,
  FactSet: factSet,
  Container: container,
  ColumnSet: columnSet,
  Image: image,
  ImageSet: (element, depth) =>
    h(
      "div.card-images",
      {},
      (element.images ?? []).map((one) => show(one, depth)),
    ),
  ActionSet: (element) => actions(element.actions),
};

/** A card attachment of a message; its content is JSON text, as Graph keeps it. */
export function cardOf(attachment) {
  let card;
  try {
    card = typeof attachment.content === "string" ? JSON.parse(attachment.content) : attachment.content;
  } catch (broken) {
    if (broken instanceof SyntaxError) return null;
    throw broken;
  }
  if (card?.type !== "AdaptiveCard") return null;
  const shown = [...elements(card.body, 0), actions(card.actions)].filter(Boolean);
  if (!shown.length && card.fallbackText) shown.push(h("p", {}, card.fallbackText));
  return h("section.card", { lang: typeof card.lang === "string" ? card.lang : null }, shown);
}

function elements(list, depth) {
  return Array.isArray(list) ? list.map((element) => show(element, depth)).filter(Boolean) : [];
}

function show(element, depth) {
  if (element === null || typeof element !== "object" || depth > DEEPEST || element.isVisible === false) return null;
  const shown = SHOWN[element.type]?.(element, depth + 1);
  if (!shown) return element.fallback && element.fallback !== "drop" ? show(element.fallback, depth + 1) : null;
  if (element.separator) shown.classList.add("card-separated");
  if (element.spacing) shown.classList.add(`card-spacing-${word(element.spacing)}`);
  return shown;
}

function textBlock(element) {
  const tag = element.style === "heading" ? "h3" : "p";
  const classes = [
    "card-text",
    element.size && `card-size-${word(element.size)}`,
    element.weight && `card-weight-${word(element.weight)}`,
    element.color && `card-color-${word(element.color)}`,
    element.isSubtle && "card-subtle",
    element.wrap === false && "card-nowrap",
    element.horizontalAlignment && `card-align-${word(element.horizontalAlignment)}`,
  ];
  return h([tag, ...classes.filter(Boolean)].join("."), {}, markdown(element.text));
}

function richTextBlock(element) {
  const runs = (element.inlines ?? []).map((run) => {
    if (typeof run === "string") return run;
    const tag = run.strikethrough ? "s" : run.italic ? "em" : "span";
    return h(`${tag}${run.weight ? `.card-weight-${word(run.weight)}` : ""}`, {}, run.text ?? "");
  });
  return h("p.card-text", {}, runs);
}

function factSet(element) {
  const facts = (element.facts ?? []).map((fact) => [
    h("dt", {}, markdown(fact.title)),
    h("dd", {}, markdown(fact.value)),
  ]);
  return h("dl.card-facts", {}, facts);
}

function container(element, depth) {
  const style = element.style ? `.card-style-${word(element.style)}` : "";
  return h(`div.card-container${style}`, {}, elements(element.items, depth));
}

function columnSet(element, depth) {
  const columns = (element.columns ?? []).map((column) => {
    const box = container(column, depth);
    box.classList.add("card-column");
    const width = String(column.width ?? "stretch");
    if (/^\d{1,3}$/.test(width)) box.style.setProperty("flex", `${width} 1 0`);
    else if (/^\d{1,4}px$/.test(width)) box.style.setProperty("flex", `0 0 ${width}`);
    else if (width === "auto") box.style.setProperty("flex", "0 1 auto");
    return box;
  });
  return h("div.card-columns", {}, columns);
}

function image(element) {
  const address = typeof element.url === "string" ? element.url : "";
  const drawable = /^data:image\/(png|jpeg|gif);base64,/i.test(address) || /^https?:/i.test(address);
  if (!drawable) return element.altText ? h("p.card-text", {}, element.altText) : null;
  const size = element.size ? `.card-image-${word(element.size)}` : "";
  return h(`img.card-image${size}`, { src: address, alt: element.altText ?? "", referrerpolicy: "no-referrer" });
}

function actions(list) {
  const links = (Array.isArray(list) ? list : []).map(action).filter(Boolean);
  return links.length ? h("div.card-actions", {}, links) : null;
}

function action(one) {
  if (one?.type !== "Action.OpenUrl") return null;
  const inside = ownPath(one.url);
  const address = inside ?? safeLink(one.url ?? "");
  if (!address) return null;
  const away = inside ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return h("a.button", { href: address, ...away }, one.title || address);
}

function word(value) {
  return String(value)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}
