/**
 * Builds an element. `spec` is a tag with classes, such as "button.primary"; `attributes.on` maps events to
 * listeners. Text reaches the page as text nodes only.
 */
export function h(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...readyChildren(children));
  return element;
}

/** Replaces everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...readyChildren(children));
  return element;
}

let lastNumber = 0;

/** A fresh id for labels and descriptions. */
export function freshId(stem) {
  lastNumber += 1;
  return `${stem}-${lastNumber}`;
}

/** Only what a person can open from a message, card or tab: a whole web or mail address; null for anything else. */
export function safeLink(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch (refused) {
    if (refused instanceof TypeError) return null;
    throw refused;
  }
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name === "style") {
    for (const [property, one] of Object.entries(value)) element.style.setProperty(property, one);
  } else if (name === "value") {
    element.value = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function readyChildren(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}
