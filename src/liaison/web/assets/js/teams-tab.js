// A record or view in a Teams tab, with the two states of its connection: connected, or the tab is here and the link
// is missing, at work, or needs a person.

const { ask, h, icon, initials, load, meet, pause, say, show, showForm, showGrid, teams, webAddress } = window.liaison;
const tab = document.getElementById("tab");
const LOOK_EVERY_MS = 2000;
const TITLES = { needs_person: "person_title", undone: "over_title", disconnected: "over_title" };
let following = 0;

async function read() {
  const shown = await ask("GET", `/tabs/${tab.dataset.entity}`);
  for (const link of tab.querySelectorAll("[data-website]")) link.href = webAddress(shown.address);
  showLink(shown.link);
  if (shown.form) showRecord(shown);
  else await showView(shown);
}

function showRecord({ form, documents }) {
  tab.querySelector("[data-documents]").href = webAddress(documents);
  fillHead(form);
  showForm(form, fillHead);
  document.title = form.title;
  show("record");
}

function fillHead(form) {
  for (const name of ["title", "stage", "owner"]) fill(name, form[name]);
  tab.querySelector("[data-initials]").dataset.initials = initials(form.title);
}

function fill(name, text) {
  for (const place of tab.querySelectorAll(`[data-field="${name}"]`)) place.textContent = text ?? "";
  const optional = tab.querySelector(`[data-optional="${name}"]`);
  if (optional) optional.hidden = !text;
}

async function showView({ view }) {
  tab.querySelector('[data-view="name"]').textContent = view.name;
  document.title = view.name;
  await showGrid(tab.dataset.entity);
  show("view");
}

function showLink(link) {
  const isConnected = link.state === "connected";
  fill("state", link.state_text);
  for (const badge of tab.querySelectorAll("[data-connected]")) badge.hidden = !isConnected;
  const bar = tab.querySelector("[data-link-state]");
  bar.hidden = isConnected;
  bar.className = `message ${link.is_final ? "warning" : "neutral"}`;
  bar.querySelector(".icon").replaceWith(icon(link.is_final ? "warning" : "wait"));
  const isOver = ["undone", "disconnected"].includes(link.state);
  put("[data-link-title]", say(TITLES[link.state] ?? "work_title"));
  put("[data-link-text]", isOver ? say("over_text") : link.trouble ? link.trouble.detail : whatIsDone(link));
  put("[data-link-remedy]", isOver ? "" : (link.trouble?.remedy ?? ""));
  tab.querySelector("[data-try-again]").hidden = link.state !== "needs_person";
  const findings = tab.querySelector("[data-findings]");
  findings.hidden = !link.findings.length;
  findings.replaceChildren(...link.findings.map((finding) => h("li.quiet", {}, finding.text)));
  if (!link.is_final) void follow(link);
}

function put(place, text) {
  const found = tab.querySelector(place);
  found.textContent = text;
  found.hidden = !text;
}

function whatIsDone(link) {
  const step = link.steps.find((one) => ["doing", "waiting"].includes(one.state));
  return step ? step.text : say("waiting_text");
}

async function follow(link) {
  const mine = ++following;
  await pause(LOOK_EVERY_MS);
  if (mine !== following) return;
  const newer = await ask("GET", `/links/${link.id}`).catch(() => link);
  if (mine === following) showLink(newer);
}

async function tryAgain(button) {
  button.disabled = true;
  try {
    const entity = tab.dataset.entity;
    showLink(await ask("POST", `/links/${entity.slice("lnk_".length)}/retry`));
  } catch (refusal) {
    put("[data-link-text]", refusal.problem?.detail ?? "");
    put("[data-link-remedy]", refusal.problem?.remedy ?? "");
  } finally {
    button.disabled = false;
  }
}

tab.querySelector("[data-try-again]").addEventListener("click", (event) => void tryAgain(event.currentTarget));
if (await meet()) {
  await load(read);
  teams.app.notifySuccess();
}
