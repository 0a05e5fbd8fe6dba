import { openDialog } from "../core/dialog.js";
import { freshId, h } from "../core/dom.js";
import { attempt } from "../core/notices.js";
import { t } from "../core/texts.js";
import { createChannel } from "./teamwork.js";

/** Asks for name, description and kind of a new channel; resolves to the channel, or to null. */
export function createChannelByDialog(team, me) {
  return new Promise((answer) => {
    let made = null;
    const name = h("input", { type: "text", id: freshId("field"), maxlength: 50, required: true });
    const description = h("textarea", { id: freshId("field"), maxlength: 1024, rows: 2 });
    const kind = h(
      "select",
      { id: freshId("field") },
      h("option", { value: "standard" }, t("channel.kind.standard")),
      h("option", { value: "private" }, t("channel.kind.private")),
    );
    const field = (label, input) => h("div.field", {}, h("label", { for: input.id }, label), input);
    const form = h(
      "form",
      {},
      field(t("channel.name"), name),
      field(t("channel.description"), description),
      field(t("channel.kind"), kind),
    );
    const finish = async () => {
      if (!form.reportValidity()) return false;
      made = (await attempt(() => createChannel(team.id, request(name, description, kind, me)))) ?? null;
      return made !== null;
    };
    const dialog = openDialog({
      title: t("channel.createIn", { team: team.displayName }),
      body: form,
      actions: [
        { label: t("cancel"), close: true },
        { label: t("create"), primary: true, run: finish },
      ],
      onClose: () => answer(made),
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await finish()) dialog.close();
    });
    name.focus();
  });
}

function request(name, description, kind, me) {
  const channel = { displayName: name.value.trim(), membershipType: kind.value };
  if (description.value.trim()) channel.description = description.value.trim();
  if (kind.value === "private") {
    const owner = `${location.origin}/v1.0/users('${encodeURIComponent(me.id)}')`;
    channel.members = [
      { "@odata.type": "#microsoft.graph.aadUserConversationMember", "user@odata.bind": owner, roles: ["owner"] },
    ];
  }
  return channel;
}
