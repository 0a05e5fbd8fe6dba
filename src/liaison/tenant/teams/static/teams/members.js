import { avatar } from "../core/avatar.js";
import { openDialog } from "../core/dialog.js";
import { fill, freshId, h } from "../core/dom.js";
import { bar, reasonOf, skeleton } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";
import { listMembers } from "./teamwork.js";

const SEARCH_FROM = 10;

/** Shows who is in a channel, owners first. */
export async function showMembers(team, channel) {
  const body = h("div.members", {}, skeleton(5));
  openDialog({
    title: t("members.of", { name: channel.membershipType === "standard" ? team.displayName : channel.displayName }),
    body,
    actions: [{ label: t("close"), close: true }],
  });
  try {
    fill(body, memberList(await listMembers(team.id, channel)));
  } catch (refused) {
    fill(body, bar("failure", reasonOf(refused)));
  }
}

/** What a person is here: "owner", "guest" or "member". */
export function roleOf(member) {
  return ["owner", "guest"].find((role) => member.roles?.includes(role)) ?? "member";
}

function memberList(members) {
  const order = ["owner", "member", "guest"];
  const rank = (member) => order.indexOf(roleOf(member));
  members.sort((one, other) => rank(one) - rank(other) || one.displayName.localeCompare(other.displayName));
  const list = h("ul.people", {}, members.map(person));
  if (members.length < SEARCH_FROM) return [h("p.quiet", {}, tCount("members.count", members.length)), list];
  return [h("p.quiet", {}, tCount("members.count", members.length)), searchField(list), list];
}

function person(member) {
  return h(
    "li",
    {},
    avatar(member.displayName),
    h("span.person-text", {}, h("span", {}, member.displayName), h("span.quiet", {}, member.email ?? "")),
    h("span.role", {}, t(`role.${roleOf(member)}`)),
  );
}

function searchField(list) {
  const id = freshId("search");
  const input = h("input", { type: "search", id });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const item of list.children) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
  });
  return h("div.field", {}, h("label", { for: id }, t("members.search")), input);
}
