/** Making a channel, and changing its name and description. */
import { h } from "../core/dom.js";
import { t } from "../core/texts.js";
import { askForm, field, radioGroup, textField } from "./form.js";
import { changeChannel, createChannel } from "./teamwork.js";

const KINDS = ["standard", "private", "shared"];

/** Asks for name, description and kind of a new channel; resolves to the channel, or to null. */
export function createChannelByDialog(team, me) {
  const name = textField({ maxlength: 50, required: true });
  const description = h("textarea", { maxlength: 1024, rows: 2 });
  const kind = radioGroup(
    t("channel.kind"),
    KINDS.map((value) => [value, t(`channel.kind.${value}`), t(`channel.kind.${value}.text`)]),
  );
  return askForm({
    title: t("channel.createIn", { team: team.displayName }),
    fields: [field(t("channel.name"), name), field(t("channel.description"), description), kind.element],
    action: t("create"),
    act: () => createChannel(team.id, request(name.value, description.value, kind.value(), me)),
    focus: name,
  });
}

/** Asks for another name and description; resolves to true once they are kept. */
export function editChannelByDialog(team, channel) {
  const isGeneral = channel.displayName === "General";
  const name = textField({ maxlength: 50, required: true, value: channel.displayName, readonly: isGeneral });
  const description = h("textarea", { maxlength: 1024, rows: 3, value: channel.description ?? "" });
  return askForm({
    title: t("channel.edit"),
    fields: [
      field(t("channel.name"), name, isGeneral ? t("channel.general") : null),
      field(t("channel.description"), description),
    ],
    action: t("save"),
    act: async () => {
      const renamed = name.value.trim() === channel.displayName ? {} : { displayName: name.value.trim() };
      await changeChannel(team.id, channel.id, { ...renamed, description: description.value.trim() });
      return true;
    },
    focus: isGeneral ? description : name,
  });
}

function request(name, description, kind, me) {
  const channel = { displayName: name.trim(), membershipType: kind };
  if (description.trim()) channel.description = description.trim();
  if (kind !== "standard") {
    const owner = `${location.origin}/v1.0/users('${encodeURIComponent(me.id)}')`;
    channel.members = [
      { "@odata.type": "#microsoft.graph.aadUserConversationMember", "user@odata.bind": owner, roles: ["owner"] },
    ];
  }
  return channel;
}
