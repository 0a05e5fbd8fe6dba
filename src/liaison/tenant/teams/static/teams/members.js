/** Who is in a team or channel: the list with roles, adding, removing, making owners. */
import { avatar } from "../core/avatar.js";
import { askChoice, openDialog } from "../core/dialog.js";
import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { attempt, bar, reasonOf, skeleton, toast } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";
import { askForm, radioGroup } from "./form.js";
import { personField } from "./person-field.js";
import { addMember, changeMember, findPeople, listMembers, removeMember } from "./teamwork.js";

const SEARCH_FROM = 10;
const ORDER = ["owner", "member", "guest"];

/** Shows who is in a channel, owners first, in a dialog. */
export function showMembers(team, channel, me) {
  const name = channel.membershipType === "standard" ? team.displayName : channel.displayName;
  openDialog({
    title: t("members.of", { name }),
    body: membersView(team, channel, me),
    actions: [{ label: t("close"), close: true }],
  });
}

/** What a person is here: "owner", "guest" or "member". */
export function roleOf(member) {
  return ["owner", "guest"].find((role) => member.roles?.includes(role)) ?? "member";
}

/** The list with what the person may do there; a standard channel has the members of its team. */
export function membersView(team, channel, me) {
  const element = h("div.members", {}, skeleton(5));
  const view = { team, channel, me, element, members: [] };
  draw(view);
  return element;
}

async function draw(view) {
  const { team, channel, me, element } = view;
  try {
    view.members = await listMembers(team.id, channel);
  } catch (refused) {
    fill(element, bar("failure", reasonOf(refused)));
    return;
  }
  const mine = view.members.find((member) => member.userId === me.id);
  view.mayManage = Boolean(mine) && roleOf(mine) === "owner" && !team.isArchived;
  const rank = (member) => ORDER.indexOf(roleOf(member));
  view.members.sort((one, other) => rank(one) - rank(other) || one.displayName.localeCompare(other.displayName));
  const list = h(
    "ul.people",
    {},
    view.members.map((member) => row(view, member)),
  );
  const count = h("p.quiet", {}, tCount("members.count", view.members.length));
  fill(
    element,
    h("div.members-head", {}, count, view.mayManage ? adder(view) : null),
    view.members.length < SEARCH_FROM ? null : searchField(list),
    list,
  );
}

function adder(view) {
  const button = h("button.button", { type: "button" }, icon("personAdd"), t("members.add"));
  button.addEventListener("click", async () => {
    if (await addByDialog(view.team, view.channel, view.members)) await draw(view);
  });
  return button;
}

/** Asks whom to add and as what; resolves to true once they are in. */
export function addByDialog(team, channel, members) {
  const shown = channel && channel.membershipType !== "standard" ? channel.displayName : team.displayName;
  const people = personField({
    label: t("members.who"),
    find: findPeople,
    without: new Set(members.map((member) => member.userId)),
  });
  const role = radioGroup(t("members.role"), [
    ["member", t("role.member"), t("role.member.text")],
    ["owner", t("role.owner"), t("role.owner.text")],
  ]);
  return askForm({
    title: t("members.addTo", { name: shown }),
    fields: [people.element, role.element],
    action: t("members.addThem"),
    act: async () => {
      if (!people.chosen().length) {
        people.focus();
        return null;
      }
      const roles = role.value() === "owner" ? ["owner"] : [];
      for (const person of people.chosen()) await addMember(team.id, channel, person.id, roles);
      toast(
        t("members.added", {
          names: people
            .chosen()
            .map((one) => one.displayName)
            .join(", "),
        }),
      );
      return true;
    },
  });
}

function row(view, member) {
  const role = roleOf(member);
  const own = member.userId === view.me.id;
  return h(
    "li",
    {},
    avatar(member.displayName),
    h("span.person-text", {}, h("span", {}, member.displayName), h("span.quiet", {}, member.email ?? "")),
    view.mayManage && role !== "guest" ? roleChoice(view, member, role) : h("span.role", {}, t(`role.${role}`)),
    view.mayManage && !own ? remover(view, member) : view.mayManage ? h("span.icon-button") : null,
  );
}

function roleChoice(view, member, role) {
  const choice = h(
    "select.role-choice",
    { "aria-label": t("members.roleOf", { name: member.displayName }) },
    ["owner", "member"].map((value) => h("option", { value, selected: value === role }, t(`role.${value}`))),
  );
  choice.addEventListener("change", async () => {
    const roles = choice.value === "owner" ? ["owner"] : [];
    const done = await attempt(async () => {
      await changeMember(view.team.id, view.channel, member.id, roles);
      return true;
    });
    if (done) toast(t("members.changed", { name: member.displayName, role: t(`role.${choice.value}`) }));
    await draw(view);
    const again = [...view.element.querySelectorAll(".role-choice")];
    again.find((one) => one.ariaLabel === choice.ariaLabel)?.focus();
  });
  return choice;
}

function remover(view, member) {
  const label = t("members.remove", { name: member.displayName });
  const button = h("button.icon-button", { type: "button", "aria-label": label, title: label }, icon("close"));
  button.addEventListener("click", async () => {
    const sure = await askChoice({
      title: label,
      text: t("members.remove.text", { name: member.displayName }),
      choices: [{ label: t("members.removeIt"), value: "yes", danger: true }],
    });
    if (!sure) return;
    const done = await attempt(async () => {
      await removeMember(view.team.id, view.channel, member.id);
      return true;
    });
    if (done) {
      toast(t("members.removed", { name: member.displayName }));
      await draw(view);
    }
  });
  return button;
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
