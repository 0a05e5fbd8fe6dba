// Setting the tab up: environment, app, then a record or a view. Saving begins the link and tells Teams what the tab
// shows. The save handler is registered first and validity set last, so that nobody saves an empty tab.

const { ask, choiceOf, fillSelect, h, load, meet, message, say, sayCount, show, teams } = window.liaison;
const page = document.getElementById("config");
const at = (place) => page.querySelector(place);
const TYPING_MS = 300;
const MOST = 10;

const known = { context: null, config: null, current: null, apps: [], pinned: [], key: "" };
const chosen = { kind: "record", thing: null };

const environment = () => at("#environment").value;
const app = () => known.apps.find((one) => one.unique_name === at("#app").value);
const inEnvironment = (path) => `/environments/${encodeURIComponent(environment())}${path}`;
const place = () => ({
  team: known.context.team?.groupId || known.context.channel?.ownerGroupId || "",
  channel: known.context.channel?.id ?? "",
});

// --- saving

async function save(event) {
  try {
    if (isSame()) return event.notifySuccess();
    const pin = await ask("POST", "/tabs", { body: wish(), headers: { "Idempotency-Key": known.key } });
    await teams.pages.config.setConfig({
      entityId: pin.entity,
      contentUrl: pin.content_address,
      websiteUrl: pin.website_address,
      removeUrl: pin.remove_address,
      suggestedDisplayName: pin.name,
    });
    await forgetFormer(pin.entity);
    return event.notifySuccess();
  } catch (refusal) {
    return event.notifyFailure(refusal.problem?.detail ?? say("save_failed"));
  }
}

function wish() {
  const { table, id, kind, isView } = chosen.thing;
  const what = isView ? { view: { id, kind } } : { record: id };
  const share = isView && kind === "personal" ? { share_view: at("#share").checked } : {};
  return { environment: environment(), table, ...what, ...share, ...place() };
}

const isSame = () => known.current !== null && known.current.id === chosen.thing?.id;

// The tab shows something else from now on: its former link ends, the tab itself stays.
async function forgetFormer(entity) {
  if (!known.current || known.current.entity === entity) return;
  await ask("DELETE", `/links/${known.current.link}?tab=keep`).catch(() => undefined);
}

function choose(thing) {
  chosen.thing = thing;
  known.key = crypto.randomUUID();
  at("[data-share]").hidden = !(thing?.isView && thing.kind === "personal");
  tellChosen();
}

function tellChosen() {
  const { thing } = chosen;
  const needsSharing = thing?.isView && thing.kind === "personal" && !at("#share").checked;
  at("[data-chosen]").textContent = !thing ? say("choose_first") : needsSharing ? say("share_first") : chosenWords();
  teams.pages.config.setValidityState(Boolean(thing) && !needsSharing);
}

function chosenWords() {
  const { title, channels = [] } = chosen.thing;
  return channels.length ? say("also", { title, channels: channels.join(", ") }) : say("chosen", { title });
}

// --- what there is to choose from

async function begin() {
  const { items } = await ask("GET", "/environments");
  const former = known.config.entityId ? await readCurrent(known.config.entityId) : null;
  known.current = former;
  fillSelect(at("#environment"), items.map(({ key, name }) => ({ value: key, label: name })), former?.environment);
  at("[data-current]").hidden = !former;
  if (former) at("[data-current-title]").textContent = say("current", { title: former.title });
  if (former?.isView) at('[name="kind"][value="view"]').checked = true;
  await openEnvironment();
  show("choose");
}

async function readCurrent(entity) {
  try {
    const { link, view, form } = await ask("GET", `/tabs/${encodeURIComponent(entity)}`);
    if (["disconnected", "undone"].includes(link.state)) return null;
    const same = { entity, link: link.id, environment: link.record.environment, table: link.record.table };
    return { ...same, id: link.record.id, isView: Boolean(view), title: view?.name ?? form.title };
  } catch {
    return null; // not for this person or not there any more: something else is chosen
  }
}

async function openEnvironment() {
  const { team, channel } = place();
  const query = new URLSearchParams({ environment: environment(), channel, ...(team ? { team } : {}) });
  const [apps, where] = await Promise.all([ask("GET", inEnvironment("/apps")), ask("GET", `/tabs/place?${query}`)]);
  known.apps = apps.items.filter((one) => one.tables.length);
  known.pinned = where.pinned;
  at("[data-where]").textContent = say("where", { channel: where.channel_name, team: where.team_name });
  showPinned();
  const richest = [...known.apps].sort((one, other) => other.tables.length - one.tables.length)[0];
  const shows = (one) => one.tables.some(({ name }) => name === known.current?.table);
  const first = known.apps.find(shows) ?? richest;
  fillSelect(at("#app"), known.apps.map((one) => ({ value: one.unique_name, label: one.name })), first?.unique_name);
  const name = at("#environment").selectedOptions[0].textContent;
  const trouble = !apps.is_on ? say("off", { environment: name }) : known.apps.length ? "" : say("no_tables");
  at("[data-notes]").replaceChildren(...(trouble ? [message("warning", trouble)] : []));
  for (const part of page.querySelectorAll("[data-kinds], [data-for], [data-chosen]")) part.hidden = Boolean(trouble);
  choose(null);
  if (!trouble) await openApp();
}

function showPinned() {
  const count = known.pinned.length;
  at("[data-pinned]").hidden = !count;
  at("[data-pinned-title]").textContent = count ? sayCount("pinned", count) : "";
  const named = known.pinned.filter((thing) => thing.title).map((thing) => h("li", {}, thing.title));
  const hidden = count - named.length;
  at("[data-pinned-list]").replaceChildren(...named, ...(hidden ? [h("li.quiet", {}, sayCount("hidden", hidden))] : []));
}

async function openApp() {
  const tables = app().tables.map(({ name, plural }) => ({ value: name, label: plural }));
  fillSelect(at("#record-table"), [{ value: "", label: say("all_tables") }, ...tables], "");
  fillSelect(at("#view-table"), tables, known.current?.isView ? known.current.table : tables[0].value);
  at("#record-search").value = "";
  await openKind();
}

async function openKind() {
  chosen.kind = at('[name="kind"]:checked').value;
  for (const part of page.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen.kind;
  choose(null);
  at("[data-records]").replaceChildren(loading());
  await (chosen.kind === "record" ? findRecords() : listViews());
}

let newest = 0;

const loading = () => h("div.skeleton.wide", { "aria-hidden": "true" });

async function findRecords() {
  const mine = ++newest;
  const asked = at("#record-search").value.trim();
  const tables = at("#record-table").value ? [at("#record-table").value] : app().tables.map(({ name }) => name);
  at("[data-records-title]").textContent = asked ? say("searching") : say("recent");
  const found = asked ? await search(tables, asked) : await recent(tables);
  if (mine !== newest) return;
  at("[data-records-title]").textContent = say(asked ? "found" : "recent");
  const none = asked ? say("none_found", { asked }) : say("none_recent");
  if (!found.some((record) => record.id === chosen.thing?.id)) choose(null);
  const choices = found.map(recordChoice);
  at("[data-records]").replaceChildren(...(choices.length ? choices : [h("p.quiet", {}, none)]));
}

async function recent(tables) {
  const query = new URLSearchParams(tables.slice(0, 20).map((name) => ["table", name]));
  return (await ask("GET", inEnvironment(`/recent?${query}&limit=${MOST}`))).items;
}

async function search(tables, asked) {
  const query = new URLSearchParams({ q: asked, limit: MOST });
  const answers = await Promise.all(
    tables.map((table) => ask("GET", inEnvironment(`/tables/${table}/records?${query}`)).catch(() => ({ items: [] }))),
  );
  const found = answers.flatMap(({ items }) => items);
  const exact = (record) => record.title.localeCompare(asked, undefined, { sensitivity: "base" }) === 0;
  return [...found.filter(exact), ...found.filter((record) => !exact(record))].slice(0, 2 * MOST);
}

const pinnedHere = (id) => known.pinned.some((thing) => thing.id === id) && known.current?.id !== id;

function recordChoice(record) {
  const table = app().tables.find(({ name }) => name === record.table);
  const isTaken = pinnedHere(record.id);
  const isCurrent = known.current?.id === record.id;
  const thing = { table: record.table, id: record.id, title: record.title, isView: false };
  if (isCurrent && !chosen.thing) choose(thing);
  return choiceOf({
    value: record.id,
    title: record.title,
    text: [table?.label, record.stage, record.owner].filter(Boolean).join(" · "),
    note: isTaken ? say("already_here") : "",
    isTaken,
    isChosen: chosen.thing?.id === record.id,
    choose: () => void chooseRecord(thing),
  });
}

async function chooseRecord(thing) {
  choose(thing);
  const path = inEnvironment(`/tables/${thing.table}/records/${thing.id}/connections`);
  const { items } = await ask("GET", path).catch(() => ({ items: [] }));
  thing.channels = items.map((one) => `${one.channel_name} (${one.team_name})`);
  if (chosen.thing === thing) tellChosen();
}

async function listViews() {
  const mine = ++newest;
  choose(null);
  at("[data-views]").replaceChildren(loading());
  const { items } = await ask("GET", inEnvironment(`/tables/${at("#view-table").value}/views`));
  if (mine !== newest) return;
  const choices = items.map(viewChoice);
  at("[data-views]").replaceChildren(...(choices.length ? choices : [h("p.quiet", {}, say("none_views"))]));
}

function viewChoice(view) {
  const isTaken = pinnedHere(view.id);
  const isCurrent = known.current?.id === view.id;
  const thing = { table: view.table, id: view.id, kind: view.kind, title: view.name, isView: true };
  if (isCurrent) choose(thing);
  return choiceOf({
    value: view.id,
    title: view.name,
    text: say(view.kind),
    drawing: "view",
    note: isTaken ? say("already_here") : "",
    isTaken,
    isChosen: isCurrent,
    choose: () => choose(thing),
  });
}

// --- the page

const carefully = (work) => () => void work().catch(window.liaison.showRefusal);
let typing = 0;
at("#environment").addEventListener("change", carefully(openEnvironment));
at("#app").addEventListener("change", carefully(openApp));
for (const one of page.querySelectorAll('[name="kind"]')) one.addEventListener("change", carefully(openKind));
at("#record-table").addEventListener("change", carefully(findRecords));
at("#view-table").addEventListener("change", carefully(listViews));
at("#share").addEventListener("change", tellChosen);
at("#record-search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(carefully(findRecords), TYPING_MS);
});
at("form").addEventListener("submit", (event) => event.preventDefault());

known.context = await meet();
if (known.context) {
  teams.pages.config.registerOnSaveHandler((event) => void save(event));
  known.config = await teams.pages.getConfig().catch(() => ({}));
  if (known.context.channel?.id) await load(begin);
  else show("not-a-channel");
  teams.app.notifySuccess();
}
