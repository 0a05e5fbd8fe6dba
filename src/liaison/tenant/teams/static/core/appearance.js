/** Theme and language: what the person chose here, else what the machine or the profile says. */

const THEMES = { light: "default", dark: "dark", contrast: "contrast" };
const LANGUAGES = ["en", "fr"];
const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");
const watchers = new Set();

/** "light", "dark" or "contrast": the theme on the screen now. */
export function theme() {
  const chosen = localStorage.getItem("teams.theme");
  if (chosen in THEMES) return chosen;
  if (forced.matches) return "contrast";
  return dark.matches ? "dark" : "light";
}

/** What the person chose; "system" when the machine decides. */
export function chosenTheme() {
  const chosen = localStorage.getItem("teams.theme");
  return chosen in THEMES ? chosen : "system";
}

/** The word that Teams tells its tabs. */
export function themeForTabs() {
  return THEMES[theme()];
}

export function chooseTheme(name) {
  if (name === "system") localStorage.removeItem("teams.theme");
  else localStorage.setItem("teams.theme", name);
  showTheme();
}

/** Calls back after every change of the theme on the screen; returns the way to stop. */
export function onThemeChange(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function showTheme() {
  const root = document.documentElement.dataset;
  const before = root.theme;
  root.theme = theme();
  if (before !== root.theme) for (const watcher of watchers) watcher();
}

export function language() {
  return LANGUAGES.includes(document.documentElement.lang) ? document.documentElement.lang : "en";
}

/** The language with the region of this browser, for dates and numbers. */
export function region() {
  return navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language()) ?? language();
}

/** Takes the profile's language unless the person chose one here. */
export function adoptLanguage(preferred) {
  const chosen = localStorage.getItem("teams.language");
  const wanted = (chosen ?? preferred ?? navigator.language ?? "en").slice(0, 2).toLowerCase();
  document.documentElement.lang = LANGUAGES.includes(wanted) ? wanted : "en";
}

export function chooseLanguage(wanted) {
  localStorage.setItem("teams.language", wanted);
  location.reload();
}

for (const query of [dark, forced]) query.addEventListener("change", showTheme);
