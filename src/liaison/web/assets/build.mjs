// Fills `packages/` beside this file with what the pages load of other people's work: htmx and its SSE
// extension, TeamsJS, the Fluent themes as CSS variables, and one sprite of the Fluent icons that are used.
// Run after `npm ci`; the folder is not kept in the repository, and running again makes the same bytes.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as fluent from "@fluentui/tokens";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "packages");
const root = await findModules(here);

async function findModules(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const names = await readdir(folder);
    if (names.includes("node_modules")) return join(folder, "node_modules");
    if (folder === dirname(folder)) throw new Error(`no node_modules above ${from}: run npm ci first`);
  }
}

const SCRIPTS = {
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "htmx-sse.js": "htmx-ext-sse/dist/sse.min.js",
  "teams.js": "@microsoft/teams-js/dist/umd/MicrosoftTeams.min.js",
};

const NOTICES = {
  "htmx.org": "htmx.org/LICENSE",
  "htmx-ext-sse": "htmx-ext-sse/LICENSE",
  "@fluentui/tokens": "@fluentui/tokens/LICENSE",
};

const THEMES = {
  light: fluent.webLightTheme,
  dark: fluent.webDarkTheme,
  contrast: fluent.teamsHighContrastTheme,
  "teams-light": fluent.teamsLightTheme,
  "teams-dark": fluent.teamsDarkTheme,
};

// Our own style sheets name the tokens they use; only those are written, and an unknown one ends the build.
async function usedTokens() {
  const used = new Set();
  for (const name of (await readdir(join(here, "css"))).sort()) {
    const sheet = await readFile(join(here, "css", name), "utf8");
    for (const [, token] of sheet.matchAll(/var\(--((?:color|border|font|line|spacing|stroke|duration|curve|shadow)\w*)/g)) {
      if (!(token in fluent.webLightTheme)) throw new Error(`${name}: Fluent has no token ${token}`);
      used.add(token);
    }
  }
  return [...used].sort();
}

const block = (tokens, theme) => tokens.map((token) => `  --${token}: ${theme[token]};`).join("\n");
const rule = (selector, body) => `${selector} {\n${body}\n}\n`;

function themeSheet(tokens) {
  const changing = tokens.filter((token) => Object.values(THEMES).some((theme) => theme[token] !== THEMES.light[token]));
  const fixed = tokens.filter((token) => !changing.includes(token));
  const web = (name, scheme) => `  color-scheme: ${scheme};\n${block(changing, THEMES[name])}`;
  return [
    rule(":root", block(fixed, THEMES.light)),
    rule(":root, [data-theme=light]", web("light", "light")),
    `@media (prefers-color-scheme: dark) {\n${rule("[data-theme=system]", web("dark", "dark"))}}\n`,
    rule("[data-theme=dark]", web("dark", "dark")),
    rule("[data-host=teams]", web("teams-light", "light")),
    rule("[data-host=teams][data-theme=dark]", web("teams-dark", "dark")),
    rule("[data-theme=contrast], [data-host=teams][data-theme=contrast]", web("contrast", "dark")),
  ].join("\n");
}

async function sprite() {
  const icons = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = [];
  for (const [name, file] of Object.entries(icons).sort()) {
    const svg = await readFile(join(root, "@fluentui/svg-icons/icons", `${file}.svg`), "utf8");
    const box = /viewBox="([^"]+)"/.exec(svg)[1];
    const drawing = /<svg[^>]*>(.*)<\/svg>/s.exec(svg)[1];
    symbols.push(`<symbol id="${name}" viewBox="${box}" fill="currentColor">${drawing}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

async function notices() {
  const texts = [];
  for (const [name, file] of Object.entries(NOTICES)) {
    texts.push(`${name}\n\n${(await readFile(join(root, file), "utf8")).trim()}`);
  }
  for (const name of ["@microsoft/teams-js", "@fluentui/svg-icons"]) {
    const { license, author } = JSON.parse(await readFile(join(root, name, "package.json"), "utf8"));
    texts.push(`${name}\n\n${license} licence, ${author?.name ?? author ?? "Microsoft Corporation"}`);
  }
  return `${texts.join("\n\n----\n\n")}\n`;
}

await rm(packages, { recursive: true, force: true });
await mkdir(packages, { recursive: true });
for (const [name, file] of Object.entries(SCRIPTS)) {
  const source = await readFile(join(root, file), "utf8");
  await writeFile(join(packages, name), source.replace(/^\/\/# sourceMappingURL=.*$/gm, ""));
}
await writeFile(join(packages, "themes.css"), themeSheet(await usedTokens()));
await writeFile(join(packages, "icons.svg"), await sprite());
await writeFile(join(packages, "NOTICES.txt"), await notices());
