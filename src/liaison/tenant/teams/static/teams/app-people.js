/** The people picker of TeamsJS: a dialog in which the person chooses people for an app. */
import { openDialog } from "../core/dialog.js";
import { t } from "../core/texts.js";
import { personField } from "./person-field.js";
import { findPeople, listMembers } from "./teamwork.js";

const USER_ABORT = 8000;

/** The reply [error] or [undefined, people], each {objectId, displayName, email}. */
export async function pickPeople(scene, asked = {}) {
  const people = asked.openOrgWideSearchInChatOrChannel
    ? findPeople
    : amongMembers(await listMembers(scene.team.id, scene.channel));
  return new Promise((answer) => {
    let reply = [{ errorCode: USER_ABORT, message: "User cancelled the request" }];
    const field = personField({ label: t("people.search"), find: people, single: Boolean(asked.singleSelect) });
    openDialog({
      title: asked.title || t("people.pick"),
      body: field.element,
      actions: [
        { label: t("cancel"), close: true },
        {
          label: t("people.done"),
          primary: true,
          run: () => {
            if (!field.chosen().length) return field.focus();
            reply = [undefined, field.chosen().map(described)];
            return true;
          },
        },
      ],
      onClose: () => answer(reply),
    });
    preselect(field, people, asked.setSelected);
    field.focus();
  });
}

async function preselect(field, people, ids) {
  if (!ids?.length) return;
  const everyone = await people("");
  for (const person of everyone) if (ids.includes(person.id)) field.choose(person);
}

function amongMembers(members) {
  const people = members.map((member) => ({
    id: member.userId,
    displayName: member.displayName,
    mail: member.email ?? "",
  }));
  return async (text) => {
    const wanted = text.trim().toLocaleLowerCase();
    return people.filter((person) => `${person.displayName} ${person.mail}`.toLocaleLowerCase().includes(wanted));
  };
}

function described({ id, displayName, mail }) {
  return { objectId: id, displayName, email: mail ?? "" };
}
