/** What every page of this client begins with: appearance, sign-in, and who the person is. */
import { adoptLanguage, showTheme } from "./appearance.js";
import { fill, h } from "./dom.js";
import { bar, prepareNotices, reasonOf } from "./notices.js";
import { finishSignIn, SignInRefused, startSignIn, account } from "./signin.js";
import { t } from "./texts.js";

/** Runs `page(root)` once somebody is signed in; what fails before that is said on the page. */
export async function start(page) {
  showTheme();
  prepareNotices();
  const root = document.getElementById("root");
  try {
    if (location.pathname === "/teams/auth") {
      location.replace(await finishSignIn());
    } else if (account() === null) {
      await startSignIn();
    } else {
      await page(root);
    }
  } catch (refused) {
    adoptLanguage();
    showFailure(root, refused);
    if (!(refused instanceof SignInRefused)) throw refused;
  }
}

function showFailure(root, refused) {
  const text = refused instanceof SignInRefused ? t("signIn.failed", { reason: refused.message }) : reasonOf(refused);
  const again = h(
    "button.button.primary",
    { type: "button", on: { click: () => startSignIn("/teams/") } },
    t("signIn.again"),
  );
  fill(root, h("main.alone", {}, h("h1", {}, t("signIn.title")), bar("failure", text), again));
}
