import { h } from "./dom.js";
import { hueOf, initials } from "./values.js";

/** Initials on a colour: round for people, square for teams and apps. Drawn by the style sheet, for they are no text. */
export function avatar(name, kind = "person") {
  return h(`span.avatar.${kind}.hue-${hueOf(name)}`, { "aria-hidden": "true", "data-initials": initials(name) });
}
