// The personal page: what this person has connected, newest first.

const { ask, h, icon, initials, load, meet, say, show, teams, webAddress } = window.liaison;
const list = document.querySelector("[data-links]");
const more = document.querySelector("[data-more]");
const TONES = { connected: "success", needs_person: "warning", undone: "danger", disconnected: "" };
const DRAWINGS = { connected: "check", needs_person: "warning", undone: "undone", disconnected: "disconnect" };
let next = "";

async function read(page) {
  const found = await ask("GET", `/links?of=mine&size=25${page ? `&page=${encodeURIComponent(page)}` : ""}`);
  next = found.next ?? "";
  if (!page) list.replaceChildren();
  list.append(...found.items.map(lineOf));
  more.hidden = !next;
  show(list.children.length ? "links" : "none");
}

function lineOf(link) {
  const tone = TONES[link.state] ?? "progress";
  const badge = h(`span.badge${tone ? `.${tone}` : ""}`, {}, icon(DRAWINGS[link.state] ?? "wait"), h("span", {}, link.state_text));
  const channel = say("in_channel", { channel: link.channel.name, team: link.team.name });
  const title = h("a", { href: webAddress(link.record.address), target: "_blank", rel: "noopener" }, link.record.title);
  const go = link.channel.address
    ? h("button.button.small", { type: "button", on: { click: () => teams.app.openLink(link.channel.address) } }, icon("channel"), h("span", {}, say("open_channel")), h("span.unseen", {}, ` – ${link.channel.name}`))
    : null;
  return h(
    "li.card.tab-link",
    {},
    h("span.picture.square", { "data-initials": initials(link.record.title), "aria-hidden": "true" }),
    h("div.tab-title", {}, h("h2", {}, title), h("p.quiet", {}, channel)),
    badge,
    go,
  );
}

more.addEventListener("click", () => void read(next).catch(window.liaison.showRefusal));
document.querySelector("[data-refresh]").addEventListener("click", () => void load(() => read("")));
if (await meet()) {
  await load(() => read(""));
  teams.app.notifySuccess();
}
