// Runs before the first paint, so that the page never flashes in the wrong theme or language.
(() => {
  const root = document.documentElement;
  const theme = localStorage.getItem("teams.theme");
  const chosen = ["light", "dark", "contrast"].includes(theme);
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = chosen ? theme : matchMedia("(forced-colors: active)").matches ? "contrast" : system;
  const language = localStorage.getItem("teams.language") || navigator.language || "en";
  root.lang = language.toLowerCase().startsWith("fr") ? "fr" : "en";
})();
