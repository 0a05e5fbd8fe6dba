/** The frame around every page: the bar on top with the person's menu, and where the language and theme are chosen. */
import { chosenTheme, chooseLanguage, chooseTheme, language } from "./appearance.js";
import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { signOut } from "./signin.js";
import { t } from "./texts.js";

const THEMES = ["system", "light", "dark", "contrast"];
const LANGUAGES = { en: "English", fr: "Français" };

/** The bar on top, with the product's name and drawing. */
export function topBar(me, product, drawing) {
  return h(
    "header.top",
    {},
    h("a.top-name", { href: "/teams/" }, icon(drawing), h("span", {}, product)),
    h("span.top-note", {}, t("imitation")),
    personMenu(me),
  );
}

function personMenu(me) {
  const label = t("person.menu", { name: me.displayName });
  const button = h(
    "button.avatar-button",
    { type: "button", "aria-label": label, title: me.displayName },
    avatar(me.displayName),
  );
  return menuButton(button, () => [
    ...THEMES.map((name) => ({
      label: t(`theme.${name}`),
      checked: chosenTheme() === name,
      run: () => chooseTheme(name),
    })),
    null,
    ...Object.entries(LANGUAGES).map(([code, name]) => ({
      label: name,
      checked: language() === code,
      run: () => chooseLanguage(code),
    })),
    null,
    { label: t("signOut"), drawing: "back", run: signOut },
  ]);
}
