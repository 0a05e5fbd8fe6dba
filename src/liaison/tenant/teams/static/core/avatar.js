import { h } from "./dom.js";
import { hueOf, initials } from "./values.js";

/** Initials on a colour: round for people, square for teams and apps. */
export function avatar(name, kind = "person") {
  return h(`span.avatar.${kind}.hue-${hueOf(name)}`, { "aria-hidden": "true" }, initials(name));
}
