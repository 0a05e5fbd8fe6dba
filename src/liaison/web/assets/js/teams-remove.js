// Before a tab goes: what that means, and whether the record is to be disconnected too. Teams removes the tab itself,
// whatever is said here, so this only records the wish. Source: contracts, teams-app 11.

const { ask, meet, say, teams } = window.liaison;
const form = document.querySelector("form");
let link = null;

function show(state) {
  for (const part of document.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
}

async function remove(event) {
  const wish = new FormData(form).get("wish");
  if (!link || wish !== "disconnect") return event.notifySuccess();
  try {
    await ask("DELETE", `/links/${link.id}?tab=keep`);
    return event.notifySuccess();
  } catch {
    return event.notifyFailure(say("failed"));
  }
}

window.liaison.show = show;
const context = await meet();
if (context) {
  teams.pages.config.registerOnRemoveHandler(remove);
  teams.pages.config.setValidityState(true);
  try {
    const config = await teams.pages.getConfig();
    const entity = config.entityId || context.page.id;
    const shown = await ask("GET", `/tabs/${encodeURIComponent(entity)}`);
    if (!["disconnected", "undone"].includes(shown.link.state)) {
      link = shown.link;
      document.querySelector("[data-legend]").textContent = say("legend", { title: link.record.title });
      show("choose");
    }
  } catch {
    show("unknown"); // the tab can go all the same
  }
  teams.app.notifySuccess();
}
