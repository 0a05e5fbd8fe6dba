/** What a person does with the tabs of a channel: add, set up, rename, remove. */
import { avatar } from "../core/avatar.js";
import { askChoice, askText, openDialog } from "../core/dialog.js";
import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attempt, skeleton, toast } from "../core/notices.js";
import { t } from "../core/texts.js";
import { askRemovalPage, configure } from "./app-dialog.js";
import { settingsOf } from "./tab-settings.js";
import { addTab, changeTab, ensureAppInstalled, listCatalogue, removeTab, WEBSITE_APP } from "./teamwork.js";
import { mayFrame } from "./valid-domains.js";

/** Lets the person choose an app and set up its tab; resolves to the new tab, or to null. */
export async function addTabByDialog(scene) {
  const app = await chooseApp(scene);
  if (!app) return null;
  return app.id === WEBSITE_APP ? addWebsite(scene) : addAppTab(scene, app);
}

export async function renameTab(scene, tab) {
  const name = await askText({
    title: t("tab.rename"),
    label: t("tab.name"),
    value: tab.displayName,
    action: t("save"),
    limit: 128,
  });
  if (!name || name === tab.displayName) return null;
  return attempt(() => changeTab(scene.team.id, scene.channel.id, tab.id, { displayName: name }));
}

/** Opens the app's own page for an existing tab; resolves to the changed tab, or to null. */
export async function setUpTab(scene, tab) {
  const definition = scene.definitionOf(tab.teamsApp);
  const settings = await configure(scene, definition, t("tab.settingsOf", { name: tab.displayName }), settingsOf(tab));
  if (!settings) return null;
  return attempt(() =>
    changeTab(scene.team.id, scene.channel.id, tab.id, { configuration: configurationOf(settings) }),
  );
}

/** Asks, lets the app's removal page have its say, and removes the tab; resolves to whether it is gone. */
export async function removeTabByDialog(scene, tab) {
  const definition = scene.definitionOf(tab.teamsApp);
  const page = tab.configuration?.removeUrl;
  const sure = page && mayFrame(page) ? await askRemovalPage(scene, tab, definition) : await askRemoval(tab);
  if (!sure) return false;
  const done = await attempt(async () => {
    await removeTab(scene.team.id, scene.channel.id, tab.id);
    return true;
  });
  if (done) toast(t("tab.removed", { name: tab.displayName }));
  return Boolean(done);
}

function askRemoval(tab) {
  return askChoice({
    title: t("tab.remove"),
    text: t("tab.remove.text", { name: tab.displayName }),
    choices: [{ label: t("tab.remove"), value: "yes", danger: true }],
  });
}

function chooseApp(scene) {
  return new Promise((answer) => {
    let chosen = null;
    const list = h("div.app-list", {}, skeleton(3));
    const dialog = openDialog({
      title: t("tab.add"),
      body: [h("p.quiet", {}, t("tab.add.text")), list],
      actions: [{ label: t("cancel"), close: true }],
      onClose: () => answer(chosen),
    });
    const tile = (app, text) => {
      const choose = () => {
        chosen = app;
        dialog.close();
      };
      return h(
        "button.app-tile",
        { type: "button", on: { click: choose } },
        app.id === WEBSITE_APP ? h("span.avatar.app", {}, icon("web")) : avatar(app.displayName, "app"),
        h("span.app-tile-main", {}, h("span.app-name", {}, app.displayName), h("span.quiet", {}, text)),
      );
    };
    const website = tile({ id: WEBSITE_APP, displayName: t("tab.websiteApp") }, t("tab.websiteApp.text"));
    attempt(async () => {
      const apps = (await listCatalogue()).filter((app) => scene.definitionOf(app)?.configurationUrl);
      fill(
        list,
        apps.map((app) => tile(app, scene.definitionOf(app).description ?? "")),
        website,
      );
    });
  });
}

async function addWebsite(scene) {
  const asked = await askWebsite();
  if (!asked) return null;
  const configuration = { entityId: null, contentUrl: asked.address, websiteUrl: asked.address, removeUrl: null };
  return attempt(() => addTab(scene.team.id, scene.channel.id, WEBSITE_APP, asked.name, configuration));
}

function askWebsite() {
  return new Promise((answer) => {
    let given = null;
    const name = h("input", { type: "text", id: freshId("field"), maxlength: 128, required: true });
    const address = h("input", {
      type: "url",
      id: freshId("field"),
      required: true,
      placeholder: "https://",
      pattern: "https?://.+",
    });
    const field = (label, input) => h("div.field", {}, h("label", { for: input.id }, label), input);
    const form = h(
      "form",
      {},
      field(t("tab.name"), name),
      field(t("tab.address"), address),
      h("input", { type: "submit", hidden: true }),
    );
    const finish = () => {
      if (!form.reportValidity()) return false;
      given = { name: name.value.trim(), address: address.value.trim() };
      return true;
    };
    const dialog = openDialog({
      title: t("tab.websiteApp"),
      body: form,
      actions: [
        { label: t("cancel"), close: true },
        { label: t("save"), primary: true, run: finish },
      ],
      onClose: () => answer(given),
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (finish()) dialog.close();
    });
    name.focus();
  });
}

async function addAppTab(scene, app) {
  const definition = scene.definitionOf(app);
  const title = t("tab.setUp", { name: app.displayName });
  const nothing = { entityId: "", contentUrl: null, websiteUrl: null, removeUrl: null, suggestedDisplayName: "" };
  const settings = await configure(scene, definition, title, nothing);
  if (!settings) return null;
  return attempt(async () => {
    await ensureAppInstalled(scene.team.id, app.id);
    const name = settings.suggestedDisplayName || app.displayName;
    return addTab(scene.team.id, scene.channel.id, app.id, name, configurationOf(settings));
  });
}

function configurationOf({ entityId, contentUrl, websiteUrl, removeUrl }) {
  return { entityId: entityId ?? "", contentUrl, websiteUrl: websiteUrl ?? null, removeUrl: removeUrl ?? null };
}
