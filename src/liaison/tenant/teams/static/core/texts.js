import { language } from "./appearance.js";
import { english } from "./text-en.js";
import { french } from "./text-fr.js";

const TEXTS = { en: english, fr: french };

/** The sentence under a key in the person's language, with {names} filled in. */
export function t(key, values = {}) {
  const text = TEXTS[language()][key];
  if (text === undefined) throw new Error(`No text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Like `t`, with the form for one or for many: keys end in `.one` and `.many`, and `{count}` is filled in. */
export function tCount(key, count) {
  const form = new Intl.PluralRules(language()).select(count) === "one" ? "one" : "many";
  return t(`${key}.${form}`, { count });
}
