import { region } from "./appearance.js";
import { t } from "./texts.js";

const DAY_MS = 86_400_000;
const UNITS = ["size.bytes", "size.kilobytes", "size.megabytes", "size.gigabytes"];

/** "14:05" today, "Monday 14:05" this week, the date before. */
export function shortTime(stamp) {
  const when = new Date(stamp);
  const time = when.toLocaleTimeString(region(), { hour: "2-digit", minute: "2-digit" });
  const days = daysAgo(when);
  if (days === 0) return time;
  if (days === 1) return t("time.yesterday", { time });
  if (days < 7) return `${when.toLocaleDateString(region(), { weekday: "long" })} ${time}`;
  return `${when.toLocaleDateString(region())} ${time}`;
}

/** The day as a heading between posts. */
export function longDay(stamp) {
  const when = new Date(stamp);
  const days = daysAgo(when);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.yesterdayAlone");
  const year = when.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return when.toLocaleDateString(region(), { weekday: "long", day: "numeric", month: "long", year });
}

/** Date and time in full, for tooltips. */
export function fullTime(stamp) {
  return new Date(stamp).toLocaleString(region(), { dateStyle: "full", timeStyle: "short" });
}

export function fileSize(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return t(UNITS[unit], { value: value.toLocaleString(region(), { maximumFractionDigits: digits }) });
}

/** At most two letters that stand for a name. */
export function initials(name) {
  const words = name
    .replace(/[([{].*$/u, "")
    .split(/[\s\-_.]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    letters
      .map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)))
      .join("")
      .toUpperCase() || "?"
  );
}

/** A colour class that stays with a name. */
export function hueOf(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return sum % 8;
}

function daysAgo(when) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(when)) / DAY_MS);
}
